import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { CopyButton } from "@web/core/copy_button/copy_button";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useBoxNews } from "../box_news/box_news";

const { DateTime } = luxon;
const TICK_MS = 1000;
// The bus tells at once; asking now and then helps where its websocket does not get through.
const ASK_MS = 5000;
const FIELDS = ["name", "state", "pending_until", "ip", "version", "reader_count"];

/** The link for the page of a box, shown this once, until the box has used it. */
export class Pairing extends Component {
    static template = "auto_id.Pairing";
    static components = { CopyButton };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        const { params } = this.props.action;
        this.params = params;
        this.validUntil = deserializeDateTime(params.valid_until);
        this.state = useState({ phase: "waiting", box: null, now: DateTime.now() });
        this.copied = _t("Copied");
        useBoxNews((ids) => ids.has(params.box_id) && this.ask());
        const timers = [];
        onMounted(() => {
            timers.push(setInterval(() => this.tick(), TICK_MS));
            timers.push(setInterval(() => this.ask(), ASK_MS));
        });
        onWillUnmount(() => timers.forEach(clearInterval));
    }

    get validText() {
        const left = this.validUntil.diff(this.state.now);
        return _t("valid for %s", left.toFormat(left.as("hours") < 1 ? "m:ss" : "h:mm:ss"));
    }

    get connectedText() {
        return _t("%s is connected", this.state.box.name);
    }

    tick() {
        this.state.now = DateTime.now();
        if (this.state.phase === "waiting" && this.state.now > this.validUntil) {
            this.state.phase = "expired";
        }
    }

    async ask() {
        if (this.state.phase === "connected") {
            return;
        }
        let box;
        try {
            [box] = await this.orm.silent.read("auto_id.box", [this.params.box_id], FIELDS);
        } catch {
            return; // the server is away for a moment: the next question may be answered
        }
        if (!box || box.pending_until) {
            return;
        }
        Object.assign(this.state, {
            box,
            phase: box.state === "paired" ? "connected" : "cancelled",
        });
    }

    async cancel() {
        await this.orm.call("auto_id.box", "action_cancel_token", [[this.params.box_id]]);
        this.close();
    }

    openBox() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "auto_id.box",
            res_id: this.params.box_id,
            views: [[false, "form"]],
        });
    }

    close() {
        this.action.doAction({ type: "ir.actions.act_window_close" });
    }
}

registry.category("actions").add("auto_id.pairing", Pairing);
