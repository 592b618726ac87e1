{
    "name": "One-to-One: Counter",
    "summary": "A card at the counter shows the customer, the orders and what is being made; "
    "quotations by tapping",
    "version": "19.0.1.0.0",
    "category": "Sales/Counter",
    "author": "One-to-One for Odoo",
    "license": "LGPL-3",
    "depends": ["auto_id", "oneonone_erp", "barcodes"],
    "data": [
        "security/oneonone_counter_groups.xml",
        "security/oneonone_visit_security.xml",
        "security/ir.model.access.csv",
        "views/oneonone_visit_views.xml",
        "views/auto_id_station_views.xml",
        "views/sale_order_views.xml",
        "views/counter_action.xml",
        "views/menus.xml",
    ],
    "demo": [
        "demo/product_demo.xml",
        "demo/customer_demo.xml",
        "demo/history_demo.xml",
        "demo/order_demo.xml",
    ],
    "assets": {
        "web.assets_backend": ["oneonone_counter/static/src/**/*"],
        "web.assets_unit_tests": ["oneonone_counter/static/tests/**/*.test.js"],
        "web.assets_tests": ["oneonone_counter/static/tests/tours/**/*"],
    },
    "images": ["static/description/icon.png"],
    "auto_install": ["auto_id", "oneonone_erp"],
}
