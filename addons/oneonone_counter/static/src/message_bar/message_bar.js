import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { shownCode } from "../utils/format";

/** What went wrong, in words: the connection, the server's refusal, a card that cannot be used. */
export class MessageBar extends Component {
    static template = "oneonone_counter.MessageBar";
    static props = { store: Object };

    setup() {
        this.state = useState(this.props.store.state);
    }

    get messages() {
        const { connected, error, notice } = this.state;
        const messages = [];
        if (!connected) {
            messages.push({
                kind: "offline",
                icon: "fa-chain-broken",
                text: _t("The connection is lost. Nothing you entered is lost; trying again…"),
            });
        }
        if (error) {
            messages.push({ kind: "error", icon: "fa-exclamation-circle", text: error });
        }
        if (notice) {
            const code = notice.code ? ` (${shownCode(notice.code, 32)})` : "";
            messages.push({ kind: "notice", icon: "fa-ban", text: notice.message + code });
        }
        return messages;
    }

    close(kind) {
        this.state[kind] = kind === "error" ? "" : null;
    }
}
