import { Component, onWillUnmount, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const POLL_MS = 1000;

/** A live progress bar of a running import; reloads the record when the import has ended. */
export class HistoryProgress extends Component {
    static template = "oneonone_crm.HistoryProgress";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ percent: 0, phase: "" });
        this.poll();
        onWillUnmount(() => {
            this.gone = true;
            clearTimeout(this.timer);
        });
    }

    get percent() {
        return Math.round(this.state.percent);
    }

    async poll() {
        try {
            await this.ask();
        } catch {
            // the server is restarting or the network is away: the next question may succeed
        }
        if (!this.gone) {
            this.timer = setTimeout(() => this.poll(), POLL_MS);
        }
    }

    async ask() {
        const { record } = this.props;
        if (!record.resId || !["queued", "running"].includes(record.data.state)) {
            return;
        }
        const info = await this.orm.silent.call(record.resModel, "progress_info", [[record.resId]]);
        if (this.gone) {
            return;
        }
        Object.assign(this.state, { percent: info.percent, phase: info.phase });
        if (info.state !== record.data.state || info.interrupted) {
            await record.load();
        }
    }
}

registry.category("fields").add("oneonone_history_progress", {
    component: HistoryProgress,
    supportedTypes: ["float"],
});
