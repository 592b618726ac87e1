"""A purchase history comes in through the web interface and shows at the counter."""

import gzip

from playwright.sync_api import expect

from .conftest import log_in

HEADER = "customer_id,date,order_id,product,quantity,amount,country,customer_name"
LINES = [
    "E2E-1,2019-03-01,A-1,TEA-01,2,20.00,China,钱学文 Qian Xuewen",
    "E2E-1,2019-03-01,A-1,TEA-02,1,35.50,China,钱学文 Qian Xuewen",
    "E2E-1,2020-05-07,A-2,TEA-01,-1,-10.00,China,钱学文 Qian Xuewen",
    "E2E-1,2020-02-30,A-3,TEA-01,1,10.00,China,钱学文 Qian Xuewen",
    ",2020-03-01,A-4,TEA-01,1,10.00,China,",
]


def upload(page, system, name: str, content: bytes):
    page.goto(f"{system.url}/odoo/purchase-history-imports/new")
    page.locator(".o_field_widget[name=file] input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Import", exact=True).click()


def test_import_with_rejected_lines_then_the_counter(page, system):
    log_in(page, system, "admin", "/odoo/purchase-history-imports")
    expect(page.locator(".o_list_view, .o_view_nocontent").first).to_be_visible(timeout=30_000)
    upload(page, system, "years.csv.gz", gzip.compress("\n".join([HEADER, *LINES]).encode()))
    result = page.locator(".o_field_widget[name=lines_rejected]")
    expect(result).to_have_text("2", timeout=60_000)
    expect(page.locator("div[name=lines_read]")).to_have_text("5")
    with page.expect_download() as download:
        page.locator(".o_field_widget[name=rejected_file] a").click()
    rejected = download.value.path().read_text(encoding="utf-8-sig")
    assert "2020-02-30" in rejected
    assert rejected.count("\n") == 3

    page.goto(f"{system.url}/odoo/counter")
    page.get_by_role("button", name="Find customer").first.click()
    page.get_by_label("Search customers").fill("E2E-1")
    page.locator(".o_counter_choice").first.click()
    expect(page.locator(".o_counter_name")).to_have_text("钱学文 Qian Xuewen")
    expect(page.locator(".o_counter_tiles")).to_contain_text("45.50")


def test_wrong_header_is_refused_in_words(page, system):
    log_in(page, system, "admin", "/odoo/purchase-history-imports")
    expect(page.locator(".o_list_view, .o_view_nocontent").first).to_be_visible(timeout=30_000)
    before = system.query("SELECT count(*) FROM oneonone_history_line")
    upload(page, system, "wrong.csv", b"name,when\nx,y\n")
    expect(page.locator(".alert-danger")).to_contain_text("customer_id", timeout=60_000)
    assert system.query("SELECT count(*) FROM oneonone_history_line") == before
