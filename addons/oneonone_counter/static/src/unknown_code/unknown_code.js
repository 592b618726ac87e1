import { Component, useState } from "@odoo/owl";
import { CustomerSearch } from "../customer_search/customer_search";
import { shownCode } from "../utils/format";

/** A code that stands for nobody yet: show what was read, bind it to a customer. */
export class UnknownCode extends Component {
    static template = "oneonone_counter.UnknownCode";
    static components = { CustomerSearch };
    static props = { store: Object };

    setup() {
        this.state = useState(this.props.store.state);
    }

    get code() {
        return this.state.unknown.code;
    }

    get shown() {
        return shownCode(this.code);
    }

    close() {
        this.state.unknown = null;
    }
}
