import { beforeEach, describe, expect, test } from "@odoo/hoot";
import {
    frequencyWords,
    money,
    parseServerDate,
    plainName,
    promiseWords,
    quantity,
    recencyWords,
    scoreDots,
    shownCode,
} from "@oneonone_counter/utils/format";
import { allowTranslations, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { localization } from "@web/core/l10n/localization";

const { DateTime } = luxon;

describe.current.tags("headless");

beforeEach(() => {
    patchWithCleanup(localization, { decimalPoint: ".", thousandsSep: ",", grouping: [3, 0] });
});

const dollar = { symbol: "$", position: "before", decimal_places: 2 };
const yen = { symbol: "円", position: "after", decimal_places: 0 };

test("money has the currency's place and decimals", () => {
    expect(money(1234.5, dollar)).toBe("$\u00a01,234.50");
    expect(money(1234.4, yen)).toBe("1,234\u00a0円");
    expect(money(undefined, dollar)).toBe("$\u00a00.00");
});

test("quantities without needless zeros", () => {
    expect(quantity(3)).toBe("3");
    expect(quantity(2.5)).toBe("2.5");
    expect(quantity(-1)).toBe("-1");
});

test("recency in words", () => {
    allowTranslations();
    expect(String(recencyWords(null))).toBe("No purchase yet");
    expect(String(recencyWords(0))).toBe("Today");
    expect(String(recencyWords(1))).toBe("Yesterday");
    expect(String(recencyWords(12))).toBe("12 days ago");
    expect(String(recencyWords(90))).toBe("3 months ago");
    expect(String(recencyWords(800))).toBe("2 years ago");
});

test("frequency in words", () => {
    allowTranslations();
    expect([0, 1, 14].map((n) => String(frequencyWords(n)))).toEqual(["Never", "Once", "14 times"]);
});

test("dates of the server", () => {
    expect(parseServerDate("2026-05-04").toISODate()).toBe("2026-05-04");
    expect(parseServerDate("2026-05-04 09:30:00").toUTC().hour).toBe(9);
    expect(parseServerDate("2026-05-04T09:30:00").toUTC().hour).toBe(9);
    for (const nothing of [null, false, "", undefined, "2026-13-45"]) {
        expect(parseServerDate(nothing)).toBe(null);
    }
});

test("a promise is early, due or late", () => {
    allowTranslations();
    const now = DateTime.fromISO("2026-05-04T15:00:00");
    const words = (date) => {
        const promise = promiseWords(date, now);
        return [String(promise.words), promise.late];
    };
    expect(words("2026-05-09")).toEqual(["In 5 days", false]);
    expect(words("2026-05-05")).toEqual(["Due tomorrow", false]);
    expect(words("2026-05-04")).toEqual(["Due today", false]);
    expect(words("2026-05-03")).toEqual(["One day late", true]);
    expect(words("2026-05-01")).toEqual(["3 days late", true]);
    expect(promiseWords(null, now)).toBe(null);
});

test("codes are shown whole when short, with the ends when long, never raw", () => {
    expect(shownCode("CARD-1")).toBe("CARD-1");
    expect(shownCode("A\u001dB\nC")).toBe("A␣B␣C");
    const shown = shownCode(`${"a".repeat(70)}z`);
    expect(shown.length < 66).toBe(true);
    expect(shown).toMatch(/^a+…a+z$/);
});

test("product names without their reference", () => {
    expect(plainName("[TT-1] Tea Table")).toBe("Tea Table");
    expect(plainName("Tea [green]")).toBe("Tea [green]");
    expect(plainName(false)).toBe("");
});

test("scores are dots", () => {
    expect(scoreDots(3)).toEqual([true, true, true, false, false]);
    expect(scoreDots(null)).toEqual([false, false, false, false, false]);
    expect(scoreDots(9)).toEqual([true, true, true, true, true]);
});
