#!/bin/sh
# Installs the add-ons into the database of odoo.conf, and gives the user `admin` the password
# in the secret file. Safe to repeat: what is installed is upgraded, the password set again only
# while it is still Odoo's well-known first one.
set -eu
secrets="${SECRETS_FOLDER:-/run/secrets}"
odoo="${ODOO_COMMAND:-odoo}"

$odoo -i "${ADDONS:-oneonone_counter}" --load-language="${LANGUAGES:-en_US,zh_CN}" \
    --stop-after-init --no-http --workers=0 --max-cron-threads=0

$odoo shell --no-http --workers=0 --max-cron-threads=0 <<PYTHON
from pathlib import Path
from odoo.exceptions import AccessDenied

admin = env.ref("base.user_admin")
first = {"type": "password", "login": admin.login, "password": "admin"}
try:
    env["res.users"].authenticate(first, {"interactive": False})
except AccessDenied:
    print("The administrator's password was changed before: it stays.")
else:
    admin.password = Path("$secrets/admin_password").read_text().strip()
    env.cr.commit()
    print("The administrator's password is now the one in the secret file.")
PYTHON
