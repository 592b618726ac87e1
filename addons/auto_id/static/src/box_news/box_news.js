import { onMounted, onWillUnmount } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

const CHANNEL = "auto_id.boxes";
const PAUSE_MS = 1500;

/**
 * Call back when boxes that the user may see have changed: soon after the first news, and not more
 * often than once in a while, however much comes.
 *
 * @param {(ids: Set<number>) => void | Promise<void>} callback
 */
export function useBoxNews(callback) {
    const bus = useService("bus_service");
    let ids = new Set();
    let timer = null;

    function onNews(payload) {
        payload.ids.forEach((id) => ids.add(id));
        timer ??= setTimeout(tell, PAUSE_MS);
    }

    async function tell() {
        const told = ids;
        ids = new Set();
        try {
            await callback(told);
        } finally {
            timer = ids.size ? setTimeout(tell, PAUSE_MS) : null;
        }
    }

    onMounted(() => {
        bus.subscribe("auto_id.boxes", onNews);
        bus.addChannel(CHANNEL);
    });
    onWillUnmount(() => {
        bus.unsubscribe("auto_id.boxes", onNews);
        clearTimeout(timer);
        // The channel stays: another screen of this tab may listen, too.
    });
}
