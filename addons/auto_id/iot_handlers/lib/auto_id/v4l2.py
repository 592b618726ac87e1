"""The structures of Video4Linux2 and the numbers of its ioctls, after `linux/videodev2.h`."""

import ctypes


class Capability(ctypes.Structure):
    _fields_ = [
        ("driver", ctypes.c_char * 16),
        ("card", ctypes.c_char * 32),
        ("bus_info", ctypes.c_char * 32),
        ("version", ctypes.c_uint32),
        ("capabilities", ctypes.c_uint32),
        ("device_caps", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32 * 3),
    ]


class PixFormat(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_uint32)
        for name in (
            *("width", "height", "pixelformat", "field", "bytesperline", "sizeimage"),
            *("colorspace", "priv", "flags", "ycbcr_enc", "quantization", "xfer_func"),
        )
    ]


class _FormatUnion(ctypes.Union):
    # The pointer gives it the alignment of the kernel's union, which holds some.
    _fields_ = [
        ("pix", PixFormat),
        ("raw", ctypes.c_uint8 * 200),
        ("pointer", ctypes.c_void_p),
    ]


class Format(ctypes.Structure):
    _fields_ = [("type", ctypes.c_uint32), ("fmt", _FormatUnion)]


class RequestBuffers(ctypes.Structure):
    _fields_ = [
        ("count", ctypes.c_uint32),
        ("type", ctypes.c_uint32),
        ("memory", ctypes.c_uint32),
        ("capabilities", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]


class _TimeValue(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("micros", ctypes.c_long)]


class _TimeCode(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("rest", ctypes.c_uint8 * 8),
    ]


class _BufferUnion(ctypes.Union):
    _fields_ = [("offset", ctypes.c_uint32), ("pointer", ctypes.c_ulong)]


class Buffer(ctypes.Structure):
    _fields_ = [
        ("index", ctypes.c_uint32),
        ("type", ctypes.c_uint32),
        ("bytesused", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("field", ctypes.c_uint32),
        ("timestamp", _TimeValue),
        ("timecode", _TimeCode),
        ("sequence", ctypes.c_uint32),
        ("memory", ctypes.c_uint32),
        ("m", _BufferUnion),
        ("length", ctypes.c_uint32),
        ("reserved2", ctypes.c_uint32),
        ("request_fd", ctypes.c_int32),
    ]


def _number(direction: int, number: int, structure: type) -> int:
    """The number of an ioctl; `direction` 1: to the kernel, 2: from it, 3: both."""
    return direction << 30 | ctypes.sizeof(structure) << 16 | ord("V") << 8 | number


QUERYCAP = _number(2, 0, Capability)
S_FMT = _number(3, 5, Format)
REQBUFS = _number(3, 8, RequestBuffers)
QUERYBUF = _number(3, 9, Buffer)
QBUF = _number(3, 15, Buffer)
DQBUF = _number(3, 17, Buffer)
STREAMON = _number(1, 18, ctypes.c_int)
