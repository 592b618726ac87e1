import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { day, money, plainName, promiseWords, quantity } from "../utils/format";

/** An open order at a glance: what, how far, promised for when. */
export class OrderCard extends Component {
    static template = "oneonone_counter.OrderCard";
    static props = { order: Object, currency: Object, selected: Boolean, onOpen: Function };

    get progress() {
        return Math.max(0, Math.min(100, Math.round(this.props.order.progress || 0)));
    }

    get progressLabel() {
        return _t("Progress of %s in percent", this.props.order.name);
    }

    get amount() {
        return money(this.props.order.amount, this.props.currency);
    }

    get content() {
        return this.props.order.lines
            .map((line) => `${quantity(line.quantity)} × ${plainName(line.product)}`)
            .join(", ");
    }

    get promisedOn() {
        return this.props.order.commitment_date || this.props.order.expected_date;
    }

    get promise() {
        return promiseWords(this.promisedOn);
    }

    get promisedDay() {
        return day(this.promisedOn);
    }
}
