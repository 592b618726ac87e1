import { Component } from "@odoo/owl";
import { day, money, plainName, quantity } from "../utils/format";

/** What the customer bought last, the latest first; returns are marked in words. */
export class PurchaseList extends Component {
    static template = "oneonone_counter.PurchaseList";
    static props = { purchases: Array, currency: Object };

    setup() {
        Object.assign(this, { day, plainName, quantity });
    }

    amount(purchase) {
        return money(purchase.amount, this.props.currency);
    }
}
