import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { addProduct, setQuantity, toRequest } from "../utils/cart";
import { loadCart, newRequest, saveCart } from "../utils/cart_storage";

const STATION_KEY = "oneonone_counter.station";
const RETRY_DELAY = 3000;
const BUS_GRACE = 2000;
const REFRESH_DELAY = 250;
const HEALTH_INTERVAL = 60000;

/**
 * What the counter screen knows, and the only place that talks to the server. Components read
 * `state` and call methods; notifications of the bus and answers of the server change `state`.
 */
export class CounterStore {
    constructor({ orm, bus, user }) {
        this.orm = orm;
        this.bus = bus;
        this.user = user;
        this.state = reactive({
            phase: "loading", // loading | choose | empty | ready
            stations: [],
            station: null,
            visit: null,
            unknown: null, // {code}
            notice: null, // {kind, message, code}
            order: null, // the order in the right panel
            cart: [],
            error: "",
            connected: true,
            pending: 0,
            announcement: "",
        });
        this.request = newRequest();
        this.connection = { server: true, bus: true };
        this.ignoreUpTo = 0;
        this.endedVisits = new Set();
        this.timers = {};
        this.subscriptions = {
            "oneonone_counter.visit": this.onVisit,
            "oneonone_counter.ended": this.onEnded,
            "oneonone_counter.unknown_code": this.onUnknownCode,
            "oneonone_counter.notice": this.onNotice,
            "oneonone_counter.refresh": this.onRefresh,
            "oneonone_counter.readers": this.onReaders,
        };
    }

    // ---- beginning and end ------------------------------------------------------------------

    async start(stationId) {
        for (const [type, callback] of Object.entries(this.subscriptions)) {
            this.bus.subscribe(type, callback);
        }
        this.bus.addEventListener("BUS:DISCONNECT", this.onBusLost);
        this.bus.addEventListener("BUS:RECONNECT", this.onReconnect);
        this.bus.addEventListener("BUS:CONNECT", this.onReconnect);
        const stations = await this.call("auto_id.station", "counter_stations", []);
        if (!stations) {
            this.timers.start = browser.setTimeout(() => this.restart(stationId), RETRY_DELAY);
            return;
        }
        this.state.stations = stations;
        const remembered = Number(browser.localStorage.getItem(STATION_KEY));
        const wanted = stations.find(({ id }) => id === (stationId || remembered));
        const station = wanted || (stations.length === 1 ? stations[0] : null);
        if (station) {
            await this.openStation(station.id);
        } else {
            this.state.phase = stations.length ? "choose" : "empty";
        }
    }

    async restart(stationId) {
        this.stop();
        await this.start(stationId);
    }

    stop() {
        for (const [type, callback] of Object.entries(this.subscriptions)) {
            this.bus.unsubscribe(type, callback);
        }
        this.bus.removeEventListener("BUS:DISCONNECT", this.onBusLost);
        this.bus.removeEventListener("BUS:RECONNECT", this.onReconnect);
        this.bus.removeEventListener("BUS:CONNECT", this.onReconnect);
        Object.values(this.timers).forEach((timer) => browser.clearTimeout(timer));
        this.leaveChannel();
    }

    get channel() {
        return this.state.station && `oneonone_counter.station_${this.state.station.id}`;
    }

    leaveChannel() {
        if (this.channel) {
            this.bus.deleteChannel(this.channel);
        }
    }

    async openStation(stationId) {
        const state = await this.call("auto_id.station", "counter_open", [stationId]);
        if (!state) {
            this.state.phase = this.state.stations.length ? "choose" : "empty";
            return;
        }
        this.leaveChannel();
        browser.localStorage.setItem(STATION_KEY, stationId);
        this.ignoreUpTo = state.last_notification_id;
        this.takeState(state);
        this.state.phase = "ready";
        this.bus.addChannel(this.channel);
        this.scheduleHealth();
    }

    chooseAnother() {
        this.leaveChannel();
        browser.localStorage.removeItem(STATION_KEY);
        Object.assign(this.state, { station: null, visit: null, order: null, phase: "choose" });
    }

