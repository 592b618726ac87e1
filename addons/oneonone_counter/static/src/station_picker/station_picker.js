import { Component } from "@odoo/owl";

/** Which counter is this? Asked once per browser, when there are several. */
export class StationPicker extends Component {
    static template = "oneonone_counter.StationPicker";
    static props = {
        stations: Array,
        onChoose: Function,
        onCreate: Function,
    };
}
