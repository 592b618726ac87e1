"""What the server knows of boxes, as pure functions: addresses, health, logs, layouts, rates."""

import datetime
import json
import socket
import threading

import pytest
from auto_id.tools import address, box_log, channel, health, layouts, peer, push, rate
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime.datetime(2026, 11, 25, 9, 30)
PRIVATE = address.networks("10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7")
FINE = {
    "spool_trouble": False,
    "spool_dropped": 0,
    "dropped_known": 0,
    "dead_letters": 0,
    "dead_known": 0,
    "spool_oldest": False,
    "failing_readers": 0,
    "clock_offset": 0.0,
    "certificate_end": False,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


# Addresses


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("http://192.168.1.10:8069", "http://192.168.1.10:8069"),
        ("https://erp.example/odoo?debug=1#x", "https://erp.example"),
        ("http://[fd00::1]:8069/", "http://[fd00::1]:8069"),
        ("http://127.0.0.1:8069", "http://127.0.0.1:8069"),
    ],
)
def test_an_address_of_the_server(text, origin):
    assert address.server_origin(text) == origin


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http://localhost", "localhost"),
        ("https://LOCALHOST.:443", "localhost"),
        ("erp.example", "malformed"),
        ("", "malformed"),
        (None, "malformed"),
        ("file:///etc/passwd", "malformed"),
        ("http://user:password@erp.example", "malformed"),
        ("http://erp.example:99999", "malformed"),
        ("http://erp.example:0", "malformed"),
        ("http://erp.example\\@evil.example", "malformed"),
        ("http://a b", "malformed"),
        ("http://[fd00::1", "malformed"),
    ],
)
def test_what_is_no_address_of_a_server(text, code):
    with pytest.raises(address.AddressError) as refused:
        address.server_origin(text)
    assert refused.value.code == code


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text):
    for read in (address.server_origin, address.box_host):
        try:
            read(text)
        except address.AddressError:
            continue


@pytest.mark.parametrize("inside", ["10.0.0.1", "192.168.255.255", "fd00::1", "::ffff:10.0.0.1"])
def test_inside_of_the_local_network(inside):
    assert address.is_allowed(inside, PRIVATE)


@pytest.mark.parametrize(
    "outside",
    [
        *("127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "fe80::1%eth0", "0.0.0.0"),
        *("8.8.8.8", "100.64.0.1", "224.0.0.1", "255.255.255.255", "2001:db8::1", "::"),
    ],
)
def test_outside_of_the_local_network(outside):
    assert not address.is_allowed(outside, PRIVATE)


def test_every_address_of_a_name_must_be_allowed(monkeypatch):
    found = [(2, 1, 6, "", ("10.0.0.1", 80)), (2, 1, 6, "", ("127.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)
    with pytest.raises(push.PushError) as refused:
        push.resolve("both.example", 80, PRIVATE)
    assert refused.value.code == "forbidden"


def test_an_answer_that_never_ends_is_cut(monkeypatch):
    monkeypatch.setattr(push, "TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def drip():
            link, _address = server.accept()
            with link:
                while not over.wait(0.05):
                    try:
                        link.sendall(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            with pytest.raises(push.PushError) as refused:
                port = server.getsockname()[1]
                push.push("127.0.0.1", port, "link", address.networks("127.0.0.0/8"))
        finally:
            over.set()
            thread.join()
    assert refused.value.code in ("unreachable", "no_box")


# Where a box calls from, and what it listens to


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_the_same_in_ipv6_clothes(ip):
    assert peer.site(str(ip)) == peer.site(f"::ffff:{ip}") == str(ip)


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_an_ipv6_address_is_its_network(ip, host):
    if not ip.ipv4_mapped:
        other = type(ip)(int(ip) >> 64 << 64 | host)
        assert other.ipv4_mapped or peer.site(str(ip)) == peer.site(str(other))


def test_each_token_has_a_channel_of_its_own():
    names = {channel.name(f"token-{n}") for n in range(100)} | {channel.name("token-1")}
    assert len(names) == 100
    assert all("token" not in name.removeprefix(channel.PREFIX) for name in names)
    assert channel.split([*names, "other", 3]) == ([*names], ["other", 3])


# Health


def status(**values):
    return {"sent_at": NOW.replace(tzinfo=datetime.UTC).timestamp(), **values}


def test_a_status_is_read():
    sent = status()["sent_at"] + 7.04
    spool = {"length": 3, "oldest": sent - 60, "dropped": 1, "dead": 2, "trouble": "disk full"}
    found = health.read_status({"sent_at": sent, "uptime": 90.9, "spool": spool}, NOW)
    assert found == {
        "clock_offset": 7.0,
        "running_since": NOW - datetime.timedelta(seconds=90),
        "spool_length": 3,
        "spool_oldest": NOW - datetime.timedelta(seconds=60),
        "spool_dropped": 1,
        "spool_trouble": "disk full",
        "dead_letters": 2,
        "error_count": 0,
        "failing_readers": 0,
    }


def test_what_is_on_its_way_does_not_wait():
    spool = {"length": 40, "oldest": status()["sent_at"] - 4}
    found = health.read_status(status(spool=spool), NOW)
    assert (found["spool_length"], found["spool_oldest"]) == (0, False)


@given(
    st.dictionaries(st.sampled_from(["sent_at", "uptime", "spool", "readers", "x"]), JSON)
    | st.fixed_dictionaries(
        {
            "sent_at": st.floats() | st.integers(),
            "uptime": st.floats() | st.integers(),
            "spool": st.dictionaries(
                st.sampled_from(["length", "oldest", "dropped", "dead", "trouble"]), JSON
            ),
        }
    )
)
def test_any_status_gives_values_that_the_database_takes(found):
    values = health.read_status(found, NOW)
    assert all(0 <= values[n] < 2**31 for n in ("spool_length", "dead_letters", "error_count"))
    assert abs(values["clock_offset"]) < 1e12
    for name in ("running_since", "spool_oldest"):
        assert values[name] is False or isinstance(values[name], datetime.datetime)
    assert "\x00" not in (values["spool_trouble"] or "")
    assert health.news(values, values) == {}
    assert health.troubles({**FINE, **values}, NOW) is not None


def test_small_changes_are_no_news():
    old = health.read_status(status(uptime=100), NOW)
    later = NOW + datetime.timedelta(seconds=20)
    sent = status()["sent_at"] + 20.6
    assert health.news(old, health.read_status({"sent_at": sent, "uptime": 121}, later)) == {}
    restarted = health.read_status({"sent_at": sent, "uptime": 3}, later)
    assert set(health.news(old, restarted)) == {"running_since"}


def test_news_from_nothing_and_to_nothing():
    assert health.news({"spool_oldest": False}, {"spool_oldest": NOW}) == {"spool_oldest": NOW}
    assert health.news({"spool_oldest": NOW}, {"spool_oldest": False}) == {"spool_oldest": False}
    assert health.news({"clock_offset": 0.0}, {"clock_offset": 0.4}) == {}


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"spool_trouble": "disk full"}, "spool"),
        ({"spool_dropped": 3, "dropped_known": 2}, "dropped"),
        ({"dead_letters": 1}, "dead"),
        ({"spool_oldest": NOW - datetime.timedelta(minutes=3)}, "unsent"),
        ({"failing_readers": 1}, "readers"),
        ({"clock_offset": -61.0}, "clock"),
        ({"certificate_end": NOW + datetime.timedelta(days=13)}, "certificate"),
        ({"certificate_end": NOW - datetime.timedelta(days=1)}, "certificate"),
    ],
)
def test_troubles(facts, code):
    assert health.troubles({**FINE, **facts}, NOW) == [code]


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"spool_dropped": 3, "dropped_known": 3, "dead_letters": 2, "dead_known": 2},
        {"spool_oldest": NOW - datetime.timedelta(minutes=1)},
        {"clock_offset": 59.0},
        {"certificate_end": NOW + datetime.timedelta(days=15)},
    ],
)
def test_no_troubles(facts):
    assert health.troubles({**FINE, **facts}, NOW) == []