    takeState(state) {
        this.state.station = state.station;
        this.takeVisit(state.visit);
    }

    scheduleHealth() {
        browser.clearTimeout(this.timers.health);
        this.timers.health = browser.setTimeout(async () => {
            await this.reload();
            this.scheduleHealth();
        }, HEALTH_INTERVAL);
    }

    // ---- the server -------------------------------------------------------------------------

    /**
     * Ask the server; an error is shown in words, and the answer is then undefined.
     */
    async call(model, method, args) {
        this.state.pending++;
        try {
            const answer = await this.orm.silent.call(model, method, args);
            this.setConnection({ server: true });
            return answer;
        } catch (error) {
            this.onError(error);
            return undefined;
        } finally {
            this.state.pending--;
        }
    }

    async act(model, method, args) {
        this.state.error = "";
        return this.call(model, method, args);
    }

    onError(error) {
        if (error instanceof ConnectionLostError) {
            this.setConnection({ server: false });
        } else if (error instanceof RPCError) {
            this.state.error =
                error.data?.message || error.message || _t("The server could not do this.");
        } else {
            throw error;
        }
    }

    /** Both must work; until they do, ask again and again, so that the screen stays true. */
    setConnection(change) {
        Object.assign(this.connection, change);
        this.state.connected = this.connection.server && this.connection.bus;
        browser.clearTimeout(this.timers.retry);
        if (!this.state.connected) {
            this.timers.retry = browser.setTimeout(() => this.reload(), RETRY_DELAY);
        }
    }

    /** A websocket breaks now and then and is back at once: no word about that. */
    onBusLost = () => {
        browser.clearTimeout(this.timers.grace);
        this.timers.grace = browser.setTimeout(() => this.setConnection({ bus: false }), BUS_GRACE);
    };

    onReconnect = () => {
        browser.clearTimeout(this.timers.grace);
        this.setConnection({ bus: true });
        this.reload();
    };

    /** Fetch again all that the screen shows. */
    async reload() {
        if (!this.state.station) {
            return;
        }
        const state = await this.call("auto_id.station", "counter_state", [this.state.station.id]);
        if (state) {
            this.takeState(state);
            await this.reloadOrder();
        }
    }

    async reloadOrder() {
        const { visit, order } = this.state;
        if (visit && order) {
            const detail = await this.call("oneonone.visit", "order_detail", [visit.id, order.id]);
            if (detail && this.state.order?.id === detail.id) {
                this.state.order = detail;
            }
        }
    }

    // ---- what the bus brings ----------------------------------------------------------------

    isForUs(payload, { id } = {}) {
        return payload.station_id === this.state.station?.id && !(id <= this.ignoreUpTo);
    }

    onVisit = async (payload, meta) => {
        if (!this.isForUs(payload, meta) || this.endedVisits.has(payload.visit.id)) {
            return;
        }
        this.state.unknown = null;
        this.state.notice = null;
        if (payload.visit.card && payload.visit.id !== this.state.visit?.id) {
            this.takeVisit(payload.visit);
        } else {
            // too large for a notification, or here already: ask, so that nothing newer is lost
            const visit = await this.call("oneonone.visit", "visit_payload", [payload.visit.id]);
            if (visit) {
                this.takeVisit(visit);
            }
        }
    };

    onEnded = (payload, meta) => {
        if (this.isForUs(payload, meta)) {
            this.endedVisits.add(payload.visit_id);
            if (this.state.visit?.id === payload.visit_id) {
                this.takeVisit(null);
            }
        }
    };

    onUnknownCode = (payload, meta) => {
        if (this.isForUs(payload, meta)) {
            this.showUnknown(payload.code);
        }
    };

    onNotice = (payload, meta) => {
        if (this.isForUs(payload, meta)) {
            this.state.notice = payload;
            this.state.unknown = null;
        }
    };

    onRefresh = (payload, meta) => {
        if (this.isForUs(payload, meta)) {
            browser.clearTimeout(this.timers.refresh);
            this.timers.refresh = browser.setTimeout(() => this.reload(), REFRESH_DELAY);
        }
    };

