import { Component, useState } from "@odoo/owl";
import { ProductSearch } from "../product_search/product_search";
import { QuantityStepper } from "../quantity_stepper/quantity_stepper";
import { cartTotal } from "../utils/cart";
import { money } from "../utils/format";

/** A quotation being tapped together. */
export class QuotationPanel extends Component {
    static template = "oneonone_counter.QuotationPanel";
    static components = { ProductSearch, QuantityStepper };
    static props = { store: Object, visit: Object };

    setup() {
        this.state = useState(this.props.store.state);
        this.ui = useState({ sending: false });
    }

    get currency() {
        return this.props.visit.card.currency;
    }

    get total() {
        return money(cartTotal(this.state.cart), this.currency);
    }

    amount(line) {
        return money(line.price * line.quantity, this.currency);
    }

    async create() {
        this.ui.sending = true;
        try {
            await this.props.store.createQuotation();
        } finally {
            this.ui.sending = false;
        }
    }
}
