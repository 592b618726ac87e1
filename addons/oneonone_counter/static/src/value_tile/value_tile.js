import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { scoreDots } from "../utils/format";

/** One fact of a customer's value: plain words, and a score as dots. */
export class ValueTile extends Component {
    static template = "oneonone_counter.ValueTile";
    static props = {
        label: String,
        words: String,
        score: { type: [Number, { value: null }, Boolean], optional: true },
    };

    get dots() {
        return scoreDots(this.props.score);
    }

    get scoreWords() {
        return _t("%s of 5", this.props.score);
    }
}