    onReaders = (payload, meta) => {
        if (this.isForUs(payload, meta)) {
            this.state.station.readers = payload.readers;
        }
    };

    showUnknown(code) {
        this.state.unknown = { code };
        this.state.notice = null;
        this.announce(_t("Unknown card. Choose the customer it belongs to."));
    }

    /** Show this visit (or the idle counter, for null), and find its cart again. */
    takeVisit(visit) {
        const before = this.state.visit;
        this.state.visit = visit;
        if (visit?.id === before?.id) {
            return;
        }
        this.state.order = visit?.quotations.at(-1) || null;
        this.state.error = "";
        const stored = visit && loadCart(this.cartKey);
        this.state.cart = stored?.lines || [];
        this.request = stored?.request || newRequest();
        this.announce(visit ? _t("%s is at the counter", visit.card.partner.name) : "");
    }

    announce(text) {
        this.state.announcement = text;
    }

    // ---- what the clerk does ----------------------------------------------------------------

    async scan(code) {
        if (this.state.station) {
            await this.act("auto_id.station", "scan", [this.state.station.id, code]);
        }
    }

    async show(partnerId) {
        const args = [this.state.station.id, partnerId];
        return this.takeAnswer(await this.act("auto_id.station", "counter_show", args));
    }

    async bind(code, partnerId) {
        const args = [this.state.station.id, code, partnerId];
        return this.takeAnswer(await this.act("auto_id.station", "counter_bind", args));
    }

    async createCustomer(values, code) {
        const args = [this.state.station.id, values, code || false];
        return this.takeAnswer(await this.act("auto_id.station", "counter_create_customer", args));
    }

    takeAnswer(visit) {
        if (visit) {
            this.state.unknown = null;
            this.state.notice = null;
            this.takeVisit(visit);
        }
        return Boolean(visit);
    }

    async endVisit() {
        const { visit } = this.state;
        if (visit && (await this.act("oneonone.visit", "end_visit", [visit.id]))) {
            this.endedVisits.add(visit.id);
            this.takeVisit(null);
        }
    }

    searchCustomers(term) {
        return this.call("auto_id.station", "counter_customers", [term]);
    }

    searchProducts(term) {
        return this.call("oneonone.visit", "search_products", [this.state.visit.id, term]);
    }

    // ---- cart, quotation, order -------------------------------------------------------------

    get cartKey() {
        const { visit } = this.state;
        return `${this.user.userId}:${visit.card.partner.id}`;
    }

    setCart(lines) {
        this.state.cart = lines;
        // another content is another request: only the very same one may be answered from memory
        this.request = newRequest();
        saveCart({ key: this.cartKey, lines, request: this.request });
    }

    addToCart(product) {
        this.state.order = null;
        this.setCart(addProduct(this.state.cart, product));
    }

    setCartQuantity(productId, quantity) {
        this.setCart(setQuantity(this.state.cart, productId, quantity));
    }

    async createQuotation() {
        const { visit, cart } = this.state;
        const args = [visit.id, toRequest(cart), this.request];
        const order = await this.act("oneonone.visit", "create_quotation", args);
        if (order) {
            this.setCart([]);
            this.takeOrder(order);
        }
        return Boolean(order);
    }

    async openOrder(orderId) {
        this.takeOrder(await this.orderCall("order_detail", [orderId]));
    }

    async confirmOrder() {
        this.takeOrder(await this.orderCall("confirm_order", [this.state.order.id]));
        await this.reload();
    }

    /** @param {Record<number, number>} quantities by line id */
    async setLineQuantities(quantities) {
        for (const [lineId, quantity] of Object.entries(quantities)) {
            const order = await this.orderCall("set_quantity", [Number(lineId), quantity]);
            if (!order) {
                return false;
            }
            this.takeOrder(order);
        }
        await this.reload();
        return true;
    }

    orderCall(method, args) {
        return this.act("oneonone.visit", method, [this.state.visit.id, ...args]);
    }

    takeOrder(order) {
        if (order) {
            this.state.order = order;
        }
    }

    closeOrder() {
        this.state.order = null;
    }
}
