import { Component } from "@odoo/owl";

/** Nobody is here: how to begin, and whether the readers are well. */
export class IdlePanel extends Component {
    static template = "oneonone_counter.IdlePanel";
    static props = {
        station: Object,
        onSearch: Function,
    };
}
