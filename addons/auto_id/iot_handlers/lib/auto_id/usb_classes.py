"""What is plugged in by USB, as /sys tells it without any library."""

from pathlib import Path

SYS = Path("/sys/bus/usb/devices")
_SMART_CARD = "0b"


def card_readers(sys: Path = SYS) -> list[str]:
    """Names of the devices that say they are readers of chip cards or NFC (CCID)."""
    found = []
    for path in sorted(sys.glob("*/bInterfaceClass")):
        device = path.parent.parent / path.parent.name.partition(":")[0]
        if _read(path) == _SMART_CARD:
            found.append(_read(device / "product") or f"Card reader {device.name}")
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:  # just plugged out
        return ""
