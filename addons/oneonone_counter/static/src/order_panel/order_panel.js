import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { QuantityStepper } from "../quantity_stepper/quantity_stepper";
import { day, money, plainName, promiseWords, quantity } from "../utils/format";

/** One quotation or order: its lines, what is being made for it, and what can still be changed. */
export class OrderPanel extends Component {
    static template = "oneonone_counter.OrderPanel";
    static components = { QuantityStepper };
    static props = { store: Object, order: Object };

    setup() {
        this.state = useState(this.props.store.state);
        this.ui = useState({ changes: {}, sending: false });
        Object.assign(this, { plainName, quantity });
    }

    get order() {
        return this.props.order;
    }

    get isQuotation() {
        return ["draft", "sent"].includes(this.order.state);
    }

    get canChange() {
        return !this.order.locked && ["draft", "sent", "sale"].includes(this.order.state);
    }

    get isChanged() {
        return this.order.lines.some((line) => this.wanted(line) !== line.quantity);
    }

    /** "Promised for May 4", or when stock and shop floor expect to be ready, if nobody promised. */
    get promisedFor() {
        const { commitment_date: promised, expected_date: expected } = this.order;
        if (promised) {
            return _t("Promised for %s", day(promised));
        }
        return expected ? _t("Expected on %s", day(expected)) : "";
    }

    get promise() {
        return promiseWords(this.order.commitment_date || this.order.expected_date);
    }

    delivered(line) {
        return _t("%s delivered", quantity(line.delivered));
    }

    money(amount) {
        return money(amount, this.order.currency);
    }

    wanted(line) {
        return this.ui.changes[line.id] ?? line.quantity;
    }

    change(line, value) {
        this.ui.changes[line.id] = value;
    }

    async whileSending(job) {
        this.ui.sending = true;
        try {
            return await job();
        } finally {
            this.ui.sending = false;
        }
    }

    save() {
        return this.whileSending(async () => {
            const changed = this.order.lines.filter((line) => this.wanted(line) !== line.quantity);
            const quantities = Object.fromEntries(
                changed.map((line) => [line.id, this.wanted(line)])
            );
            const saved = await this.props.store.setLineQuantities(quantities);
            if (saved) {
                this.ui.changes = {};
            }
            return saved;
        });
    }

    async confirm() {
        if (!this.isChanged || (await this.save())) {
            await this.whileSending(() => this.props.store.confirmOrder());
        }
    }
}
