import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const ICONS = {
    scanner: "fa-barcode",
    rfid: "fa-rss",
    nfc: "fa-credit-card",
    camera: "fa-camera",
    keyboard: "fa-keyboard-o",
    other: "fa-plug",
};

/** The readers of a box in one line each: what it is, where it serves, and whether it works. */
export class BoxReaders extends Component {
    static template = "auto_id.BoxReaders";
    static props = { ...standardFieldProps };

    get readers() {
        return this.props.record.data[this.props.name].records.map(({ resId, data }) => ({
            id: resId,
            name: data.name,
            icon: ICONS[data.type] || ICONS.other,
            station: data.station_id?.display_name || "",
            ...this.condition(data),
        }));
    }

    /** A driver of ours says how it fares; of a stock one we know only whether it is there. */
    condition({ connected, state, last_error }) {
        if (state === "failing") {
            return { kind: "trouble", word: last_error || _t("Failing") };
        }
        if (state === "working" || (connected && !state)) {
            return { kind: "working", word: _t("Working") };
        }
        return connected
            ? { kind: "waiting", word: _t("Waiting") }
            : { kind: "silent", word: _t("Not connected") };
    }
}

registry.category("fields").add("auto_id_readers", {
    component: BoxReaders,
    supportedTypes: ["one2many"],
    relatedFields: [
        { name: "name", type: "char" },
        { name: "type", type: "selection", selection: [] },
        { name: "connected", type: "boolean" },
        { name: "state", type: "selection", selection: [] },
        { name: "last_error", type: "char" },
        { name: "station_id", type: "many2one", relation: "auto_id.station" },
    ],
});