# What boxes say without a proof


def test_the_log_of_a_box():
    body = b"identifier box-1<log/>\n20,started\n<log/>\n40,it failed\nbadly<log/>\nodd<log/>\n"
    assert box_log.parse(body) == ("box-1", [(20, "started"), (40, "it failed␊badly")])
    assert len(box_log.parse(b"identifier x<log/>\n" + b"20,a<log/>\n" * 999)[1]) == 60


@given(st.binary(max_size=300))
def test_any_log_can_be_stored(body):
    _identifier, lines = box_log.parse(b"identifier box-1<log/>\n" + body)
    assert all(line.isprintable() or "\ufffd" in line for _level, line in lines)


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", min_size=40))
def test_the_log_hides_whatever_looks_like_a_token(secret):
    for line in (f"token: {secret}", f"x {secret} y", f"http://s?a=1&token={secret}&b=2"):
        assert secret not in box_log.clean(line)


def test_the_log_hides_short_secrets_by_their_names():
    line = "login password='hunter2', token=abc; session_id: s3 done"
    assert not {"hunter2", "abc", "s3"} & set(box_log.clean(line).replace("'", " ").split())


def test_layouts():
    good = [{"name": "German", "layout": "de"}, {"name": "No dead", "layout": "de", "variant": "x"}]
    odd = [None, 1, {"name": "x" * 99, "layout": "de"}, {"name": "a\n", "layout": "de"}, {}]
    assert layouts.parse(json.dumps([*good, *odd])) == good
    assert len(layouts.parse(json.dumps(good * 5000))) == layouts.MAX_LAYOUTS


@given(JSON)
def test_any_json_is_layouts_or_refused(found):
    try:
        assert isinstance(layouts.parse(json.dumps(found)), list)
    except layouts.LayoutsError:
        assert not isinstance(found, list)


# Rates


def test_a_rate_refills_and_is_kept_for_each_source():
    now = [0.0]
    bound = rate.Rate(10, 60, clock=lambda: now[0])
    assert [bound.allows("a", 4) for _time in range(3)] == [True, True, False]
    assert bound.allows("a", 2)
    assert bound.allows("b", 10)
    now[0] = 30.0
    assert bound.allows("a", 5)
    assert not bound.allows("a", 1)
    now[0] = 1e6
    assert not bound.allows("a", 11), "it never holds more than its amount"


def test_a_rate_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(rate, "MAX_SOURCES", 3)
    bound = rate.Rate(1, 60, clock=lambda: 0.0)
    assert all(bound.allows(n) for n in range(50))
    assert len(bound._left) == 3
