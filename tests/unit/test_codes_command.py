"""bin/decode as a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, str(ROOT / "bin/decode")]
FIELDS = [
    "input", "kind", "symbology", "ais", "gtin", "serial", "sscc", "epc_uri", "tag_uri",
    "digital_link", "error",
]  # fmt: skip


def _run(data, *arguments):
    done = subprocess.run([*COMMAND, *arguments], input=data, capture_output=True, check=True)
    assert done.stderr == b""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_line_has_its_answer():
    lines = [
        b"4006381333931",
        b"\xff\xfe\x00",
        b"]C10109506000134352" + b"10A\x1d17261231\r",
        b"x" * 10_000_000,
        b"",
        b"a\x00b",
        "４００６３８１３３３９３１".encode(),
        b"3034257BF7194E4000001A85",
    ]
    answers = _run(b"\n".join(lines))
    assert [(a["error"] or {}).get("code") for a in answers] == [
        None, "not_utf8", None, "too_long", "empty", "unprintable", "lookalike", None,
    ]  # fmt: skip
    assert all(list(answer)[: len(FIELDS)] == FIELDS for answer in answers)
    assert answers[2]["ais"] == [["01", "09506000134352"], ["10", "A"], ["17", "261231"]]
    assert answers[7] == {
        "input": "3034257BF7194E4000001A85",
        "kind": "epc",
        "symbology": None,
        "ais": [["01", "80614141123458"], ["21", "6789"]],
        "gtin": "80614141123458",
        "serial": "6789",
        "sscc": None,
        "epc_uri": "urn:epc:id:sgtin:0614141.812345.6789",
        "tag_uri": "urn:epc:tag:sgtin-96:1.0614141.812345.6789",
        "digital_link": "https://id.gs1.org/01/80614141123458/21/6789",
        "error": None,
    }


def test_answers_come_line_by_line():
    """A program that writes one line and waits gets its answer, while the input stays open."""
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        for scan in ("4006381333931", "CARD-1001"):
            process.stdin.write(scan.encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["input"] == scan
        process.stdin.close()
    assert process.returncode == 0


def test_reader_that_leaves_early():
    done = subprocess.run(
        f"yes 4006381333931 | head -n 20000 | {' '.join(COMMAND)} | head -n 1",
        shell=True, capture_output=True, check=True,
    )  # fmt: skip
    assert done.stderr == b""
    assert done.stdout.count(b"\n") == 1


def test_other_separator():
    (answer,) = _run(b"0109506000134352" + b"10A~17261231", "--fnc1=~")
    assert answer["ais"] == [["01", "09506000134352"], ["10", "A"], ["17", "261231"]]


@pytest.mark.parametrize(
    "line", ["(01)80614141123458(21)6789", "urn:epc:id:sgtin:0614141.812345.6789"]
)
def test_encode(line):
    (answer,) = _run(line.encode(), "--encode")
    assert answer["hex"] == "3014257BF7194E4000001A85"
    assert answer["scan"] == "]C10180614141123458216789"
    assert answer["digital_link"] == "https://id.gs1.org/01/80614141123458/21/6789"
    assert answer["error"] is None


def test_what_is_encoded_decodes():
    request = {
        "ais": [["01", "09506000134352"], ["10", "A/1"], ["21", "x"]],
        "prefix_length": 7,
        "scheme": "sgtin-198",
        "filter": 3,
        "symbology": "]d2",
        "stem": "https://example.com",
    }
    (made,) = _run(json.dumps(request).encode(), "--encode")
    forms = [made[name] for name in ("scan", "bracketed", "digital_link", "hex", "tag_uri")]
    answers = _run("\n".join(forms).encode())
    assert {(a["gtin"], a["serial"]) for a in answers} == {("09506000134352", "x")}
    assert made["tag_uri"].startswith("urn:epc:tag:sgtin-198:3.9506000.")


def test_without_odoo():
    """The parser needs no Odoo: neither bin/decode nor what it imports asks for it."""
    check = (
        "import runpy, sys, io; sys.argv = ['decode', '--help']\n"
        f"try: runpy.run_path({str(ROOT / 'bin/decode')!r}, run_name='__main__')\n"
        "except SystemExit: pass\n"
        "assert 'auto_id.tools.codes' in sys.modules and 'odoo' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", check], check=True, capture_output=True)
