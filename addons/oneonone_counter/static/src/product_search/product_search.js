import { Component, onMounted, onWillDestroy, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useDebounced } from "@web/core/utils/timing";
import { money } from "../utils/format";

/** The customer's usual products, one tap each; and all others by a few letters. */
export class ProductSearch extends Component {
    static template = "oneonone_counter.ProductSearch";
    static props = {
        usual: Array,
        currency: Object,
        search: Function,
        onChoose: Function,
        onNothingFound: Function,
    };

    setup() {
        this.state = useState({ term: "", found: null });
        this.latest = 0;
        this.searchSoon = useDebounced(() => this.search(), 200);
        onMounted(() => this.props.usual.length || this.search());
        onWillDestroy(() => (this.latest = -1));
    }

    get products() {
        return this.state.found || this.props.usual;
    }

    get nothingFound() {
        return _t("No product for sale fits “%s”.", this.state.term.trim());
    }

    price(product) {
        return money(product.price, this.props.currency);
    }

    onInput(ev) {
        this.state.term = ev.target.value;
        this.searchSoon();
    }

    async search() {
        const term = this.state.term.trim();
        const ticket = ++this.latest;
        // without a usual product, all that is for sale is a beginning
        const found = term || !this.props.usual.length ? await this.props.search(term) : null;
        if (ticket === this.latest && found !== undefined) {
            this.state.found = found;
        }
    }

    /** Enter takes the only product found; what no product is may be a card: let it be read. */
    async onEnter() {
        const term = this.state.term.trim();
        await this.search();
        if (this.state.found?.length === 1) {
            this.choose(this.state.found[0]);
        } else if (term && this.state.found?.length === 0) {
            this.props.onNothingFound(term);
        }
    }

    choose(product) {
        this.props.onChoose(product);
        this.state.term = "";
        this.search();
    }
}
