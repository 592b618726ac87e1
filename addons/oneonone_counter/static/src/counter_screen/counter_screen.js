import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useBus, useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { CustomerSearch } from "../customer_search/customer_search";
import { CustomerView } from "../customer_view/customer_view";
import { IdlePanel } from "../idle_panel/idle_panel";
import { MessageBar } from "../message_bar/message_bar";
import { StationPicker } from "../station_picker/station_picker";
import { CounterStore } from "../store/counter_store";
import { UnknownCode } from "../unknown_code/unknown_code";

/** The counter: full screen, live, for a clerk with a reader and a customer in front. */
export class CounterScreen extends Component {
    static template = "oneonone_counter.CounterScreen";
    static components = {
        CustomerSearch,
        CustomerView,
        IdlePanel,
        MessageBar,
        StationPicker,
        UnknownCode,
    };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Counter");
    static target = "fullscreen";

    setup() {
        this.action = useService("action");
        this.menu = useService("menu");
        this.store = new CounterStore({
            orm: this.env.services.orm,
            bus: useService("bus_service"),
            user,
        });
        this.state = useState(this.store.state);
        this.ui = useState({ searching: false });
        const barcode = useService("barcode");
        useBus(barcode.bus, "barcode_scanned", ({ detail }) => this.store.scan(detail.barcode));
        onMounted(() => this.store.start(this.props.action.params?.station_id));
        onWillUnmount(() => this.store.stop());
    }

    /** The panel that lies over the counter, if any. */
    get overlay() {
        if (this.state.unknown) {
            return "unknown";
        }
        return this.ui.searching ? "search" : null;
    }

    get health() {
        const readers = this.state.station?.readers || [];
        const ready = readers.filter((reader) => reader.online).length;
        if (!this.state.connected) {
            return { kind: "bad", icon: "fa-chain-broken", text: _t("No connection") };
        }
        if (!readers.length) {
            return { kind: "none", icon: "fa-keyboard-o", text: _t("No reader") };
        }
        if (ready === readers.length) {
            return { kind: "good", icon: "fa-check-circle", text: _t("Reader ready") };
        }
        return { kind: "bad", icon: "fa-exclamation-triangle", text: _t("Reader not answering") };
    }

    async show(partnerId) {
        if (await this.store.show(partnerId)) {
            this.ui.searching = false;
        }
    }

    async create(values) {
        if (await this.store.createCustomer(values)) {
            this.ui.searching = false;
        }
    }

    /** Back to Odoo, where this counter's visits are listed. */
    async leave() {
        await this.action.doAction("oneonone_counter.oneonone_visit_action", {
            clearBreadcrumbs: true,
        });
        const app = this.menu.getApps().find(({ xmlid }) => xmlid === "oneonone_crm.menu_root");
        if (app) {
            this.menu.setCurrentMenu(app);
        }
    }

    openStations() {
        this.action.doAction("oneonone_counter.auto_id_station_action_counter");
    }
}

registry.category("actions").add("oneonone_counter.screen", CounterScreen);
