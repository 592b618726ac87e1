import { Component, onMounted, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { day, frequencyWords, money, recencyWords } from "../utils/format";
import { ValueTile } from "../value_tile/value_tile";

/** Who stands here: photo, name, tier, status, and what recency, frequency and amount say. */
export class CustomerHeader extends Component {
    static template = "oneonone_counter.CustomerHeader";
    static components = { ValueTile };
    static props = { card: Object };

    setup() {
        this.name = useRef("name");
        onMounted(() => this.focusName());
    }

    /** Bring a screen reader to the customer, but never take the keyboard from who is typing. */
    focusName() {
        const { activeElement } = document;
        if (!activeElement || !activeElement.matches("input, textarea, select")) {
            this.name.el.focus({ preventScroll: true });
        }
    }

    get since() {
        const since = day(this.props.card.partner.customer_since);
        return since && _t("Customer since %s", since);
    }

    get tiles() {
        const { profile, currency } = this.props.card;
        const { r, f, m } = profile.scores || {};
        return [
            { label: _t("Last purchase"), words: recencyWords(profile.recency_days), score: r },
            { label: _t("Bought"), words: frequencyWords(profile.frequency), score: f },
            { label: _t("In total"), words: money(profile.amount, currency), score: m },
        ];
    }

    get tierLabel() {
        return _t("Tier %s", this.props.card.profile.tier.toUpperCase());
    }

    /** Three stars for tier A, one for C: a shape to see, not a color to know. */
    get stars() {
        const filled = { a: 3, b: 2 }[this.props.card.profile.tier] || 1;
        return [1, 2, 3].map((place) => (place <= filled ? "fa-star" : "fa-star-o"));
    }
}
