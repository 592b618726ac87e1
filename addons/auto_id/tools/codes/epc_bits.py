"""Fields of the binary encodings of the EPC Tag Data Standard, up to version 1.13.

A field takes the texts it needs from a list (`encode`) and gives them back (`decode`). Texts are
those of a tag URI, without escapes.
"""

from ..code import CodeError
from .linters import SET_82, is_digits

PREFIX_BITS = {12: 40, 11: 37, 10: 34, 9: 30, 8: 27, 7: 24, 6: 20}
"""Bits of a GS1 Company Prefix, by its digits; the partition value is 12 - digits."""


class Reader:
    """Reads bits from the left."""

    def __init__(self, value: int, bits: int):
        self.value, self.left = value, bits

    def take(self, bits: int) -> int:
        if bits > self.left:
            raise CodeError("epc_too_short", "the EPC ends before its last field")
        self.left -= bits
        return self.value >> self.left & (1 << bits) - 1

    def rest(self) -> int:
        """The bits that are left, as a number."""
        return self.value & (1 << self.left) - 1


class Writer:
    """Gathers bits from the left."""

    def __init__(self):
        self.value, self.bits = 0, 0

    def put(self, value: int, bits: int) -> None:
        if value >> bits:
            raise CodeError("epc_value", f"{value} does not fit {bits} bits of the EPC")
        self.value = self.value << bits | value
        self.bits += bits


def number(text: str, *, leading_zero: bool = False) -> int:
    """ASCII digits as a number; a zero in front would be lost, and is refused."""
    if not is_digits(text) or (not leading_zero and text[0] == "0" and len(text) > 1):
        raise CodeError("epc_value", f"{text!r} cannot be encoded as a number")
    return int(text)


class Number:
    """A whole number; padded with zeros to `digits`, if given."""

    def __init__(self, bits: int, digits: int = 0):
        self.bits, self.digits = bits, digits

    def decode(self, reader: Reader) -> list[str]:
        text = str(reader.take(self.bits)).zfill(self.digits)
        if self.digits and len(text) > self.digits:
            raise CodeError("epc_value", f"a number of the EPC has more than {self.digits} digits")
        return [text]

    def encode(self, writer: Writer, texts: list[str]) -> None:
        text = texts.pop(0)
        if self.digits and len(text) != self.digits:
            raise CodeError("epc_value", f"{text!r} must have {self.digits} digits")
        writer.put(number(text, leading_zero=bool(self.digits)), self.bits)


class DigitString:
    """Digits whose leading zeros count: a 1 is put in front of them."""

    def __init__(self, bits: int, most: int):
        self.bits, self.most = bits, most

    def decode(self, reader: Reader) -> list[str]:
        text = str(reader.take(self.bits))
        if text[0] != "1" or not 1 < len(text) <= self.most + 1:
            raise CodeError("epc_value", "a serial number of the EPC is malformed")
        return [text[1:]]

    def encode(self, writer: Writer, texts: list[str]) -> None:
        text = texts.pop(0)
        if not is_digits(text) or len(text) > self.most:
            raise CodeError("epc_value", f"{text!r} must be at most {self.most} digits")
        writer.put(int("1" + text), self.bits)


class Text:
    """Characters of 7 bits, filled up with zeros."""

    def __init__(self, bits: int, most: int):
        self.bits, self.most = bits, most

    def decode(self, reader: Reader) -> list[str]:
        inner = Reader(reader.take(self.bits), self.bits)
        chars = ""
        while inner.left >= 7 and (code := inner.take(7)):
            chars += chr(code)
        if inner.rest():
            raise CodeError("epc_value", "a text of the EPC goes on behind its end")
        _check_text(chars, self.most)
        return [chars]

    def encode(self, writer: Writer, texts: list[str]) -> None:
        text = texts.pop(0)
        _check_text(text, self.most)
        for char in text:
            writer.put(ord(char), 7)
        writer.put(0, self.bits - 7 * len(text))


def _check_text(text: str, most: int) -> None:
    if not 1 <= len(text) <= most:
        raise CodeError("epc_value", f"a text of the EPC must have 1 to {most} characters")
    if any(char not in SET_82 for char in text):
        raise CodeError("epc_value", "a text of the EPC holds a character that GS1 does not allow")


