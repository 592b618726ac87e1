"""The main job, as the clerk does it: real browser, real box process, simulated scanner."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from dev import settings

from .conftest import log_in, set_language

TABLE = "Tea Table “Longjing”"


@pytest.fixture
def counter(page, system):
    """The counter screen of the clerk, waiting for a customer."""
    log_in(page, system, "clerk", "/odoo/counter")
    # The first page of a new database waits for Odoo to build its assets.
    expect(page.locator(".o_counter_bar")).to_be_visible(timeout=120_000)
    leave_customer(page)
    return page


def leave_customer(page):
    """To the idle screen, whoever was served before."""
    expect(page.locator(".o_counter_idle, .o_counter_head")).to_be_visible(timeout=30_000)
    next_customer = page.locator(".o_counter_next")
    if next_customer.is_visible():
        next_customer.click()
    expect(page.locator(".o_counter_idle")).to_be_visible()


def name_of(system, code):
    sql = """SELECT p.name FROM auto_id_tag t JOIN res_partner p ON p.id = t.res_id
             WHERE t.res_model = 'res.partner' AND t.code = %s"""
    return system.query(sql, code)[0][0]


def expect_customer(page, name):
    expect(page.locator(".o_counter_name")).to_have_text(name, timeout=10_000)


def test_card_shows_the_customer(counter, system):
    system.scan("CARD-1001")
    expect_customer(counter, name_of(system, "CARD-1001"))
    expect(counter.locator(".o_counter_tier")).to_be_visible()
    expect(counter.locator(".o_counter_tiles")).to_be_visible()
    expect(counter.locator(".o_counter_order").first).to_be_visible()


def test_next_card_replaces_the_customer(counter, system):
    system.scan("CARD-1001")
    expect_customer(counter, name_of(system, "CARD-1001"))
    system.scan("CARD-1002")
    expect_customer(counter, name_of(system, "CARD-1002"))
    open_visits = "SELECT count(*) FROM oneonone_visit WHERE ended_at IS NULL"
    assert system.query(open_visits) == [(1,)]


def test_every_read_is_kept_once(counter, system):
    code = f"ONCE-{uuid.uuid4().hex[:8]}"
    system.scan(code)
    expect(counter.locator(".o_counter_code")).to_have_text(code, timeout=10_000)
    reads = system.query(
        "SELECT state, count(*) FROM auto_id_read WHERE code = %s GROUP BY state", code
    )
    assert reads == [("unknown", 1)]


def test_unknown_card_is_bound_and_shows_the_customer(counter, system):
    code = f"NEW-{uuid.uuid4().hex[:8]}"
    system.scan(code)
    expect(counter.locator(".o_counter_code")).to_have_text(code, timeout=10_000)
    counter.get_by_label("Search customers").fill("Mia")
    counter.get_by_role("button", name=re.compile("Mia Fischer")).click()
    expect_customer(counter, "Mia Fischer")
    leave_customer(counter)
    system.scan(code)
    expect_customer(counter, "Mia Fischer")


def test_quotation_order_and_lowered_quantity(counter, system):
    """Quotation, order, manufacturing order; five lowered to three on both sides at once."""
    system.scan("CARD-1001")
    expect_customer(counter, name_of(system, "CARD-1001"))
    counter.get_by_label("Search products").fill("Longjing")
    counter.locator(".o_counter_product", has_text=TABLE).click()
    quantity = counter.locator(".o_counter_side .o_counter_stepper input").first
    quantity.fill("5")
    quantity.press("Tab")
    counter.locator(".o_counter_create").click()
    counter.locator(".o_counter_confirm").click()
    expect(counter.locator(".o_counter_production").first).to_be_visible(timeout=20_000)
    order = counter.locator("#o_counter_order_title").inner_text()
    assert quantities(system, order) == [(5.0, 5.0)]

    quantity = counter.locator(".o_counter_side .o_counter_stepper input").first
    quantity.fill("3")
    quantity.press("Tab")
    counter.locator(".o_counter_save").click()
    expect(counter.locator(".o_counter_production").first).to_contain_text("3")
    assert quantities(system, order) == [(3.0, 3.0)]
    ledger = system.query(
        """SELECT before, after FROM crm_erp_sync_ledger
           WHERE cause_name LIKE %s AND effect_model = 'mrp.production'""",
        f"%{order}%",
    )
    assert [(float(before), float(after)) for before, after in ledger] == [(5.0, 3.0)]


def quantities(system, order):
    """Ordered and to be made, for the order's make-to-order line."""
    rows = system.query(
        """SELECT l.product_uom_qty, p.product_qty
            FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id
            JOIN mrp_production p ON p.sale_line_id = l.id AND p.state != 'cancel'
            WHERE o.name = %s""",
        order,
    )
    return [(float(ordered), float(made)) for ordered, made in rows]


def test_long_and_binary_codes_are_kept_as_invalid(counter, system):
    """64 KiB and bytes that are no text: told apart, stored short, and nothing breaks."""
    before = system.query("SELECT coalesce(max(id), 0) FROM auto_id_read")[0][0]
    assert system.command("bin/scan", "x" * 65_536).returncode == 0
    assert system.command("bin/scan", "--hex", "00ff80fe01").returncode == 0
    system.scan("CARD-1002")
    expect_customer(counter, name_of(system, "CARD-1002"))
    rows = system.query("SELECT state, length(code) FROM auto_id_read WHERE id > %s", before)
    assert [state for state, _length in rows].count("invalid") == 2
    assert max(length for _state, length in rows) < 1000


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)], ids=["desktop", "tablet"])
@pytest.mark.parametrize("lang", ["en_US", "zh_CN"])
def test_screens(counter, system, lang, size):
    """Nothing is cut off or overflows, in both sizes and languages; pictures are kept."""
    counter.set_viewport_size({"width": size[0], "height": size[1]})
    set_language(counter, lang)
    folder = settings.STATE / "reports/screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        expect(counter.locator(".o_counter_idle, .o_counter_head")).to_be_visible(timeout=30_000)
        counter.screenshot(path=folder / f"idle-{lang}-{size[0]}.png")
        system.scan("CARD-1001")
        expect_customer(counter, name_of(system, "CARD-1001"))
        counter.wait_for_timeout(500)
        counter.screenshot(path=folder / f"customer-{lang}-{size[0]}.png")
        width = counter.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0]
        title = counter.locator("#o_counter_orders").inner_text()
        assert (title == "Open orders") == (lang == "en_US")
    finally:
        set_language(counter, "en_US")
