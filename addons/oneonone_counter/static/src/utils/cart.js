/**
 * The lines that a clerk taps together before they become a quotation. Pure: each function
 * returns a new list.
 *
 * @typedef {{product_id: number, name: string, uom: string, price: number, quantity: number}} CartLine
 */

export const MOST_UNITS = 1_000_000;

/**
 * @param {unknown} value
 * @returns {number} a quantity from 0 to MOST_UNITS with at most three decimals; 0 for nonsense
 */
export function cleanQuantity(value) {
    const number = typeof value === "number" ? value : Number.parseFloat(String(value).trim());
    if (!Number.isFinite(number)) {
        return 0;
    }
    return Math.min(MOST_UNITS, Math.max(0, Math.round(number * 1000) / 1000));
}

/**
 * @param {CartLine[]} lines
 * @param {{id: number, name: string, uom: string, price: number}} product
 * @param {number} [quantity]
 */
export function addProduct(lines, product, quantity = 1) {
    if (lines.some((line) => line.product_id === product.id)) {
        return lines.map((line) =>
            line.product_id === product.id
                ? { ...line, quantity: cleanQuantity(line.quantity + quantity) }
                : line
        );
    }
    const { id, name, uom, price } = product;
    return [...lines, { product_id: id, name, uom, price, quantity: cleanQuantity(quantity) }];
}

/**
 * @param {CartLine[]} lines
 * @param {number} productId
 * @param {unknown} quantity 0 takes the line away
 */
export function setQuantity(lines, productId, quantity) {
    const wanted = cleanQuantity(quantity);
    return lines
        .map((line) => (line.product_id === productId ? { ...line, quantity: wanted } : line))
        .filter((line) => line.quantity > 0);
}

/** @param {CartLine[]} lines */
export function cartTotal(lines) {
    return lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
}

/** @param {CartLine[]} lines */
export function toRequest(lines) {
    return lines.map(({ product_id, quantity }) => ({ product_id, quantity }));
}
