"""NFC end to end: simulated cards, the real service for card readers, a real box and Odoo.

The cards speak to vpcd, a driver of that service, as if a reader had them in its field.
"""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from box.simulators.nfc_cards import FileCard, MemoryTag, card, ndef_text, ndef_uri
from box.simulators.nfc_reader import PORT, Reader
from dev import settings

from .processes import Process, wait

VPCD = Path("/etc/reader.conf.d/vpcd")
READER = "Virtual PCD 00 00"
UID = bytes.fromhex("04A1B2C3D4E5F6")

pytestmark = pytest.mark.skipif(
    not (shutil.which("pcscd") and VPCD.exists()),
    reason="simulated cards need pcscd and vpcd (apt install pcscd vsmartcard-vpcd)",
)


def listens():
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0


class Service(Process):
    """The service for card readers."""

    def start(self):
        self.spawn("pcscd", "--foreground")
        wait(lambda: listens() or self._process.poll() is not None, 10, "pcscd listens")
        assert self._process.poll() is None, self.log


@pytest.fixture
def service(tmp_path):
    if os.geteuid() or listens():
        pytest.skip("only root may run pcscd, and only where none runs yet")
    service = Service(tmp_path / "pcscd.log")
    service.start()
    yield service
    service.end()


@pytest.fixture
def reader(service):
    reader = Reader()
    yield reader
    reader.remove()


def test_cards_and_tags(server, paired_box, reader):
    wait(lambda: f"Device {READER} is now connected" in paired_box.log, 30, "the reader")
    held = [
        (card("04A1B2C3"), "04A1B2C3"),
        (MemoryTag(UID), "04A1B2C3D4E5F6"),
        (MemoryTag(UID, ndef_text("CARD-7")), "CARD-7"),
        (
            MemoryTag(UID, ndef_uri("https://id.gs1.org/8018/1"), type5=True),
            "https://id.gs1.org/8018/1",
        ),
        (FileCard(UID, ndef_text("卡-8")), "卡-8"),
        (card("04A1B2C3"), "04A1B2C3"),
    ]
    for number, (one, _code) in enumerate(held, start=1):
        reader.insert(one)
        wait(lambda n=number: len(server.codes(paired_box)) == n, 20, "the read")
        reader.remove()
    told = [line for line in paired_box.log.splitlines() if READER in line]
    assert server.codes(paired_box) == [code for _one, code in held], told
    query = "SELECT type, driver FROM auto_id_reader WHERE identifier = %s"
    assert server.query(query, READER) == [("nfc", "nfc")]


def test_a_reader_that_is_unplugged(server, paired_box, service, reader):
    wait(lambda: f"Device {READER} is now connected" in paired_box.log, 30, "the reader")
    service.end()
    wait(lambda: f"Device {READER} is now disconnected" in paired_box.log, 20, "it is missed")
    assert "apt install pcscd" in paired_box.log
    service.start()
    connected = f"Device {READER} is now connected"
    wait(lambda: paired_box.log.count(connected) == 2, 20, "it is back")
    reader.insert(card("04A1B2C3"))
    wait(lambda: server.codes(paired_box) == ["04A1B2C3"], 20, "the read")


ASK = f"""
from auto_id import cards, pcsc
with pcsc.Service() as service:
    state = service.wait({READER!r}, pcsc.UNKNOWN, 1)
    while not state.is_present:
        state = service.wait({READER!r}, state, 1)
    for _ in range(10):
        with service.connect({READER!r}) as card:
            print(cards.ndef_text(card.transmit, state.atr))
"""


def test_two_programs_read_one_card_in_turn(reader):
    library = settings.ROOT / "addons/auto_id/iot_handlers/lib"
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", ASK],
            env={**os.environ, "PYTHONPATH": str(library)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    reader.insert(FileCard(UID, ndef_text("CARD-7 " * 20)))
    texts = [program.communicate(timeout=60)[0].splitlines() for program in programs]
    assert texts == [["CARD-7 " * 20] * 10] * 2
