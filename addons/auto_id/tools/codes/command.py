"""`bin/decode`: codes from standard input, one a line; one JSON object a line."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

from ..code import MAX_LENGTH
from . import encoding, gs1
from .scan import parse

_DESCRIPTION = """\
Reads codes from standard input, one a line, and prints what each means: one JSON object a line.

  {"input", "kind", "symbology", "ais": [["01", "..."]], "gtin", "serial", "sscc", "epc_uri",
   "tag_uri", "digital_link", "error": null | {"code", "message"}}

kind: gs1, gtin, sscc, digital_link, epc, tid, uid, url, internal, empty, invalid.
"alternatives" is there as well if the line may mean something else ([{"kind", "key"}]).
A line may hold GS as the byte 1D, as the picture U+241D, or as a character of --fnc1.
"""
_EPILOG = """\
--encode goes the other way. A line is a code in any form (element string, brackets, Digital Link,
EPC URI, hexadecimal), or a JSON object: {"code": "..."} or {"ais": [["01", "..."], ...]} with

  "prefix_length"  digits of the GS1 Company Prefix, where its list does not know it
  "scheme"         tag encoding such as "sgtin-96"; without it the shortest that fits
  "filter"         filter value for the tag
  "symbology"      identifier for "scan", such as "]d2"
  "stem"           address for "digital_link" instead of https://id.gs1.org

or {"message": "^01...", "symbology": "DM"}, what label software is given (^ is FNC1), for the
"scan" that a reader will send: QR, DM, DotCode, GS1_128, DataBarExpanded, EAN13, UPCA and more;

and the answer is {"input", "element_string", "bracketed", "scan", "epc_uri", "tag_uri", "hex",
"digital_link", "error"}, null where a form does not exist.

Exit status: 0, also if lines were in error (each says so itself).
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; gives its exit status."""
    parser = argparse.ArgumentParser(
        "decode",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--encode", action="store_true", help="build codes instead; see below")
    parser.add_argument(
        "--fnc1",
        default=gs1.SUBSTITUTES,
        metavar="CHARS",
        help="characters that stand for FNC1 in GS1 data (default: %(default)s)",
    )
    options = parser.parse_args(arguments)
    try:
        _run(sys.stdin.buffer, options)
    except (BrokenPipeError, KeyboardInterrupt):
        # Nobody reads any more: leave quietly, also when Python flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _run(stream: BinaryIO, options: argparse.Namespace) -> None:
    # Whoever writes line by line, a person or a program, waits for the answer; a file does not.
    at_once = not stream.seekable()
    for line in lines(stream):
        found = encoding.encode(line) if options.encode else decode(line, options.fnc1)
        sys.stdout.write(json.dumps(found) + "\n")
        if at_once:
            sys.stdout.flush()
    sys.stdout.flush()


def decode(line: bytes, separators: str = gs1.SUBSTITUTES) -> dict[str, Any]:
    """The answer for one line; never raises."""
    return parse(line, separators=separators).to_dict()


def lines(stream: BinaryIO, limit: int = 4 * MAX_LENGTH) -> Iterator[bytes]:
    """The lines of a stream without their ends; of an overlong one no more than ``limit`` bytes.

    The rest of such a line is read and thrown away, so a line takes no more memory than that.
    """
    while line := stream.readline(limit):
        whole = line.endswith(b"\n")
        yield line.rstrip(b"\r\n")
        while not whole and (rest := stream.readline(1 << 16)):
            whole = rest.endswith(b"\n")
