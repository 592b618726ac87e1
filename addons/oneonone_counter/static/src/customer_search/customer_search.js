import { Component, onWillDestroy, useExternalListener, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useActiveElement } from "@web/core/ui/ui_service";
import { useAutofocus } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

const SHORTEST_TERM = 2;

/** Find a customer by name, phone, e-mail, reference or order; or create one. */
export class CustomerSearch extends Component {
    static template = "oneonone_counter.CustomerSearch";
    static props = {
        title: String,
        search: Function,
        onChoose: Function,
        onCreate: Function,
        onClose: Function,
        slots: { type: Object, optional: true },
    };

    setup() {
        this.state = useState({
            term: "",
            found: null,
            creating: false,
            sending: false,
            values: { name: "", phone: "", email: "" },
        });
        this.latest = 0;
        this.searchSoon = useDebounced(() => this.search(), 200);
        useAutofocus({ refName: "term" });
        useAutofocus({ refName: "name" });
        useActiveElement("dialog");
        useExternalListener(window, "keydown", (ev) => ev.key === "Escape" && this.props.onClose());
        onWillDestroy(() => (this.latest = -1));
    }

    onInput(ev) {
        this.state.term = ev.target.value;
        this.searchSoon();
    }

    async search() {
        const term = this.state.term.trim();
        if (term.length < SHORTEST_TERM) {
            this.state.found = null;
            return;
        }
        const ticket = ++this.latest;
        const found = await this.props.search(term);
        if (ticket === this.latest && found) {
            this.state.found = found;
        }
    }

    async onEnter() {
        await this.search();
        if (this.state.found?.length === 1) {
            await this.choose(this.state.found[0].id);
        }
    }

    /** What was typed becomes the name, the phone or the e-mail of the new customer. */
    startCreating() {
        const term = this.state.term.trim();
        const field = term.includes("@")
            ? "email"
            : /^[\d\s+()-]{5,}$/.test(term)
              ? "phone"
              : "name";
        Object.assign(this.state.values, { [field]: term });
        this.state.creating = true;
    }

    get title() {
        return this.state.creating ? _t("New customer") : this.props.title;
    }

    get nothingFound() {
        return _t("No customer fits “%s”.", this.state.term.trim());
    }

    details(customer) {
        return [customer.phone, customer.email, customer.ref, customer.city]
            .filter(Boolean)
            .join(" · ");
    }

    choose(partnerId) {
        return this.whileSending(() => this.props.onChoose(partnerId));
    }

    create() {
        return this.whileSending(() => this.props.onCreate({ ...this.state.values }));
    }

    async whileSending(job) {
        if (this.state.sending) {
            return;
        }
        this.state.sending = true;
        try {
            await job();
        } finally {
            this.state.sending = false;
        }
    }
}
