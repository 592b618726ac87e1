"""Codes in pictures, and pictures in streams of bytes."""

from itertools import pairwise

import pytest
from auto_id.iot_handlers.lib.auto_id import decoding, frames, symbologies
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from box.simulators.camera import jpeg
from box.simulators.pictures import Look, picture

STILL = Look(angle=0, noise=2)


def decoders():
    """Each decoder that this machine has, by name."""
    found = {}
    for name, build in (("zxing", decoding._zxing), ("zbar", decoding._zbar)):
        try:
            found[name] = build(decoding.chosen(""))
        except ImportError:
            continue
    return found


zbar = pytest.mark.skipif(
    "zbar" not in decoders(), reason="this machine lacks libzbar0 (apt install libzbar0)"
)


@pytest.mark.parametrize(
    ("code", "kind", "text", "symbology"),
    [
        ("CARD-1001", "qr", "CARD-1001", "]Q1"),
        ("卡-7", "qr", "卡-7", "]Q1"),
        ("CARD-1001", "datamatrix", "CARD-1001", "]d1"),
        ("CARD-1001", "code128", "CARD-1001", "]C0"),
        ("4006381333931", "ean13", "4006381333931", "]E0"),
        ("(01)04006381333931(10)A(21)7", "qr", "010400638133393110A\x1d217", "]Q3"),
        ("(01)04006381333931(10)A(21)7", "datamatrix", "010400638133393110A\x1d217", "]d2"),
        ("(01)04006381333931", "code128", "0104006381333931", "]C1"),
    ],
)
@pytest.mark.parametrize("name", ["zxing", pytest.param("zbar", marks=zbar)])
def test_codes_and_their_kinds(name, code, kind, text, symbology):
    if (name, kind) == ("zbar", "datamatrix"):
        return  # what zbar does not know
    seen = decoding.soft(picture([code], kind, STILL, seed=1))
    assert decoders()[name](seen) == [(text, symbology)]


@pytest.mark.parametrize("name", ["zxing", pytest.param("zbar", marks=zbar)])
def test_several_codes_in_one_picture_and_each_once(name):
    codes = ["CARD-1", "CARD-2", "CARD-1", "CARD-3"]
    found = decoders()[name](picture(codes, look=Look(noise=4), seed=2))
    assert sorted(one.text for one in found) == ["CARD-1", "CARD-2", "CARD-3"]


@pytest.mark.parametrize("angle", [0, 45, 90, 180, 225])
@pytest.mark.parametrize("name", ["zxing", pytest.param("zbar", marks=zbar)])
def test_a_code_held_at_any_angle(name, angle):
    seen = picture(["4006381333931"], "ean13", Look(angle, noise=4), seed=3)
    found = {one.text for view in decoding.VIEWS for one in decoders()[name](view(seen))}
    assert found == {"4006381333931"}


def test_a_picture_without_a_code():
    for decode in decoders().values():
        for view in decoding.VIEWS:
            assert decode(view(picture([], seed=4))) == []


def test_only_the_kinds_that_are_wanted():
    seen = picture(["CARD-1"], look=STILL, seed=5)
    assert decoding.decoder("datamatrix, EAN")(seen) == []
    assert decoding.decoder(" QR ")(seen) == [("CARD-1", "]Q1")]


def test_a_region_of_the_picture():
    seen = picture(["CARD-1", "CARD-2"], look=STILL, seed=6)
    decode = decoding.decoder()
    assert [one.text for one in decode(decoding.region(seen, "0,0,50,100"))] == ["CARD-1"]
    assert [one.text for one in decode(decoding.region(seen, "50,0,99,100"))] == ["CARD-2"]
    assert decoding.region(Image.new("L", (3, 3)), "99,99,1,1").size == (1, 1)


def test_a_box_without_any_decoder_says_what_to_do(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(decoding.importlib, "import_module", missing)
    with pytest.raises(OSError, match="apt install libzbar0"):
        decoding.decoder()


@zbar
def test_what_only_zxing_reads_is_said_so():
    with pytest.raises(OSError, match="need zxing-cpp"):
        decoding._zbar(symbologies.chosen("datamatrix"))


# Streams

FRAMES = [jpeg([], "qr", STILL), jpeg(["CARD-1"], "qr", STILL)]


@settings(deadline=None)
@given(st.lists(st.sampled_from(FRAMES), max_size=3), st.data())
def test_any_chunking_of_a_stream_gives_its_pictures(sent, data):
    between = data.draw(st.binary(max_size=20).filter(lambda b: b"\xff" not in b))
    stream = b"".join(between + frame for frame in sent)
    cuts = data.draw(st.lists(st.integers(0, max(len(stream), 1)), max_size=20))
    splitter = frames.JpegSplitter()
    found = []
    for start, end in pairwise([0, *sorted(cuts), len(stream)]):
        found += splitter.feed(stream[start:end])
    assert found == sent
    assert splitter.broken == 0


@given(st.lists(st.one_of(st.binary(max_size=30), st.sampled_from([b"\xff\xd8\xff", b"\xff"]))))
def test_any_bytes_are_cut_without_an_error(chunks):
    splitter = frames.JpegSplitter(longest=100)
    for chunk in chunks:
        for frame in splitter.feed(chunk):
            assert frame.startswith(b"\xff\xd8\xff")
            assert frame.endswith(b"\xff\xd9")
    assert len(splitter._data) <= 100


def test_a_picture_within_a_picture_is_no_end():
    thumbnail = FRAMES[0][:60_000]
    inside = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    whole = FRAMES[1][:2] + inside + FRAMES[1][2:]
    assert frames.JpegSplitter().feed(b"noise" + whole + b"noise") == [whole]


def test_a_torn_picture_is_counted_and_the_next_one_is_whole():
    splitter = frames.JpegSplitter()
    torn = FRAMES[0][: len(FRAMES[0]) // 2]
    assert splitter.feed(torn + FRAMES[1]) == [FRAMES[1]]
    assert splitter.broken == 1


def test_a_stream_without_an_end_is_given_up():
    splitter = frames.JpegSplitter(longest=1000)
    assert splitter.feed(FRAMES[0][:2000]) == []
    assert splitter.broken == 1
    assert splitter.feed(FRAMES[1][:900]) == []


@given(st.binary(max_size=200))
def test_bytes_that_are_no_picture_are_said_so(data):
    with pytest.raises(frames.FrameError):
        frames.grey(data)


def test_a_picture_that_is_too_large_is_not_even_opened(monkeypatch):
    monkeypatch.setattr(frames, "MOST_PIXELS", 99)
    with pytest.raises(frames.FrameError, match="too large"):
        frames.grey(FRAMES[0])
