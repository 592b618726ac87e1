"""The box as a service and as a container: what can be tried without systemd and an engine."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
UNIT = (ROOT / "box/oneonone-box.service").read_text()
IMAGE = (ROOT / "box/Dockerfile").read_text()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_accepts_the_unit(tmp_path):
    unit = tmp_path / "oneonone-box.service"
    installed = re.sub(r"/opt/oneonone/venv/bin/python3", sys.executable, UNIT)
    unit.write_text(installed.replace("/opt/oneonone", str(ROOT)))
    done = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
    )
    # Of the machine's own units it complains, too.
    assert "oneonone-box" not in done.stderr
    assert done.returncode == 0, done.stderr


def test_a_scanner_may_be_plugged_in_after_the_start():
    """systemd resolves DeviceAllow when a service starts, and ProtectClock implies it."""
    assert not re.search(r"^(DeviceAllow|DevicePolicy|PrivateDevices|ProtectClock)=", UNIT, re.M)


def test_the_container_keeps_its_home_in_the_volume_that_compose_gives_it():
    home = re.search(r"BOX_HOME=(\S+)", IMAGE)[1]
    assert f"VOLUME {home}\n" in IMAGE
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["box"]
    assert [volume.split(":")[1] for volume in service["volumes"]] == [home]


def test_the_container_copies_what_is_there():
    sources = re.findall(r"^COPY (\S+)", IMAGE, re.M)
    assert sources
    assert all((ROOT / source).exists() for source in sources)


def test_its_packages_are_those_that_the_tests_run_with():
    pinned = (ROOT / "box/requirements.txt").read_text().splitlines()
    pins = [line for line in pinned if line and not line.startswith("#")]
    locked = (ROOT / "requirements/odoo.txt").read_text()
    assert [pin for pin in pins if not re.search(rf"^{re.escape(pin)}\b", locked, re.M)] == []
