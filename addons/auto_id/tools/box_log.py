"""Lines of a box's own log. Anyone near the box can write them: short, plain, without secrets."""

import re

from . import code

END = "<log/>\n"
MAX_LINES = 60
MAX_LINE = 1000
HIDDEN = "…"

# A token or channel is 43 or 64 characters of this alphabet, and a signature is hexadecimal.
_SECRET = re.compile(r"[A-Za-z0-9_-]{32,}")
_NAMED = re.compile(r"(?i)((?:token|password|secret|session_id|cookie)\W{1,4})[^\s&|\"',}]+")


def parse(body: bytes) -> tuple[str, list[tuple[int, str]]]:
    """Identifier of the box, and (level, line) of what it logged.

    >>> parse(b"identifier box-1<log/>\\n30,no paper<log/>\\nodd<log/>\\n")
    ('box-1', [(30, 'no paper')])
    """
    first, *lines = body.decode(errors="replace").split(END)
    found = (re.match(r"(\d{1,2}),(.*)", line, re.DOTALL) for line in lines[:MAX_LINES])
    return first.partition(" ")[2], [(int(line[1]), clean(line[2])) for line in found if line]


def clean(line: str) -> str:
    """One printable line without anything that looks like a secret.

    >>> clean("Wrong server token: http://s?token=abc&db_uuid=1\\nagain")
    'Wrong server token: …&db_uuid=1␊again'
    """
    line = _SECRET.sub(HIDDEN, _NAMED.sub(rf"\1{HIDDEN}", line.strip()[: 2 * MAX_LINE]))
    return code.printable(line, MAX_LINE)
