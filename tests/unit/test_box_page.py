"""The page of a box about its readers: what it shows, and that nothing on it can do harm."""

import xml.etree.ElementTree as ET

import pytest
from auto_id.iot_handlers.lib.auto_id import page

SPOOL = {"length": 0, "oldest": None, "dropped": 0, "dead": 0, "trouble": ""}
READER = {"name": "Scanner", "identifier": "/dev/ttyACM0", "state": "working", "error": ""}


def show(language="en", spool=SPOOL, readers=(), trouble="", **box):
    box = {"identifier": "box-1", "version": "L1", "server": "", "is_heard": False, **box}
    box |= {
        "trouble": trouble,
        "spool": spool,
        "readers": [{"reads": 0, "errors": 0, **each} for each in readers],
    }
    return page.render(box, language)


def test_a_box_that_is_not_paired_says_where_to_do_it():
    text = show()
    assert "not paired" in text
    assert '<a href="/">' in text
    assert "No reader was found" in text


def test_the_server_and_whether_it_hears_the_box():
    text = show(server="http://10.0.0.1:8069", is_heard=True)
    assert "http://10.0.0.1:8069" in text
    assert ">connected<" in text
    text = show(server="http://10.0.0.1:8069", trouble="the server does not answer")
    assert ">not connected<" in text
    assert "the server does not answer" in text


def test_reads_that_wait_or_were_lost_are_counted():
    spool = {"length": 7, "oldest": 1.0, "dropped": 3, "dead": 2, "trouble": "disk full"}
    text = show(spool=spool)
    assert ">7<br>" in text
    assert "3 refused" in text
    assert "2 put aside" in text
    assert "disk full" in text


def test_each_reader_with_its_state_and_error():
    failing = {**READER, "state": "failing", "error": "Permission denied", "errors": 5}
    text = show(readers=[{**READER, "reads": 12}, failing])
    assert text.count("/dev/ttyACM0") == 2
    assert ">12<" in text
    assert "Permission denied" in text


def test_what_devices_say_about_themselves_is_text_only():
    evil = "<script>alert(1)</script>"
    readers = [{**READER, "name": evil, "identifier": evil, "error": evil}]
    spool = {**SPOOL, "trouble": evil}
    box = {"identifier": evil, "version": evil, "server": f"http://{evil}"}
    text = show(readers=readers, spool=spool, trouble=evil, **box)
    assert "<script" not in text
    assert text.count("&lt;script&gt;") == 8


@pytest.mark.parametrize("language", ["zh-CN,zh;q=0.9", "en-US,en;q=0.9", ""])
def test_every_state_is_a_whole_page_in_both_languages(language):
    readers = [{**READER, "state": state} for state in ("working", "waiting", "failing")]
    busy = {"length": 1, "oldest": 1.0, "dropped": 1, "dead": 1, "trouble": "x"}
    for found, spool in (((), SPOOL), (readers, busy)):
        for is_heard in (True, False):
            text = show(language, spool, found, server="http://s", is_heard=is_heard, trouble="x")
            assert ("读写器" in text) == language.startswith("zh")
            for name in ("meta", "br"):  # the only elements that HTML leaves open
                text = text.replace(f"<{name}>", f"<{name}/>")
            body = text[text.index("<body>") : text.index("</html>")]
            ET.fromstring(body)
