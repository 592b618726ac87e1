{
    "name": "One-to-One: Orders on the Profile",
    "version": "19.0.1.0.0",
    "summary": "Where a customer's open orders stand in manufacturing and delivery, on their card",
    "category": "Sales/CRM",
    "author": "One-to-One for Odoo",
    "license": "LGPL-3",
    "depends": ["oneonone_crm", "crm_erp_sync"],
    "data": ["views/oneonone_profile_views.xml"],
    "images": ["static/description/icon.png"],
    "auto_install": True,
}
