"""What cards answer becomes their number, or the text or link that they hold."""

import struct

import pytest
from auto_id.iot_handlers.lib.auto_id import cards, ndef
from hypothesis import given
from hypothesis import strategies as st

from box.simulators.nfc_cards import Card, FileCard, MemoryTag, memory_atr, ndef_text, ndef_uri

UID = bytes.fromhex("04A1B2C3D4E5F6")


def record(kind, payload, tnf=1, flags=0xC0, name=b""):
    """One record in the long form, or with an id."""
    head = bytes([flags | tnf | (0x08 if name else 0), len(kind)]) + struct.pack(">I", len(payload))
    return head + (bytes([len(name)]) if name else b"") + kind + name + payload


FILLER = record(b"x", bytes(300), tnf=4, flags=0x80)


def memory_of(data):
    """Reads as from a tag's memory, and refuses to read beyond it."""

    def read(offset, number):
        assert 0 < number <= len(data) - offset
        return data[offset : offset + number]

    return read


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (ndef_text("CARD-1001"), "CARD-1001"),
        (ndef_text("卡-7", "zh-Hans"), "卡-7"),
        (ndef_text("x" * 300), "x" * 300),
        (record(b"T", b"\x82en" + "卡".encode("utf-16")), "卡"),
        (record(b"T", b"\x82en" + "卡".encode("utf-16-be")), "卡"),
        (ndef_uri("https://id.gs1.org/01/09506000134352"), "https://id.gs1.org/01/09506000134352"),
        (record(b"U", b"\x04id.gs1.org/01/0", name=b"x"), "https://id.gs1.org/01/0"),
        (record(b"U", b"\x1esgtin:1.2.3"), "urn:epc:id:sgtin:1.2.3"),
        (
            record(b"Sp", FILLER + record(b"T", b"\x02enShop", flags=0) + record(b"U", b"\x01x")),
            "http://www.x",
        ),
        (record(b"http://x/", b"", tnf=3), "http://x/"),
        (record(b"text/plain", b"CARD-7", tnf=2), "CARD-7"),
        (record(b"image/png", b"\x89", tnf=2, flags=0x80) + ndef_text("CARD-7"), "CARD-7"),
        (record(b"", b"", tnf=0), ""),
        (b"", ""),
    ],
)
def test_texts_and_links(message, expected):
    assert ndef.text(message) == expected


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (ndef_text("CARD")[:-1], "cut_off"),
        (b"\xd1", "cut_off"),
        (record(b"T", b""), "cut_off"),
        (record(b"T", b"\x05en"), "cut_off"),
        (record(b"T", b"\x02en\xff"), "malformed"),
        (record(b"U", b"\xf0x"), "malformed"),
        (record(b"T", b"\x02enx", flags=0xA0), "chunked"),
        (record(b"", b"", tnf=0, flags=0x00) * 70, "too_many"),
    ],
)
def test_what_is_broken_is_said_so(message, code):
    with pytest.raises(ndef.NdefError) as caught:
        ndef.text(message)
    assert caught.value.code == code


@given(st.binary(max_size=300))
def test_any_message_gives_text_or_the_coded_error(message):
    try:
        assert isinstance(ndef.text(message), str)
    except ndef.NdefError as error:
        assert error.code in ("cut_off", "malformed", "chunked", "too_many")


@given(st.binary(max_size=300))
def test_any_memory_gives_a_message_or_the_coded_error(data):
    try:
        assert ndef.message_in(memory_of(data), len(data)) in data
    except ndef.NdefError as error:
        assert error.code == "cut_off"


@given(st.text(max_size=200), st.sampled_from([ndef_text, ndef_uri]))
def test_what_was_written_is_read(text, form):
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert ndef.text(form(text)) == text


