"""The keyboard layouts of this machine's desktop, to compare ours with (libxkbcommon)."""

import ctypes

_DEAD = {
    "grave": "\u0300",
    "acute": "\u0301",
    "circumflex": "\u0302",
    "tilde": "\u0303",
    "diaeresis": "\u0308",
    "abovering": "\u030a",
    "caron": "\u030c",
    "cedilla": "\u0327",
}
_CODES_OF_X = 8


class _Names(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_char_p) for name in ("rules", "model", "layout", "variant", "options")
    ]


def keymap(layout):
    """A function that gives the character of (key, level), with dead keys as combining ones.

    :raises OSError: when the library or its tables are not installed
    """
    library = ctypes.CDLL("libxkbcommon.so.0")
    library.xkb_context_new.restype = ctypes.c_void_p
    library.xkb_keymap_new_from_names.restype = ctypes.c_void_p
    library.xkb_keymap_new_from_names.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]
    pointer, number = ctypes.c_void_p, ctypes.c_uint32
    library.xkb_keymap_key_get_syms_by_level.argtypes = [pointer, number, number, number, pointer]
    model = "jp106" if layout == "jp" else "pc105"
    names = _Names(b"evdev", model.encode(), layout.encode(), b"", b"")
    context = library.xkb_context_new(0)
    found = context and library.xkb_keymap_new_from_names(context, ctypes.byref(names), 0)
    if not found:
        raise OSError("the tables of xkb are not installed")

    def character(key, level):
        symbols = ctypes.POINTER(ctypes.c_uint32)()
        number = library.xkb_keymap_key_get_syms_by_level(
            found, key + _CODES_OF_X, 0, level, ctypes.byref(symbols)
        )
        return _character(library, symbols[0]) if number == 1 else ""

    return character


def _character(library, symbol):
    name = ctypes.create_string_buffer(64)
    library.xkb_keysym_get_name(symbol, name, len(name))
    kind, _separator, accent = name.value.decode().partition("_")
    return _DEAD[accent] if kind == "dead" else chr(library.xkb_keysym_to_utf32(symbol))
