"""What a card in the field of an NFC reader is: its number, and the NDEF that it holds.

Cards are spoken to in APDUs, the commands of PC/SC; `Transmit` sends one and gives the answer
with its two status bytes.
"""

from collections.abc import Callable

from . import ndef

Transmit = Callable[[bytes], bytes]

UID_LENGTHS = (4, 7, 8, 10)
"""Bytes of a card's number: 4, 7 or 10 (ISO 14443), 8 (ISO 15693, FeliCa)."""

_OK = b"\x90\x00"
_GET_UID = bytes.fromhex("FFCA000000")
_SELECT_NDEF = bytes.fromhex("00A4040007D276000085010100")
_SELECT_FILE = bytes.fromhex("00A4000C02")
_CAPABILITIES = bytes.fromhex("E103")
_BLOCK = 4
_AT_ONCE = 16
_LARGEST = 8192
# The ATR of a memory card names the standard behind it, after this application identifier.
_MEMORY_CARD = bytes.fromhex("A000000306")
_ISO_15693 = range(0x09, 0x0D)


class CardError(Exception):
    """A card that cannot be read.

    :param code: `no_uid` | `refused` | `protected` | `malformed`
    """

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def uid(transmit: Transmit) -> bytes:
    """The number of the card.

    :raises CardError: `no_uid`
    """
    answer = transmit(_GET_UID)
    number = answer[:-2]
    if not answer.endswith(_OK) or len(number) not in UID_LENGTHS:
        raise CardError("no_uid", "this card tells no number: it may be one with contacts only")
    return number


def code_of(number: bytes, *, reversed_uid: bool = False) -> str:
    """The number as readers write it; some have its bytes the other way round.

    >>> code_of(bytes.fromhex("04A1B2C3")), code_of(bytes.fromhex("04A1B2C3"), reversed_uid=True)
    ('04A1B2C3', 'C3B2A104')
    """
    return (number[::-1] if reversed_uid else number).hex().upper()


def ndef_text(transmit: Transmit, atr: bytes) -> str:
    """The text or link that the card holds; empty where it holds none.

    :param atr: what the reader says about the card
    :raises CardError: when it holds something that is broken or protected
    """
    try:
        message = _memory_message(transmit, atr) if _MEMORY_CARD in atr else _file_message(transmit)
        return ndef.text(message)
    except ndef.NdefError as error:
        raise CardError("malformed", f"its NDEF is broken: {error}") from error


def _memory_message(transmit: Transmit, atr: bytes) -> bytes:
    """Of Type 2 (NTAG, Ultralight) and Type 5 (ICODE) tags: blocks of four bytes."""
    standard = atr[atr.index(_MEMORY_CARD) + len(_MEMORY_CARD) :][:1]
    first = 0 if standard and standard[0] in _ISO_15693 else 3
    try:
        capabilities = _read_block(transmit, first)
    except CardError:
        return b""  # such as a MIFARE Classic card, which shows nothing without its keys
    if capabilities[0] != 0xE1:
        return b""
    if first and capabilities[3] & 0xF0:
        raise CardError("protected", "its NDEF may not be read")
    area = _Blocks(transmit, first + 1)
    return ndef.message_in(area.read, min(capabilities[2] * 8, _LARGEST))


class _Blocks:
    """The memory of a tag, read in pieces as it is needed."""

    def __init__(self, transmit: Transmit, first: int):
        self._transmit = transmit
        self._first = first
        self._data = bytearray()

    def read(self, offset: int, number: int) -> bytes:
        while len(self._data) < offset + number:
            block = self._first + len(self._data) // _BLOCK
            if block > 0xFF:
                raise ndef.NdefError("cut_off", "it goes beyond what a reader can address")
            self._data += _read_block(self._transmit, block)
        return bytes(self._data[offset : offset + number])


def _read_block(transmit: Transmit, block: int) -> bytes:
    """At least this block; most tags give the three after it, too."""
    for number in (_AT_ONCE, _BLOCK):
        answer = transmit(bytes([0xFF, 0xB0, 0, block, number]))
        data = answer[:-2]
        if answer.endswith(_OK) and len(data) >= _BLOCK:
            return data[: len(data) // _BLOCK * _BLOCK]
    raise CardError("refused", f"it does not show its block {block}")


def _file_message(transmit: Transmit) -> bytes:
    """Of Type 4 tags (DESFire, phones, bank-like cards): files of an application."""
    if not transmit(_SELECT_NDEF).endswith(_OK):
        return b""
    _select(transmit, _CAPABILITIES)
    capabilities = _read_file(transmit, 0, 15)
    if len(capabilities) < 15 or capabilities[7] != 0x04:
        raise CardError("malformed", "its NDEF application does not say where its file is")
    if capabilities[13]:
        raise CardError("protected", "its NDEF may not be read")
    at_once = max(1, min(int.from_bytes(capabilities[3:5], "big"), 0xF0))
    _select(transmit, capabilities[9:11])
    length = int.from_bytes(_read_file(transmit, 0, 2), "big")
    if length > _LARGEST:
        raise CardError("malformed", f"an NDEF message of {length} bytes")
    message = b""
    while len(message) < length:
        wanted = min(at_once, length - len(message))
        message += _read_file(transmit, 2 + len(message), wanted)
    return message


def _select(transmit: Transmit, file: bytes) -> None:
    if not transmit(_SELECT_FILE + file).endswith(_OK):
        raise CardError("refused", f"it does not open its file {file.hex()}")


def _read_file(transmit: Transmit, offset: int, number: int) -> bytes:
    answer = transmit(bytes([0x00, 0xB0, *offset.to_bytes(2, "big"), number]))
    data = answer[:-2]
    if not answer.endswith(_OK) or not data:
        raise CardError("refused", "it does not let its file be read")
    return data[:number]
