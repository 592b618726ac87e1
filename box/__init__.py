"""A virtual IoT box for Linux: Odoo's own `iot_drivers` as a process of its own."""
