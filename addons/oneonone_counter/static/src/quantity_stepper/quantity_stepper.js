import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { cleanQuantity } from "../utils/cart";
import { quantity } from "../utils/format";

/** Less, a number, more: by finger or by keyboard. */
export class QuantityStepper extends Component {
    static template = "oneonone_counter.QuantityStepper";
    static props = {
        value: Number,
        name: String,
        min: { type: Number, optional: true },
        disabled: { type: Boolean, optional: true },
        onChange: Function,
    };
    static defaultProps = { min: 0, disabled: false };

    get shown() {
        return String(this.props.value);
    }

    get lessLabel() {
        return _t("One less of %s", this.props.name);
    }

    get moreLabel() {
        return _t("One more of %s", this.props.name);
    }

    get inputLabel() {
        return _t("Quantity of %(product)s, now %(quantity)s", {
            product: this.props.name,
            quantity: quantity(this.props.value),
        });
    }

    set(value) {
        this.props.onChange(Math.max(this.props.min, cleanQuantity(value)));
    }
}