class SixBitText:
    """Characters of 6 bits, ended by six zeros."""

    def __init__(self, most: int, least: int = 0):
        self.most, self.least = most, least

    def decode(self, reader: Reader) -> list[str]:
        chars = ""
        while code := reader.take(6):
            chars += chr(code if code >= 32 else code + 64)
        self._check(chars)
        return [chars]

    def encode(self, writer: Writer, texts: list[str]) -> None:
        text = texts.pop(0)
        self._check(text)
        for char in text:
            writer.put(ord(char) & 63, 6)
        writer.put(0, 6)

    def _check(self, text: str) -> None:
        if not self.least <= len(text) <= self.most or any(
            char not in "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" for char in text
        ):
            raise CodeError("epc_value", "a text of the EPC is too long or holds a wrong character")


class Cage:
    """A CAGE code or DoDAAC: six characters, a blank in front of five."""

    def __init__(self, char_bits: int):
        self.char_bits = char_bits

    def decode(self, reader: Reader) -> list[str]:
        codes = [reader.take(self.char_bits) for _ in range(6)]
        if self.char_bits == 6:
            codes = [code if code >= 32 else code + 64 for code in codes]
        return ["".join(map(chr, codes)).removeprefix(" ")]

    def encode(self, writer: Writer, texts: list[str]) -> None:
        for char in texts.pop(0).rjust(6):
            writer.put(ord(char) & (1 << self.char_bits) - 1, self.char_bits)


class Partition:
    """A company prefix and a reference that share their bits.

    `digits` is the sum of their digits; the reference takes what the prefix leaves of `bits`.
    """

    def __init__(self, digits: int, bits: int):
        self.digits, self.bits = digits, bits

    def decode(self, reader: Reader) -> list[str]:
        length = self._read_length(reader)
        prefix = Number(PREFIX_BITS[length], length).decode(reader)
        return prefix + self._reference(length).decode(reader)

    def encode(self, writer: Writer, texts: list[str]) -> None:
        length = len(texts[0])
        if length not in PREFIX_BITS:
            raise CodeError("epc_value", "a GS1 Company Prefix has 6 to 12 digits")
        writer.put(12 - length, 3)
        Number(PREFIX_BITS[length], length).encode(writer, texts)
        self._reference(length).encode(writer, texts)

    def _read_length(self, reader: Reader) -> int:
        length = 12 - reader.take(3)
        if length not in PREFIX_BITS:
            raise CodeError("epc_partition", "the EPC has a partition value that does not exist")
        return length

    def _reference(self, length: int):
        digits = self.digits - length
        bits = self.bits - PREFIX_BITS[length]
        return Number(bits, digits) if digits else _Nothing(bits)


class _Nothing:
    """No digits are left: the bits are zero, the text is empty."""

    def __init__(self, bits: int):
        self.bits = bits

    def decode(self, reader: Reader) -> list[str]:
        if reader.take(self.bits):
            raise CodeError("epc_value", "the EPC has a reference where there is no room for one")
        return [""]

    def encode(self, writer: Writer, texts: list[str]) -> None:
        if texts.pop(0):
            raise CodeError("epc_value", "there is no room for a reference")
        writer.put(0, self.bits)


class NumberPartition(Partition):
    """The reference is a number without leading zeros, of at most `digits` less the prefix."""

    def _reference(self, length: int):
        return _Limited(self.bits - PREFIX_BITS[length], self.digits - length)


class _Limited(Number):
    def __init__(self, bits: int, most: int):
        super().__init__(bits)
        self.most = most

    def decode(self, reader: Reader) -> list[str]:
        (text,) = super().decode(reader)
        return [self._checked(text)]

    def encode(self, writer: Writer, texts: list[str]) -> None:
        self._checked(texts[0])
        return super().encode(writer, texts)

    def _checked(self, text: str) -> str:
        if len(text) > self.most:
            raise CodeError("epc_value", f"a reference of the EPC has more than {self.most} digits")
        return text


class TextPartition(Partition):
    """The reference is text of 7-bit characters."""

    def _reference(self, length: int):
        return Text(self.bits - PREFIX_BITS[length], self.digits - length)


class SixBitPartition(Partition):
    """The reference is text of 6-bit characters that ends itself."""

    def _reference(self, length: int):
        return SixBitText(self.digits - length, 1)


class Zeros:
    """Bits that are reserved and zero."""

    def __init__(self, bits: int):
        self.bits = bits

    def decode(self, reader: Reader) -> list[str]:
        if reader.take(self.bits):
            raise CodeError("epc_reserved", "reserved bits of the EPC are not zero")
        return []

    def encode(self, writer: Writer, texts: list[str]) -> None:
        writer.put(0, self.bits)
