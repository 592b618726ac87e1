import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;
const TICK_MS = 1000;

/**
 * How long ago, in the one unit that matters.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function ago(seconds) {
    if (seconds < 2) {
        return _t("now");
    }
    if (seconds < 120) {
        return _t("%s s ago", Math.floor(seconds));
    }
    if (seconds < 7200) {
        return _t("%s min ago", Math.floor(seconds / 60));
    }
    if (seconds < 172800) {
        return _t("%s h ago", Math.floor(seconds / 3600));
    }
    return _t("%s days ago", Math.floor(seconds / 86400));
}

/** A moment as its distance from now, which counts up while one looks at it. */
export class AgoField extends Component {
    static template = "auto_id.AgoField";
    static props = { ...standardFieldProps };

    setup() {
        this.clock = useState({ now: DateTime.now() });
        let timer;
        onMounted(() => {
            timer = setInterval(() => (this.clock.now = DateTime.now()), TICK_MS);
        });
        onWillUnmount(() => clearInterval(timer));
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        return this.value ? ago(this.clock.now.diff(this.value).as("seconds")) : "";
    }

    get exact() {
        return this.value ? formatDateTime(this.value) : "";
    }
}

registry.category("fields").add("auto_id_ago", {
    component: AgoField,
    displayName: _t("Time Ago"),
    supportedTypes: ["datetime"],
});
