import { browser } from "@web/core/browser/browser";

const KEY = "oneonone_counter.carts";
const MOST_CARTS = 20;

/**
 * Carts survive a reload, a lost connection, and a customer who steps aside and comes back: kept
 * in this browser, one a customer, the last twenty.
 */
function readAll() {
    try {
        const carts = JSON.parse(browser.localStorage.getItem(KEY) || "[]");
        return Array.isArray(carts) ? carts : [];
    } catch {
        return [];
    }
}

/**
 * @typedef {{key: string, lines: import("./cart").CartLine[], request: string}} StoredCart
 *
 * @param {string} key
 * @returns {StoredCart | undefined}
 */
export function loadCart(key) {
    return readAll().find((cart) => cart.key === key && Array.isArray(cart.lines));
}

/**
 * @param {StoredCart} cart an empty one is forgotten
 */
export function saveCart(cart) {
    const others = readAll().filter(({ key }) => key !== cart.key);
    const carts = cart.lines.length ? [cart, ...others] : others;
    try {
        browser.localStorage.setItem(KEY, JSON.stringify(carts.slice(0, MOST_CARTS)));
    } catch {
        // a full or forbidden storage must not keep the clerk from selling
    }
}

/** A name for one request, so that sending it twice does it once. */
export function newRequest() {
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
