"""Pure Python, without Odoo: what can be tested in milliseconds."""
