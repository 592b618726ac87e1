import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { ago } from "@auto_id/ago/ago";
import { allowTranslations } from "@web/../tests/web_test_helpers";

describe.current.tags("headless");

beforeEach(allowTranslations);

test("a moment is told in the one unit that matters", () => {
    const told = [-3, 1, 12.7, 119, 120, 7199, 7200, 172799, 172800].map((s) => String(ago(s)));
    expect(told).toEqual([
        "now",
        "now",
        "12 s ago",
        "119 s ago",
        "2 min ago",
        "119 min ago",
        "2 h ago",
        "47 h ago",
        "2 days ago",
    ]);
});
