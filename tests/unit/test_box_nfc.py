"""The NFC driver: a card is read when it comes, and when it comes again."""

import time

import pytest
from auto_id.iot_handlers.lib.auto_id import pcsc, usb_classes
from box_stand_in import Box, wait_for

from box.simulators.nfc_cards import Card, MemoryTag, ndef_text

UID = bytes.fromhex("04A1B2C3D4E5F6")


def test_readers_that_are_plugged_in_while_the_service_is_missing(tmp_path):
    def plug_in(device, interface_class, product):
        (tmp_path / f"{device}:1.0").mkdir()
        (tmp_path / f"{device}:1.0/bInterfaceClass").write_text(f"{interface_class}\n")
        (tmp_path / device).mkdir()
        if product:
            (tmp_path / device / "product").write_text(f"{product}\n")

    plug_in("1-1", "03", "Mouse")
    plug_in("1-2", "0b", "ACR122U PICC Interface")
    plug_in("1-3", "0b", "")
    assert usb_classes.card_readers(tmp_path) == ["ACR122U PICC Interface", "Card reader 1-3"]


class Field:
    """A stand-in for the service for card readers, with one reader and what lies in its field."""

    def __init__(self):
        self.card = None
        self.failure = None
        self.count = 0
        self.faint = 0

    def show(self, card):
        self.count += card is not None
        self.card = card

    def __call__(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass

    def wait(self, reader, known, seconds):
        time.sleep(seconds)
        if self.failure:
            raise self.failure
        present = self.card is not None
        return pcsc.State(self.count << 16, present, self.card.atr if present else b"")

    def connect(self, reader):
        return self

    def transmit(self, command):
        if self.faint:
            self.faint -= 1
            raise pcsc.PcscError(0x80100069)
        return self.card.answer(command)


@pytest.fixture
def field(monkeypatch):
    field = Field()
    monkeypatch.setattr(pcsc, "Service", field)
    return field


@pytest.fixture
def box(monkeypatch, tmp_path):
    return Box(monkeypatch, tmp_path)


@pytest.fixture
def reader(box, field):
    """A driver on that reader, running."""
    module = box.load("drivers.auto_id_nfc_driver", "cards", "pcsc")
    module.PATIENCE = 0.01
    driver = module.AutoIdNfcReader("ACR122U 00 00", {"identifier": "ACR122U 00 00"})
    driver.start()
    yield driver
    driver.stop()
    driver.join(5)
    assert not driver.is_alive()


def test_a_card_is_read_once_until_it_goes(box, field, reader):
    field.show(MemoryTag(UID))
    assert box.codes(1) == [("ACR122U 00 00", "04A1B2C3D4E5F6")]
    field.show(None)
    field.show(MemoryTag(UID, ndef_text("CARD-7")))
    assert [code for _, code in box.codes(2)] == ["04A1B2C3D4E5F6", "CARD-7"]
    assert box.codes(3, seconds=0.2)[2:] == []
    assert (reader.state, reader.reads, reader.errors) == ("working", 2, 0)


def test_a_bad_card_is_told_and_the_next_one_read(box, field, reader):
    field.show(Card(b""))
    wait_for(lambda: "tells no number" in reader.last_error)
    broken = MemoryTag(UID, ndef_text("CARD-7"))
    broken.memory[17] = 0xFE
    field.show(broken)
    assert box.codes(1) == [("ACR122U 00 00", "04A1B2C3D4E5F6")]
    assert "its number is taken" in reader.last_error


def test_a_card_at_the_edge_of_the_field_is_tried_again(box, field, reader):
    field.faint = 2
    field.show(MemoryTag(UID))
    assert len(box.codes(1)) == 1
    field.faint = 99
    field.show(MemoryTag(UID))
    wait_for(lambda: "hold it a little longer" in reader.last_error)
    assert reader.state == "working"


def test_a_service_that_fails_is_tried_again(box, field, reader):
    field.failure = pcsc.PcscError(0x8010001D)
    wait_for(lambda: reader.state == "failing")
    assert "apt install pcscd" in reader.last_error
    field.failure = None
    field.show(MemoryTag(UID))
    assert len(box.codes(1)) == 1


def test_without_the_service_its_readers_are_named_all_the_same(box, monkeypatch):
    def missing():
        raise OSError("NFC needs the service for card readers")

    module = box.load("interfaces.auto_id_nfc_interface", "pcsc", "usb_classes")
    interface = module.AutoIdNfcInterface()
    monkeypatch.setattr(pcsc, "Service", missing)
    monkeypatch.setattr(usb_classes, "card_readers", lambda: ["ACR122U"])
    assert interface.get_devices() == {"ACR122U": {"identifier": "ACR122U"}}
