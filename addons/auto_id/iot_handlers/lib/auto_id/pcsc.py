"""PC/SC: the system's own service for readers of chip cards, spoken to through its C library.

By ctypes rather than pyscard, which is a compiled package: a box could not get it with its
drivers. The library (libpcsclite) comes with the service (pcscd), which must run anyway.
"""

import ctypes
from typing import NamedTuple, Self

LIBRARY = "libpcsclite.so.1"
HELP = "on the box: apt install pcscd; systemctl enable --now pcscd.socket"

# DWORD and LONG of pcsclite are as wide as the machine's long, and so are its handles.
_DWORD = ctypes.c_ulong
_HANDLE = ctypes.c_long
_ATR_SIZE = 33
_ANSWER_SIZE = 0x10000 + 2
_SCOPE_SYSTEM, _SHARED, _ANY_PROTOCOL, _LEAVE = 2, 2, 3, 0
_CHANGED, _EMPTY, _PRESENT, _MUTE = 0x0002, 0x0010, 0x0020, 0x0200

_TIMEOUT = 0x8010000A
_NO_READERS = 0x8010002E
_MESSAGES = {
    0x8010001D: f"the service for card readers does not run; {HELP}",
    0x8010001E: f"the service for card readers was stopped; {HELP}",
    0x8010006A: "this user may not use card readers (a policy of polkit forbids it)",
    0x80100009: "the reader was unplugged",
    0x80100017: "the reader was unplugged",
    0x8010000B: "another program has taken the card for itself",
    0x8010000C: "the card was taken away",
    0x80100016: "the card does not answer",
    0x80100066: "the card does not answer",
    0x80100067: "the card does not answer",
    0x80100068: "the card was disturbed by another program",
    0x80100069: "the card was taken away",
}
_FUNCTIONS = (
    *("EstablishContext", "ListReaders", "GetStatusChange"),
    *("Connect", "BeginTransaction", "Transmit"),
)
_CARD_TROUBLE = {0x8010000B, 0x8010000C, *range(0x80100065, 0x8010006A), 0x8010000F, 0x80100016}


class PcscError(OSError):
    """The service, a reader or a card failed; the message says what to do where anything helps."""

    def __init__(self, number: int):
        super().__init__(_MESSAGES.get(number, f"PC/SC reports the error {number:#x}"))
        self.number = number

    @property
    def is_of_card(self) -> bool:
        """Whether the card is at fault, or whoever took it away; the reader is well."""
        return self.number in _CARD_TROUBLE


class State(NamedTuple):
    """What a reader has in its field; `token` is for the next `wait`."""

    token: int
    is_present: bool = False
    atr: bytes = b""

    @property
    def sighting(self) -> int:
        """Another number for each card that is put into the field, also for the same card again."""
        return self.token >> 16


UNKNOWN = State(0)


class _ReaderState(ctypes.Structure):
    _fields_ = [
        ("reader", ctypes.c_char_p),
        ("user_data", ctypes.c_void_p),
        ("current", _DWORD),
        ("event", _DWORD),
        ("atr_size", _DWORD),
        ("atr", ctypes.c_ubyte * _ATR_SIZE),
    ]


class _Header(ctypes.Structure):
    _fields_ = [("protocol", _DWORD), ("size", _DWORD)]


class Service:
    """A connection to the service; threads have one each.

    :raises PcscError: when the service does not run
    :raises OSError: when its library is not there
    """

    def __init__(self) -> None:
        self._library = _library()
        self._session = _HANDLE()
        self._call(
            "EstablishContext", _DWORD(_SCOPE_SYSTEM), None, None, ctypes.byref(self._session)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._library.SCardReleaseContext(self._session)

    def readers(self) -> list[str]:
        """The names of the readers that are plugged in."""
        size = _DWORD(0)
        try:
            self._call("ListReaders", self._session, None, None, ctypes.byref(size))
            names = ctypes.create_string_buffer(size.value)
            self._call("ListReaders", self._session, None, names, ctypes.byref(size))
        except PcscError as error:
            if error.number != _NO_READERS:
                raise
            return []
        return [name.decode("utf-8", "replace") for name in names.raw.split(b"\0") if name]

    def wait(self, reader: str, known: State, seconds: float) -> State:
        """The reader's state as soon as it is another than the known one, or after so long."""
        state = _ReaderState(reader.encode(), None, known.token)
        try:
            wait = _DWORD(int(seconds * 1000))
            self._call("GetStatusChange", self._session, wait, ctypes.byref(state), _DWORD(1))
        except PcscError as error:
            if error.number != _TIMEOUT:
                raise
            return known
        return State(
            state.event & ~_CHANGED,
            bool(state.event & _PRESENT and not state.event & _MUTE),
            bytes(state.atr[: min(state.atr_size, _ATR_SIZE)]),
        )

    def connect(self, reader: str) -> "Card":
        """The card in the reader's field."""
        handle, protocol = _HANDLE(), _DWORD()
        self._call(
            "Connect",
            self._session,
            reader.encode(),
            _DWORD(_SHARED),
            _DWORD(_ANY_PROTOCOL),
            ctypes.byref(handle),
            ctypes.byref(protocol),
        )
        return Card(self, handle, protocol.value)

    def _call(self, name: str, *arguments: object) -> None:
        number = getattr(self._library, f"SCard{name}")(*arguments) & 0xFFFF_FFFF
        if number:
            raise PcscError(number)


class Card:
    """A connection to a card; while it is entered no other program speaks to the card."""

    def __init__(self, service: Service, handle: ctypes.c_long, protocol: int):
        self._service = service
        self._handle = handle
        self._header = _Header(protocol, ctypes.sizeof(_Header))
        self._answer = ctypes.create_string_buffer(_ANSWER_SIZE)

    def __enter__(self) -> Self:
        try:
            self._service._call("BeginTransaction", self._handle)
        except PcscError:
            self._disconnect()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self._service._library.SCardEndTransaction(self._handle, _DWORD(_LEAVE))
        self._disconnect()

    def transmit(self, command: bytes) -> bytes:
        """The card's answer to an APDU, with its two status bytes."""
        size = _DWORD(_ANSWER_SIZE)
        self._service._call(
            "Transmit",
            self._handle,
            ctypes.byref(self._header),
            command,
            _DWORD(len(command)),
            None,
            self._answer,
            ctypes.byref(size),
        )
        return self._answer.raw[: size.value]

    def _disconnect(self) -> None:
        self._service._library.SCardDisconnect(self._handle, _DWORD(_LEAVE))


def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError as error:
        raise OSError(f"NFC needs the service for card readers; {HELP}") from error
    for name in _FUNCTIONS:
        getattr(library, f"SCard{name}").restype = ctypes.c_long
    return library
