"""A stock IoT Box: Odoo's own software, as it comes, on a machine that it takes for a Pi.

Nothing of ours is installed on it. What a Raspberry Pi has and this machine has not is stood in
for by `raspberry_pi/sitecustomize.py` and by the commands below.
"""

import configparser
import contextlib
import os
import shutil
import sys
from pathlib import Path

import requests

from dev.odoo_source import addons_folders, odoo_library

from .processes import Process, fetch, free_port, wait

SERIAL_NUMBER = "10000000a1b2c3d4"
LAUNCHER = "import odoo.cli\n\nif __name__ == '__main__':\n    odoo.cli.main()\n"
NO_WAY_OUT = "255.255.255.255"
COMMANDS = {
    "sudo": "case $1 in nmcli|mtr) exit 1;; esac",
    "systemctl": "exit 3",  # no access point is active
    "nmcli": "exit 1",
    "wlr-randr": "exit 1",  # no screen
    "git": "case $* in *symbolic-ref*) echo 19.0;; *) echo 0a1b2c3;; esac",
}


class StockBox(Process):
    """The box of a Raspberry Pi; its home is `/home/pi` there.

    :param scanner: a simulated scanner; it is plugged in as the Pi's `/dev/ttyACM0`
    """

    identifier = SERIAL_NUMBER

    def __init__(self, folder, scanner):
        super().__init__(folder / "stock-box.log")
        self.home = folder / "pi"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._files = folder / "pi-files"
        self._commands = folder / "pi-commands"
        self._install()
        self._make_machine()
        (self._files / "dev/ttyACM0").symlink_to(scanner.link)

    @property
    def handlers(self):
        return self.home / "odoo/odoo/addons/iot_drivers/iot_handlers"

    @property
    def conf(self):
        return (self.home / "odoo.conf").read_text()

    def _install(self):
        """Odoo's sources as the image has them: below /home/pi/odoo, with the box's add-on."""
        addons = self.home / "odoo/odoo/addons"
        addons.mkdir(parents=True)
        (self.home / "odoo/addons").symlink_to("odoo/addons")
        (self.home / "odoo/odoo-bin").write_text(LAUNCHER)
        folders = addons_folders(odoo_library())
        stock = next(place for place in folders if (place / "iot_drivers").is_dir())
        shutil.copytree(stock / "iot_drivers", addons / "iot_drivers")
        (self.home / "odoo.conf").write_text(
            "[options]\nserver_wide_modules = iot_drivers,web\nlist_db = False\n"
            f"max_cron_threads = 0\nworkers = 0\ndata_dir = {self.home}/data\n"
            f"http_interface = 127.0.0.1\nhttp_port = {self.port}\n"
            f"addons_path = {','.join(map(str, folders))}\n"
        )

    def _make_machine(self):
        """Files and commands of the Pi."""
        for name, text in {
            "sys/firmware/devicetree/base/serial-number": f"{SERIAL_NUMBER}\0",
            "proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.5",
            "var/odoo/iotbox_version": "2025.09",
            "etc/hostapd/hostapd.conf": "",
            "gateway": "127.0.0.1",
        }.items():
            path = self._files / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (self._files / "dev").mkdir()
        self._commands.mkdir()
        for name, script in COMMANDS.items():
            (self._commands / name).write_text(f"#!/bin/sh\n{script}\n")
            (self._commands / name).chmod(0o755)

    def start(self):
        self.expect_start()
        self.spawn(
            *(sys.executable, self.home / "odoo/odoo-bin", "-c", self.home / "odoo.conf"),
            PATH=os.pathsep.join(
                [str(self._commands), str(Path(sys.executable).parent), os.environ["PATH"]]
            ),
            PYTHONPATH=str(Path(__file__).parent / "raspberry_pi"),
            RASPBERRY_PI_FILES=str(self._files),
            ODOO_RC="",
            # A closed network: nobody but the server is there.
            https_proxy="http://127.0.0.1:9",
            no_proxy="127.0.0.1",
        )
        self.wait_page()

    def wait_page(self):
        """It has started, and its page answers."""
        wait(lambda: "HTTP service" in self.log_since_start, 60, "the start of the box")
        wait(lambda: fetch(f"{self.url}/hw_proxy/hello"), 10, "the box's page")

    def close(self):
        self.end()

    def paste(self, link):
        """What a user does on the box's page: Configure, paste the link, Connect."""
        self.expect_start()
        answer = requests.post(
            f"{self.url}/iot_drivers/connect_to_server",
            json={"params": {"token": link}},
            timeout=10,
        ).json()
        assert answer["result"]["status"] == "success", answer

    def set_conf(self, key, value):
        """Change its configuration, as its own software does."""
        conf = configparser.RawConfigParser()
        conf.read(self.home / "odoo.conf")
        conf.set("iot.box", key, value)
        with (self.home / "odoo.conf").open("w") as file:
            conf.write(file)

    def restart(self):
        """The button on its page."""
        self.expect_start()
        assert "success" in fetch(f"{self.url}/iot_drivers/restart_odoo_service")

    def expect_start(self):
        """From here on the log tells of the next start."""
        self._log_start = len(self.log)

    def wait_listening(self):
        """Odoo can speak to it."""
        wait(lambda: "Websocket connected" in self.log_since_start, 60, "the websocket")

    def has_network(self, reachable):
        """Plug the network cable in, or pull it."""
        (self._files / "gateway").write_text("127.0.0.1" if reachable else NO_WAY_OUT)

    def scanners(self):
        """Identifiers of those that its page lists; none while it does not answer."""
        with contextlib.suppress(requests.RequestException, ValueError):
            data = requests.get(f"{self.url}/iot_drivers/data", timeout=5).json()
            return [device["identifier"] for device in data["devices"].get("scanner", ())]
        return []

    def wait_at_work(self):
        """It has loaded its drivers and listens to its scanner."""
        wait(lambda: "Listening to" in self.log_since_start, 60, "the box listens")

    @property
    def log_since_start(self):
        return self.log[self._log_start :]