def test_a_message_lies_behind_other_blocks_of_a_memory():
    area = b"\x00\x01\x03\xa0\x10\x44" + b"\x03\xff\x01\x00" + bytes(256) + b"\xfe"
    assert ndef.message_in(memory_of(area), len(area)) == bytes(256)
    assert ndef.message_in(memory_of(b"\xfe\x03\x01x"), 4) == b""
    assert ndef.message_in(memory_of(b"\x03\x00\xfe"), 3) == b""


def read(card):
    return cards.ndef_text(card.answer, card.atr)


@pytest.mark.parametrize(
    "card",
    [
        MemoryTag(UID, ndef_text("CARD-7")),
        MemoryTag(UID, ndef_text("CARD-7"), type5=True),
        MemoryTag(UID, FILLER + ndef_text("CARD-7"), blocks=99),
        FileCard(UID, ndef_text("CARD-7")),
        FileCard(UID, FILLER + ndef_text("CARD-7")),
        FileCard(UID, ndef_text("CARD-7"), at_once=3),
    ],
)
def test_the_text_of_every_kind_of_tag(card):
    assert read(card) == "CARD-7"
    assert cards.code_of(cards.uid(card.answer)) == "04A1B2C3D4E5F6"


@pytest.mark.parametrize(
    "card", [Card(UID), MemoryTag(UID), FileCard(UID, b""), MemoryTag(UID, blocks=256)]
)
def test_a_card_without_ndef(card):
    assert read(card) == ""


def test_a_memory_card_that_shows_nothing_without_its_keys():
    card = Card(UID)
    card.atr = memory_atr(0x03, 0x0001)  # MIFARE Classic
    assert read(card) == ""


def test_only_the_blocks_that_are_needed_are_read():
    card = MemoryTag(UID, ndef_text("CARD-7"), blocks=200)
    commands = []

    def transmit(command):
        commands.append(command)
        return card.answer(command)

    assert cards.ndef_text(transmit, card.atr) == "CARD-7"
    assert len(commands) == 2


def test_protected_and_broken_tags_are_explained():
    protected = MemoryTag(UID, ndef_text("CARD-7"))
    protected.memory[15] = 0xF0
    torn = MemoryTag(UID, ndef_text("CARD-7"))
    torn.memory[17] = 0xFE
    files = FileCard(UID, ndef_text("CARD-7"))
    files.files[b"\xe1\x03"] = files.files[b"\xe1\x03"][:-2] + b"\x80\x00"
    gone = FileCard(UID, ndef_text("CARD-7"))
    del gone.files[b"\xe1\x04"]
    expected = {"protected": [protected, files], "malformed": [torn], "refused": [gone]}
    for code, broken in expected.items():
        for card in broken:
            with pytest.raises(cards.CardError) as caught:
                read(card)
            assert caught.value.code == code


@given(st.binary(max_size=40), st.lists(st.binary(max_size=40), min_size=1, max_size=5))
def test_a_card_that_answers_anything_gives_text_or_the_coded_error(atr, answers):
    left = list(answers)

    def transmit(_command):
        return left.pop() if left else b"\x90\x00"

    for kind in (atr, memory_atr(3, 3), memory_atr(0x0B, 0)):
        left[:] = answers
        try:
            assert isinstance(cards.ndef_text(transmit, kind), str)
        except cards.CardError as error:
            assert error.code in ("refused", "protected", "malformed")


@pytest.mark.parametrize("number", ["04A1B2C3", "04A1B2C3D4E5F6", "04A1B2C3D4E5F6070809"])
def test_numbers_of_each_length_and_the_other_way_round(number):
    card = MemoryTag(bytes.fromhex(number))
    assert cards.code_of(cards.uid(card.answer)) == number
    turned = cards.code_of(cards.uid(card.answer), reversed_uid=True)
    assert bytes.fromhex(turned) == bytes.fromhex(number)[::-1]


@pytest.mark.parametrize("number", [b"", b"\x01", bytes(16)])
def test_a_card_without_a_usable_number(number):
    with pytest.raises(cards.CardError, match="tells no number"):
        cards.uid(Card(number).answer)
