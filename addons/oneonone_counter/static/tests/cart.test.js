import { describe, expect, test } from "@odoo/hoot";
import {
    addProduct,
    cartTotal,
    cleanQuantity,
    setQuantity,
    toRequest,
} from "@oneonone_counter/utils/cart";
import { loadCart, newRequest, saveCart } from "@oneonone_counter/utils/cart_storage";

describe.current.tags("headless");

const table = { id: 1, name: "Table", uom: "Units", price: 100 };
const tea = { id: 2, name: "Tea", uom: "Units", price: 5 };

test("tapping twice is two of it", () => {
    const lines = addProduct(addProduct(addProduct([], table), tea), table);
    expect(lines.map(({ product_id, quantity }) => [product_id, quantity])).toEqual([
        [1, 2],
        [2, 1],
    ]);
    expect(cartTotal(lines)).toBe(205);
    expect(toRequest(lines)).toEqual([
        { product_id: 1, quantity: 2 },
        { product_id: 2, quantity: 1 },
    ]);
});

test("none of it takes the line away, and the old list is untouched", () => {
    const before = addProduct([], table, 3);
    expect(setQuantity(before, 1, 0)).toEqual([]);
    expect(before[0].quantity).toBe(3);
    expect(setQuantity(before, 99, 5)).toEqual(before);
});

test("nonsense is no quantity", () => {
    expect(["", "abc", NaN, Infinity, -4, null].map(cleanQuantity)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(cleanQuantity("2.5")).toBe(2.5);
    expect(cleanQuantity(1e12)).toBe(1_000_000);
    expect(cleanQuantity(0.12345)).toBe(0.123);
});

test("a cart waits for its customer, an empty one is forgotten", () => {
    const lines = addProduct([], table);
    saveCart({ key: "2:7", lines, request: "r" });
    expect(loadCart("2:7")).toEqual({ key: "2:7", lines, request: "r" });
    expect(loadCart("2:8")).toBe(undefined);
    saveCart({ key: "2:7", lines: [], request: "r" });
    expect(loadCart("2:7")).toBe(undefined);
});

test("a broken storage is an empty one", () => {
    localStorage.setItem("oneonone_counter.carts", "{not json");
    expect(loadCart("2:7")).toBe(undefined);
});

test("each request has a name of its own", () => {
    expect(newRequest()).toMatch(/^[0-9a-f]{24}$/);
    expect(newRequest() === newRequest()).toBe(false);
});
