"""The reverse proxy, run for real with stand-ins for Odoo: who gets what, and what is refused."""

import http.client
import http.server
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SETTINGS = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["proxy"]
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


class Upstream(http.server.BaseHTTPRequestHandler):
    """Stands for Odoo: answers with who it is and what it was told of the client."""

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.dumps({"server": self.server.label, "path": self.path, **self.headers})
        self.send_response(200)
        self.send_header("Set-Cookie", "session_id=1; Path=/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    do_POST = do_GET  # noqa: N815

    def log_message(self, *args):
        pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Proxy:
    """nginx with our template in a folder of its own, and two stand-ins behind it."""

    def __init__(self, folder: Path):
        self.folder = folder
        subprocess.run(["sh", DEPLOY / "prepare.sh", folder], check=True, capture_output=True)
        self.upstreams = [self._upstream(label) for label in ("http", "events")]
        self.ports = {name: free_port() for name in ("HTTP", "HTTPS", "BOXES")}
        self._configure()
        self.process = subprocess.Popen([NGINX, "-c", folder / "nginx.conf", "-p", folder])
        self._wait()

    def _upstream(self, label: str) -> http.server.ThreadingHTTPServer:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
        server.label = label
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def _configure(self) -> None:
        values = {f"PROXY_{name}": f"127.0.0.1:{port}" for name, port in self.ports.items()}
        values |= {
            "PROXY_RESOLVER": "127.0.0.1",
            "PROXY_HTTPS_SUFFIX": f":{self.ports['HTTPS']}",
            "PROXY_TLS": str(self.folder / "tls"),
            "PROXY_ODOO_HTTP": f"127.0.0.1:{self.upstreams[0].server_port}",
            "PROXY_ODOO_EVENTS": f"127.0.0.1:{self.upstreams[1].server_port}",
        }
        asked = set(SETTINGS["environment"]) - {"NGINX_ENVSUBST_FILTER"}
        assert asked == set(values), "docker-compose.yml must set what the template needs"
        text = (DEPLOY / "nginx/odoo.conf.template").read_text()
        (self.folder / "odoo.conf").write_text(_fill(text, values))
        temporary = "".join(
            f"{name}_temp_path {self.folder}/{name};"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(
            f"daemon off; {user} pid {self.folder}/pid; error_log {self.folder}/error.log;\n"
            "events {}\n"
            f"http {{ access_log off; {temporary} include {self.folder}/odoo.conf; }}\n"
        )

    def _wait(self) -> None:
        for _attempt in range(100):
            if self.process.poll() is not None:
                raise AssertionError((self.folder / "error.log").read_text())
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.ports["HTTPS"])) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("nginx does not listen")

    def ask(self, listener: str, path: str, body: bytes | None = None):
        """(status, headers, JSON or None) of a request to one of the listeners."""
        port = self.ports[listener]
        if listener == "HTTPS":
            trust = ssl.create_default_context(cafile=str(self.folder / "tls/fullchain.pem"))
            link = http.client.HTTPSConnection("localhost", port, context=trust, timeout=10)
        else:
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        link.request("POST" if body is not None else "GET", path, body=body)
        answer = link.getresponse()
        text = answer.read()
        link.close()
        return answer.status, answer.headers, json.loads(text) if text[:1] == b"{" else None

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        for server in self.upstreams:
            server.shutdown()
            server.server_close()


def _fill(text: str, values: dict[str, str]) -> str:
    """What envsubst does with the names that begin with PROXY_, and with no others."""
    return re.sub(r"\$\{(PROXY_\w+)\}", lambda match: values[match[1]], text)


@pytest.mark.skipif(not NGINX, reason="nginx is not installed (Debian package nginx-light)")
class TestProxy:
    @pytest.fixture(scope="class")
    def proxy(self, tmp_path_factory):
        proxy = Proxy(tmp_path_factory.mktemp("proxy"))
        yield proxy
        proxy.stop()

    def test_http_leads_to_https(self, proxy):
        status, headers, _ = proxy.ask("HTTP", "/odoo?debug=1")
        assert status == 301
        assert headers["Location"] == f"https://127.0.0.1:{proxy.ports['HTTPS']}/odoo?debug=1"

    def test_health(self, proxy):
        assert proxy.ask("HTTP", "/proxy/health")[0] == 200

    def test_websocket_goes_to_the_event_process(self, proxy):
        for listener in ("HTTPS", "BOXES"):
            assert proxy.ask(listener, "/websocket?version=19.0-2")[2]["server"] == "events"
        assert proxy.ask("HTTPS", "/odoo")[2]["server"] == "http"

    def test_odoo_learns_who_asked(self, proxy):
        told = proxy.ask("HTTPS", "/odoo")[2]
        assert told["X-Forwarded-Proto"] == "https"
        assert told["X-Forwarded-For"] == "127.0.0.1"
        assert told["X-Forwarded-Host"] == f"localhost:{proxy.ports['HTTPS']}"

    def test_cookies_are_for_https_only(self, proxy):
        headers = proxy.ask("HTTPS", "/odoo")[1]
        assert {"Secure", "HttpOnly"} <= set(re.split(r";\s*", headers["Set-Cookie"]))
        assert headers["Strict-Transport-Security"]

    @pytest.mark.parametrize("path", ["/web/database/manager", "/web/database/list"])
    def test_closed_to_browsers(self, proxy, path):
        assert proxy.ask("HTTPS", path)[0] == 404

    @pytest.mark.parametrize(
        "path",
        ["/iot/setup", "/iot/box/send_websocket", "/auto_id/v1/reads", "/auto_id/v1/status"],
    )
    def test_open_to_boxes(self, proxy, path):
        for listener in ("BOXES", "HTTPS"):
            assert proxy.ask(listener, path, b"{}")[2]["server"] == "http"

    @pytest.mark.parametrize("path", ["/", "/web/login", "/odoo", "/jsonrpc", "/websocket/health"])
    def test_boxes_get_the_box_protocol_only(self, proxy, path):
        assert proxy.ask("BOXES", path)[0] == 404

    def test_a_body_beyond_the_limit_is_refused(self, proxy):
        assert proxy.ask("BOXES", "/auto_id/v1/reads", b"x" * 3 * 1024 * 1024)[0] == 413
        assert proxy.ask("HTTPS", "/web/binary", b"x" * 3 * 1024 * 1024)[0] == 200
