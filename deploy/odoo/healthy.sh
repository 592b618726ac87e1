#!/bin/sh
# Health of the Odoo container: the HTTP workers reach PostgreSQL, the event process answers.
set -eu
curl -fsS -m 5 -o /dev/null "http://127.0.0.1:${HTTP_PORT:-8069}/web/health?db_server_status=1"
curl -fsS -m 5 -o /dev/null "http://127.0.0.1:${GEVENT_PORT:-8072}/websocket/health"
