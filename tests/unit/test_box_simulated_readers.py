"""The simulated readers as people start them, with `bin/scan` as people use it."""

import os
import re
import subprocess
import sys
import urllib.request

import pytest
from auto_id.iot_handlers.lib.auto_id import decoding, frames, hid, keys
from box_stand_in import wait_for

from box.simulators import scan
from box.simulators.keyboard import NAME
from dev import settings


@pytest.fixture
def start(tmp_path):
    """Start a simulator; what it says first, and the path by which it is found."""
    started = []

    def start(module, *options):
        link = tmp_path / "reader"
        command = [sys.executable, "-m", f"box.simulators.{module}", "--link", link, *options]
        process = subprocess.Popen(command, cwd=settings.ROOT, stdout=subprocess.PIPE, text=True)
        started.append(process)
        said = process.stdout.readline()
        wait_for(scan.control_path(link).exists)
        return said, link

    yield start
    for process in started:
        process.terminate()
        assert process.wait(10) == 0
        process.stdout.close()


def seen_in(data):
    return [one.text for one in decoding.decoder()(frames.grey(data))]


def test_a_camera_that_streams(start):
    said, link = start("camera", "--kind", "datamatrix")
    url = re.search(r"http://\S+", said)[0] + "picture.jpg"
    scanning = subprocess.Popen(
        [settings.ROOT / "bin/scan", "--reader", str(link), "CARD-7"], stdout=subprocess.DEVNULL
    )
    wait_for(lambda: seen_in(urllib.request.urlopen(url, timeout=5).read()) == ["CARD-7"])
    assert scanning.wait(30) == 0
    wait_for(lambda: seen_in(urllib.request.urlopen(url, timeout=5).read()) == [])


def test_a_camera_that_fills_a_folder(start, tmp_path):
    folder = tmp_path / "pictures"
    _said, link = start("camera", "--folder", str(folder), "--kind", "ean13", "--angle", "90")
    scan.scan(b"4006381333931", link)
    (picture,) = folder.glob("*.jpg")
    assert seen_in(picture.read_bytes()) == ["4006381333931"]
    with pytest.raises(scan.ScanError, match="ean13 cannot hold this"):
        scan.scan(b"CARD-7", link)


def test_a_keyboard(start):
    said, link = start("keyboard", "--layout", "de")
    if NAME in said:
        pytest.skip("it is a keyboard of the kernel: test_box_keyboard reads from one")
    with hid.KeyEvents(said.split(": ")[1].strip()) as source:
        scan.scan(b"Zy-7", link)
        typist = keys.Typist("de")
        text = ""
        while not text.endswith("\r"):
            text += "".join(map(typist.type, source.read(5)))
    assert text == "Zy-7\r"
    os.stat(f"{link}.events")
