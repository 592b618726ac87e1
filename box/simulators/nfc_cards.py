"""Simulated cards and tags: they answer APDUs as a reader passes them on from real ones."""

OK, NOT_FOUND, WRONG_INSTRUCTION = b"\x90\x00", b"\x6a\x82", b"\x6d\x00"
_GET_UID = bytes.fromhex("FFCA0000")
_BLOCK, _AT_ONCE = 4, 16


def ndef_text(text: str, language: str = "en") -> bytes:
    """An NDEF message with one text record."""
    return _message(b"T", bytes([len(language)]) + language.encode() + text.encode())


def ndef_uri(uri: str) -> bytes:
    """An NDEF message with one link, not shortened."""
    return _message(b"U", b"\0" + uri.encode())


def _message(kind: bytes, payload: bytes) -> bytes:
    if len(payload) < 256:
        return bytes([0xD1, len(kind), len(payload)]) + kind + payload
    return bytes([0xC1, len(kind)]) + len(payload).to_bytes(4, "big") + kind + payload


def memory_atr(standard: int, name: int) -> bytes:
    """What a reader reports for a card that has no processor (PC/SC part 3)."""
    body = bytes.fromhex("8F8001804F0CA000000306") + bytes([standard]) + name.to_bytes(2, "big")
    body += bytes(4)
    check = 0
    for byte in body:
        check ^= byte
    return b"\x3b" + body + bytes([check])


class Card:
    """A card that tells its number and nothing else."""

    atr = bytes.fromhex("3B80800101")

    def __init__(self, uid: bytes):
        self.uid = uid

    def answer(self, command: bytes) -> bytes:
        if command[:4] == _GET_UID:
            return self.uid + OK if self.uid else b"\x6a\x81"
        return WRONG_INSTRUCTION


class MemoryTag(Card):
    """A Type 2 tag such as NTAG or Ultralight, or a Type 5 one such as ICODE.

    :param blocks: how many blocks of four bytes it has
    """

    def __init__(self, uid: bytes, message: bytes = b"", *, blocks: int = 45, type5: bool = False):
        super().__init__(uid)
        self.atr = memory_atr(0x0B, 0x0014) if type5 else memory_atr(0x03, 0x0003)
        head = b"" if type5 else uid.ljust(12, b"\0")[:12]
        area = (blocks * _BLOCK - len(head) - _BLOCK) // 8
        length = bytes([len(message)]) if len(message) < 255 else b"\xff" + _two(len(message))
        blocks_begin = head + bytes([0xE1, 0x40 if type5 else 0x10, area, 0])
        content = b"\x03" + length + message + b"\xfe" if message else b"\xfe"
        self.memory = bytearray((blocks_begin + content).ljust(blocks * _BLOCK, b"\0"))
        self._at_once = _BLOCK if type5 else _AT_ONCE

    def answer(self, command: bytes) -> bytes:
        if command[:2] != b"\xff\xb0":
            return super().answer(command)
        start, number = int.from_bytes(command[2:4], "big") * _BLOCK, command[4]
        data = bytes(self.memory[start : start + number])
        # A tag gives so many bytes at a time; some readers do not collect more.
        return data + OK if len(data) == number <= self._at_once else b"\x63\x00"


class FileCard(Card):
    """A Type 4 tag: a card with a processor and the files of the NDEF application."""

    def __init__(self, uid: bytes, message: bytes, *, at_once: int = 59):
        super().__init__(uid)
        control = bytes.fromhex("0406E104") + _two(max(len(message) + 2, 128)) + b"\0\0"
        capabilities = _two(15) + b"\x20" + _two(at_once) + _two(52) + control
        self.files = {b"\xe1\x03": capabilities, b"\xe1\x04": _two(len(message)) + message}
        self._at_once = at_once
        self._file: bytes | None = None
        self._in_application = False

    def answer(self, command: bytes) -> bytes:
        if command.startswith(bytes.fromhex("00A40400")):
            self._in_application = command[5:12] == bytes.fromhex("D2760000850101")
            return OK if self._in_application else NOT_FOUND
        if command.startswith(bytes.fromhex("00A4000C")):
            self._file = self.files.get(command[5:7]) if self._in_application else None
            return NOT_FOUND if self._file is None else OK
        if command.startswith(b"\x00\xb0"):
            return self._read(int.from_bytes(command[2:4], "big"), command[4])
        return super().answer(command)

    def _read(self, offset: int, number: int) -> bytes:
        if self._file is None or number > max(self._at_once, 15) or offset >= len(self._file):
            return b"\x6b\x00"
        return self._file[offset : offset + number] + OK


def card(code: str) -> Card:
    """A card that reads as this code.

    >>> card("04A1B2C3").uid.hex(), type(card("CARD-7")).__name__
    ('04a1b2c3', 'MemoryTag')
    """
    try:
        number = bytes.fromhex(code)
    except ValueError:
        number = b""
    if len(number) in (4, 7, 10):
        return MemoryTag(number)
    message = ndef_text(code)
    return MemoryTag(bytes.fromhex("04010203040506"), message, blocks=len(message) // 4 + 16)


def _two(number: int) -> bytes:
    return number.to_bytes(2, "big")
