import { advanceTime, describe, expect, test } from "@odoo/hoot";
import { CounterStore } from "@oneonone_counter/store/counter_store";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";

describe.current.tags("headless");

const station = { id: 5, name: "Front", company: "C", readers: [] };
const table = { id: 1, name: "Table", uom: "Units", price: 100 };

function visit(id, name = "Ada") {
    return {
        id,
        card: { partner: { id: id * 10, name }, orders: [], purchases: [], profiling: true },
        quotations: [],
        usual: [],
    };
}

class FakeBus extends EventTarget {
    callbacks = {};
    channels = new Set();
    subscribe(type, callback) {
        this.callbacks[type] = callback;
    }
    unsubscribe(type) {
        delete this.callbacks[type];
    }
    addChannel(name) {
        this.channels.add(name);
    }
    deleteChannel(name) {
        this.channels.delete(name);
    }
    bring(type, payload, id = 100) {
        return this.callbacks[`oneonone_counter.${type}`](payload, { id });
    }
}

/** A store at counter 5, with a server that answers from `answers` (method -> value or function). */
async function open(answers = {}) {
    allowTranslations();
    const calls = [];
    const all = {
        counter_stations: [station],
        counter_open: { station, visit: null, last_notification_id: 10 },
        ...answers,
    };
    const call = async (model, method, args) => {
        calls.push([method, args]);
        const answer = all[method];
        return typeof answer === "function" ? answer(...args) : answer;
    };
    const bus = new FakeBus();
    const store = new CounterStore({ orm: { silent: { call } }, bus, user: { userId: 2 } });
    await store.start();
    return { store, bus, calls, answers: all };
}

test("the only counter is opened at once, and listened to", async () => {
    const { store, bus } = await open();
    expect(store.state.phase).toBe("ready");
    expect([...bus.channels]).toEqual(["oneonone_counter.station_5"]);
    store.stop();
    expect([...bus.channels]).toEqual([]);
});

test("several counters: the clerk chooses, the browser remembers", async () => {
    const counter_stations = [station, { ...station, id: 6 }];
    const { store } = await open({ counter_stations });
    expect(store.state.phase).toBe("choose");
    await store.openStation(5);
    store.stop();
    const again = await open({ counter_stations });
    expect(again.store.state.phase).toBe("ready");
    again.store.stop();
});

test("no counter: say how to create one", async () => {
    const { store } = await open({ counter_stations: [] });
    expect(store.state.phase).toBe("empty");
    store.stop();
});

test("a customer is painted from the notification alone", async () => {
    const { store, bus, calls } = await open();
    const before = calls.length;
    await bus.bring("visit", { station_id: 5, visit: visit(1) });
    expect(store.state.visit.card.partner.name).toBe("Ada");
    expect(store.state.announcement).toMatch(/Ada/);
    expect(calls.length).toBe(before);
    store.stop();
});

test("other counters, and what was sent before, are ignored", async () => {
    const { store, bus } = await open();
    await bus.bring("visit", { station_id: 6, visit: visit(1) });
    await bus.bring("visit", { station_id: 5, visit: visit(1) }, 10);
    expect(store.state.visit).toBe(null);
    store.stop();
});

test("a visit too large for a notification is asked for", async () => {
    const { store, bus } = await open({ visit_payload: visit(3) });
    await bus.bring("visit", { station_id: 5, visit: { id: 3 } });
    expect(store.state.visit.id).toBe(3);
    store.stop();
});

test("an ended visit does not come back", async () => {
    const { store, bus } = await open({ end_visit: true });
    await bus.bring("visit", { station_id: 5, visit: visit(1) });
    await store.endVisit();
    await bus.bring("visit", { station_id: 5, visit: visit(1) });
    expect(store.state.visit).toBe(null);
    store.stop();
});

test("an unknown code keeps the customer and the cart", async () => {
    const { store, bus } = await open();
    await bus.bring("visit", { station_id: 5, visit: visit(1) });
    store.addToCart(table);
    bus.bring("unknown_code", { station_id: 5, code: "X" });
    expect(store.state.unknown).toEqual({ code: "X" });
    expect(store.state.visit.id).toBe(1);
    expect(store.state.cart.length).toBe(1);
    store.setCart([]);
    store.stop();
});

test("the cart waits while another customer is served", async () => {
    const { store, bus } = await open();
    await bus.bring("visit", { station_id: 5, visit: visit(1) });
    store.addToCart(table);
    await bus.bring("visit", { station_id: 5, visit: visit(2, "Bob") });
    expect(store.state.cart).toEqual([]);
    await bus.bring("visit", { station_id: 5, visit: { ...visit(3), card: visit(1).card } });
    expect(store.state.cart.length).toBe(1);
    store.setCart([]);
    store.stop();
});

test("a refusal of the server is said in words, and the cart stays", async () => {
    const create_quotation = () => {
        const error = new RPCError();
        error.data = { message: "Not for sale any more." };
        throw error;
    };
    const { store, bus } = await open({ create_quotation });
    await bus.bring("visit", { station_id: 5, visit: visit(1) });
    store.addToCart(table);
    expect(await store.createQuotation()).toBe(false);
    expect(store.state.error).toBe("Not for sale any more.");
    expect(store.state.cart.length).toBe(1);
    store.setCart([]);
    store.stop();
});

test("sent again after a lost connection, the request has the same name", async () => {
    const requests = [];
    const create_quotation = (id, lines, request) => {
        requests.push(request);
        if (requests.length === 1) {
            throw new ConnectionLostError("/");
        }
        return { id: 9, name: "S9", lines: [], production: [] };
    };
    const { store, bus } = await open({ create_quotation });
    await bus.bring("visit", { station_id: 5, visit: visit(1) });
    store.addToCart(table);
    await store.createQuotation();
    expect(store.state.connected).toBe(false);
    expect(await store.createQuotation()).toBe(true);
    expect(requests[0]).toBe(requests[1]);
    expect(store.state.order.id).toBe(9);
    expect(store.state.cart).toEqual([]);
    store.stop();
});

test("after a broken connection all is fetched again", async () => {
    const { store, bus } = await open({
        counter_state: { station, visit: visit(4), last_notification_id: 50 },
    });
    bus.dispatchEvent(new Event("BUS:DISCONNECT"));
    await advanceTime(1000);
    expect(store.state.connected).toBe(true);
    await advanceTime(1500);
    expect(store.state.connected).toBe(false);
    expect(store.state.visit).toBe(null);
    await advanceTime(3000);
    expect(store.state.visit.id).toBe(4, { message: "the screen stays true without the bus" });
    expect(store.state.connected).toBe(false);
    bus.dispatchEvent(new Event("BUS:RECONNECT"));
    expect(store.state.connected).toBe(true);
    store.stop();
});

test("a websocket that is back at once is not worth a word", async () => {
    const { store, bus } = await open({
        counter_state: { station, visit: null, last_notification_id: 50 },
    });
    bus.dispatchEvent(new Event("BUS:DISCONNECT"));
    bus.dispatchEvent(new Event("BUS:RECONNECT"));
    await advanceTime(5000);
    expect(store.state.connected).toBe(true);
    store.stop();
});
