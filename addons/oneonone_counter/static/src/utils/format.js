import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { nbsp } from "@web/core/utils/strings";

const { DateTime } = luxon;

/**
 * An amount with its currency, as the customer's card carries it.
 *
 * @param {number} amount
 * @param {{symbol: string, position: "before" | "after", decimal_places: number}} currency
 */
export function money(amount, currency) {
    const number = formatFloat(amount || 0, { digits: [16, currency.decimal_places] });
    const parts = [currency.symbol, number];
    return (currency.position === "after" ? parts.reverse() : parts).join(nbsp);
}

/**
 * A quantity without needless zeros: 3, 2.5, 1,200.
 *
 * @param {number} value
 */
export function quantity(value) {
    return formatFloat(value || 0, { digits: [16, 3], trailingZeros: false });
}

/**
 * A date of the server ("2026-05-04", or "2026-05-04 09:30:00" in UTC) as a moment here.
 *
 * @param {string | null | false | undefined} text
 */
export function parseServerDate(text) {
    if (!text) {
        return null;
    }
    const hasTime = text.length > 10;
    const moment = DateTime.fromISO(text.replace(" ", "T"), hasTime ? { zone: "utc" } : {});
    if (!moment.isValid) {
        return null;
    }
    return hasTime ? moment.setZone("local") : moment;
}

/**
 * A date in the user's language: "May 4, 2026"; empty when there is none.
 *
 * @param {string | null | false | undefined} text
 */
export function day(text) {
    return parseServerDate(text)?.toLocaleString(DateTime.DATE_MED) || "";
}

/**
 * How long ago the last purchase was, in words.
 *
 * @param {number | null | undefined} days
 */
export function recencyWords(days) {
    if (days === null || days === undefined || days === false) {
        return _t("No purchase yet");
    }
    if (days <= 0) {
        return _t("Today");
    }
    if (days === 1) {
        return _t("Yesterday");
    }
    if (days < 60) {
        return _t("%s days ago", days);
    }
    if (days < 730) {
        return _t("%s months ago", Math.round(days / 30.4));
    }
    return _t("%s years ago", Math.floor(days / 365));
}

/**
 * How often the customer bought, in words.
 *
 * @param {number} orders
 */
export function frequencyWords(orders) {
    if (!orders) {
        return _t("Never");
    }
    return orders === 1 ? _t("Once") : _t("%s times", orders);
}

/**
 * When a promised date is due, seen from today, and whether it has passed.
 *
 * @param {string | null} promised
 * @param {luxon.DateTime} [now]
 * @returns {{words: string, late: boolean} | null}
 */
export function promiseWords(promised, now = DateTime.local()) {
    const moment = parseServerDate(promised);
    if (!moment) {
        return null;
    }
    const days = Math.round(moment.startOf("day").diff(now.startOf("day"), "days").days);
    if (days < -1) {
        return { words: _t("%s days late", -days), late: true };
    }
    if (days === -1) {
        return { words: _t("One day late"), late: true };
    }
    if (days === 0) {
        return { words: _t("Due today"), late: false };
    }
    return { words: days === 1 ? _t("Due tomorrow") : _t("In %s days", days), late: false };
}

/**
 * What was read, fit for a screen: control characters made visible, the middle of a long one
 * left out.
 *
 * @param {string} code
 * @param {number} [longest]
 */
export function shownCode(code, longest = 64) {
    // eslint-disable-next-line no-control-regex
    const visible = String(code).replace(/[\u0000-\u001f\u007f]/g, "␣");
    if (visible.length <= longest) {
        return visible;
    }
    const half = Math.floor((longest - 1) / 2);
    return `${visible.slice(0, half)}…${visible.slice(-half)}`;
}

/**
 * A product's name without the reference in brackets that Odoo puts in front of it.
 *
 * @param {string} name
 */
export function plainName(name) {
    return String(name || "").replace(/^\[[^\]]*\]\s*/, "");
}

/**
 * A score from 1 to 5 as five dots, filled or not: shape tells it, not color alone.
 *
 * @param {number | null | undefined} score
 */
export function scoreDots(score) {
    const filled = Math.max(0, Math.min(5, Math.round(score || 0)));
    return [1, 2, 3, 4, 5].map((place) => place <= filled);
}
