"""The parser never raises and never lingers, whatever comes.

    python3 -m dev python tests/unit/test_codes_fuzz.py 1000000

runs a million inputs with fixed seeds, says how long the slowest took, and fails at the first that
raises or takes more than a second.
"""

import json
import random
import sys
import time

if __name__ == "__main__":
    import conftest  # noqa: F401 - makes the add-on importable, as pytest does

from auto_id.tools.codes import command, encoding, parse
from hypothesis import example, given
from hypothesis import strategies as st

BOUND = 1.0
SEEDS = (
    "]C1010950600013435210AB-123\x1d17261231",
    "(01)09506000134352(21)7(8030)ABC",
    "https://example.com/01/09506000134352/21/A%2F1?17=261231&99=x",
    "3034257BF7194E4000001A85",
    "3614257BF7194E5B3770E40000000000000000000000000000000000",
    "F73795211411234538566CB0AFC4",
    "3B157E316390F32CCE78D106310325CD06DD7200",
    "urn:epc:tag:sgtin-198:1.0614141.812345.A%2F1",
    "urn:epc:id:adi:2S194..12345678901",
    "urn:epc:idpat:sgtin:0614141.812345.*",
    "]E02112345678900|]e099COMPOSITE\x1d98XYZ",
    "4006381333931",
    "04:A2:2B:1C:5E:61:80",
    "[)>\x1e05\x1d0109506000134352\x1e\x04",
    "8110012345612345611110123",
    "CARD-1001",
)
ALPHABET = "0123456789ABCDEFabcdef()[]{}%:/.?&=-+^|~\\\"' \x00\x1d\x1e\x04\u241d\uff10\u0410\ud800é"


def mutated(random_source):
    """A good code after a few accidents, or plain noise."""
    kind = random_source.random()
    if kind < 0.15:
        return random_source.randbytes(random_source.randrange(64))
    if kind < 0.3:
        return "".join(random_source.choices(ALPHABET, k=random_source.randrange(80)))
    text = random_source.choice(SEEDS)
    for _ in range(random_source.randrange(1, 4)):
        at = random_source.randrange(len(text) + 1)
        act = random_source.randrange(4)
        if act == 0:
            text = text[:at] + random_source.choice(ALPHABET) + text[at:]
        elif act == 1:
            text = text[:at] + random_source.choice(ALPHABET) + text[at + 1 :]
        elif act == 2:
            text = text[:at] + text[at + random_source.randrange(1, 5) :]
        else:
            text = text[:at] + random_source.choice(SEEDS)
    return text


def run(count, seed=1):
    """Parse ``count`` inputs; gives the slowest, as seconds and input."""
    slowest, worst = 0.0, None
    source = random.Random(seed)
    for number in range(count):
        scan = mutated(source)
        start = time.thread_time()  # of the processor: a busy machine is no fault of the parser
        answer = parse(scan).to_dict()
        taken = time.thread_time() - start
        if number % 16 == 0:
            json.dumps(answer)
            encoding.encode(scan if isinstance(scan, bytes) else scan.encode(errors="replace"))
        if taken > slowest:
            slowest, worst = taken, scan
    return slowest, worst


def test_short_run():
    run(4000)


@given(st.one_of(st.text(max_size=60), st.binary(max_size=60)))
@example("]")
@example("\ud800")
@example("(")
@example("https://[")
@example("urn:epc:::::")
@example("urn:epc:tag:sgtin-96:.")
def test_any_text(scan):
    code = parse(scan)
    answer = json.loads(json.dumps(code.to_dict()))
    assert answer["kind"]
    assert code.key is None or 0 < len(code.key) <= 700
    if code.error:
        assert code.error.code
        assert code.error.message


@given(st.text(st.sampled_from(ALPHABET), max_size=40), st.sampled_from(SEEDS), st.integers(0, 40))
def test_any_accident(noise, seed, place):
    parse(seed[:place] + noise + seed[place:]).to_dict()


@given(st.binary(max_size=200))
def test_encode_any_bytes(line):
    assert json.dumps(encoding.encode(line))


@given(st.binary(max_size=200))
def test_decode_any_line(line):
    assert command.decode(line)["kind"]


def test_long_repetitions_take_no_long():
    """What makes careless patterns slow; the length is what a reader may send at most."""
    for unit in (
        "(01)",
        "0",
        "1",
        "%2",
        "/01/",
        "&99=1",
        "A",
        "\x1d",
        "[)>",
        "04:",
        "(\\",
        ")(",
        "1\x1d",
    ):
        parse((unit * 4096)[:4096]).to_dict()
        parse(("https://a" + unit * 4096)[:4096]).to_dict()
        parse(("]C1" + unit * 4096)[:4096]).to_dict()


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    began = time.perf_counter()
    seconds, scan = run(wanted)
    print(
        f"{wanted} inputs in {time.perf_counter() - began:.0f} s, slowest {seconds:.4f} s: {scan!r}"
    )
    sys.exit(seconds > BOUND)
