import { Component, useState } from "@odoo/owl";
import { CustomerHeader } from "../customer_header/customer_header";
import { OrderCard } from "../order_card/order_card";
import { OrderPanel } from "../order_panel/order_panel";
import { PurchaseList } from "../purchase_list/purchase_list";
import { QuotationPanel } from "../quotation_panel/quotation_panel";

/** One customer at the counter: who they are, what they ordered and bought, what they want now. */
export class CustomerView extends Component {
    static template = "oneonone_counter.CustomerView";
    static components = { CustomerHeader, OrderCard, OrderPanel, PurchaseList, QuotationPanel };
    static props = { store: Object, visit: Object };

    setup() {
        this.state = useState(this.props.store.state);
    }

    get orders() {
        return this.props.visit.card.orders || [];
    }
}
