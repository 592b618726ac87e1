import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, click } from "@odoo/hoot-dom";
import { Component, xml } from "@odoo/owl";
import { useBoxNews } from "@auto_id/box_news/box_news";
import { Pairing } from "@auto_id/pairing/pairing";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mockService, mountWithCleanup } from "@web/../tests/web_test_helpers";

const { DateTime } = luxon;

describe.current.tags("desktop");
defineMailModels();

const NEWS = "auto_id.boxes";

/** A bus that the test speaks through. */
function mockBus() {
    const callbacks = new Set();
    mockService("bus_service", {
        addChannel: (name) => name === NEWS && expect.step(`channel ${name}`),
        deleteChannel: () => {},
        addEventListener: () => {},
        removeEventListener: () => {},
        start: () => {},
        subscribe: (type, callback) => type === NEWS && callbacks.add(callback),
        unsubscribe: (_type, callback) => callbacks.delete(callback),
    });
    return { tell: (...ids) => callbacks.forEach((callback) => callback({ ids })), callbacks };
}

async function mountListener() {
    class Listener extends Component {
        static template = xml`<span />`;
        static props = {};
        setup() {
            useBoxNews((ids) => expect.step([...ids].join()));
        }
    }
    return mountWithCleanup(Listener);
}

describe("news of boxes", () => {
    test("much news is told once, soon, and then again", async () => {
        const bus = mockBus();
        await mountListener();
        expect.verifySteps(["channel auto_id.boxes"]);
        bus.tell(1);
        bus.tell(2, 1);
        await advanceTime(1000);
        bus.tell(3);
        expect.verifySteps([]);
        await advanceTime(1000);
        expect.verifySteps(["1,2,3"]);
        await advanceTime(10_000);
        bus.tell(4);
        await advanceTime(2000);
        expect.verifySteps(["4"]);
    });

    test("who has gone hears nothing", async () => {
        const bus = mockBus();
        const listener = await mountListener();
        bus.tell(1);
        listener.__owl__.app.destroy();
        await advanceTime(5000);
        expect.verifySteps(["channel auto_id.boxes"]);
        expect(bus.callbacks.size).toBe(0);
    });
});

describe("pairing", () => {
    const waiting = { id: 7, name: "Till", state: "new", pending_until: "2099-01-01 00:00:00" };

    async function mountPairing(params = {}) {
        const server = { box: { ...waiting } };
        mockService("orm", {
            silent: { read: async () => [server.box] },
            call: async (model, method, [ids]) => expect.step(`${model} ${method} ${ids}`),
        });
        mockService("action", { doAction: (action) => expect.step(action.type) });
        const validUntil = DateTime.utc().plus({ minutes: 90 }).toFormat("yyyy-MM-dd HH:mm:ss");
        await mountWithCleanup(Pairing, {
            props: {
                action: {
                    params: {
                        box_id: 7,
                        link: "http://erp.example?token=t",
                        qr: "data:image/png;base64,",
                        pushed: false,
                        valid_until: validUntil,
                        ...params,
                    },
                },
                actionId: 1,
            },
        });
        return server;
    }

    test("the link is shown until the box has used it", async () => {
        const bus = mockBus();
        const server = await mountPairing();
        expect(".o_auto_id_pairing input").toHaveValue("http://erp.example?token=t");
        expect(".o_auto_id_countdown").toHaveText(/1:(30:00|29:5\d)/);
        bus.tell(8);
        await advanceTime(2000);
        expect(".o_auto_id_qr").toHaveCount(1);
        Object.assign(server.box, { state: "paired", pending_until: false, ip: "10.0.0.7" });
        bus.tell(7);
        await advanceTime(2000);
        await animationFrame();
        expect("h3").toHaveText("Till is connected");
        expect(".o_auto_id_qr").toHaveCount(0);
        expect.verifySteps(["channel auto_id.boxes"]);
    });

    test("without a websocket it asks by itself", async () => {
        mockBus();
        const server = await mountPairing({ pushed: true });
        expect(".o_auto_id_qr").toHaveCount(0);
        Object.assign(server.box, { state: "paired", pending_until: false });
        await advanceTime(6000);
        await animationFrame();
        expect("h3").toHaveText("Till is connected");
        expect.verifySteps(["channel auto_id.boxes"]);
    });

    test("a token runs out, or is cancelled", async () => {
        mockBus();
        await mountPairing();
        await click(".modal-footer .btn-secondary");
        await animationFrame();
        expect.verifySteps([
            "channel auto_id.boxes",
            "auto_id.box action_cancel_token 7",
            "ir.actions.act_window_close",
        ]);
        await advanceTime(91 * 60_000);
        await animationFrame();
        expect(".alert-warning").toHaveText(/expired/);
    });
});
