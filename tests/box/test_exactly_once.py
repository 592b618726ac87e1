"""Whatever breaks between a reader and the database: no read is lost, none is doubled.

Odoo, PostgreSQL and the box's side are real processes, and so are the faults: killed processes, a
full disk, a cut line, copied disks. After each one the sets are compared in the database.
"""

import contextlib
import itertools
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from .line import Line
from .plain_box import PlainBox
from .processes import Process, wait

SECOND = timedelta(seconds=1)  # of which read_at shows no parts
READING = "tests/box/reading.py"


class Reading(Process):
    """The box's side, with an identity that the server knows."""

    def __init__(self, folder, server, url=None, twin=None):
        super().__init__(folder / "reading.log")
        self.folder = folder
        (folder / "disk").mkdir(parents=True, exist_ok=True)
        self.server = server
        self.box = twin.box if twin else PlainBox(server)
        self._url = url or server.url

    def start(self, prefix, count, *before, **plan):
        who = {"token": self.box.token, "identifier": self.box.identifier, "server": self._url}
        plan = {**who, "database": self.server.database, "codes": [prefix, count], **plan}
        self.spawn(*before, sys.executable, READING, self.folder, json.dumps(plan))

    @property
    def taken(self):
        """Codes that the spool has taken, so that nobody may lose them."""
        path = self.folder / "put"
        return set(path.read_text().split()) if path.exists() else set()

    @property
    def health(self):
        path = self.folder / "health"
        return json.loads(path.read_text()) if path.exists() else {"length": 0, "trouble": ""}

    def stored(self):
        """{code: how often it is in the database}"""
        rows = self.server.query(
            "SELECT read.code, count(*) FROM auto_id_read read JOIN auto_id_box box "
            "ON box.id = read.box_id WHERE box.identifier = %s GROUP BY 1",
            self.box.identifier,
        )
        return dict(rows)

    def number_stored(self):
        return sum(self.stored().values())


@pytest.fixture
def reading(tmp_path, server):
    """Make box's sides; none of their secrets may be in any log."""
    made = []

    def make(**options):
        made.append(Reading(tmp_path / f"box-{len(made)}", server, **options))
        return made[-1]

    yield make
    for one in made:
        one.end(signal.SIGKILL)
        for secret in (one.box.token, one.box.key):
            assert secret not in server.log + one.log


@pytest.fixture
def line(server):
    line = Line(server.port)
    yield line
    line.end()


def assert_each_once(reading, expected):
    stored = reading.stored()
    doubled = {code: number for code, number in stored.items() if number != 1}
    assert not doubled
    assert set(stored) == set(expected)


def codes(prefix, count):
    return {f"{prefix}-{n}" for n in range(count)}


def test_the_server_is_down_for_the_whole_of_a_hundred_thousand_reads(server, reading):
    box = reading()
    server.end()
    box.start("DOWN", 100_000, at_once=100)
    wait(lambda: len(box.taken) == 100_000, 60, "all are read")
    assert box.health["length"] > 99_000
    server.start()
    assert box.exit_code(120) == 0
    assert_each_once(box, codes("DOWN", 100_000))


def test_the_box_is_killed_at_random_moments(reading):
    box, chance = reading(), random.Random(19)
    started = []
    for number in range(12):
        before = len(box.taken)
        started.append(f"KILLED-{number}")
        box.start(started[-1], 400, at_once=chance.choice([1, 7]), pause=0.001)
        wait(lambda before=before: len(box.taken) > before, 20, "it reads")
        time.sleep(chance.uniform(0, 0.3))
        box.end(signal.SIGKILL)
    box.start("LAST", 5)
    assert box.exit_code(60) == 0
    stored = box.stored()
    assert set(stored.values()) == {1}
    assert box.taken <= set(stored)
    # What was stored and not noted yet when the kill came: a commit of seven at most, each time.
    assert len(set(stored) - box.taken) <= 7 * len(started)


def test_the_disk_of_the_box_is_full(reading, line):
    box = reading(url=line.url)
    mount = f'mount -t tmpfs -o size=1500k none "{box.folder}/disk" && exec "$@"'
    alone = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]
    if subprocess.run([*alone, "true"], check=False).returncode:
        pytest.skip("this machine mounts no disk of a chosen size")
    line.cut()
    box.start("FULL", 9_000, *alone, ballast=900_000, at_once=10, pause=0.001)
    wait(lambda: "full" in box.health["trouble"], 60, "its disk is full")
    wait(lambda: box.health["length"] == 9_000, 60, "all are read, into memory")
    line.mend()
    wait(lambda: box.number_stored() > 2_000, 60, "reads are sent while the disk is full")
    (box.folder / "room").touch()
    assert box.exit_code(60) == 0
    assert_each_once(box, codes("FULL", 9_000))


def test_batches_come_twice_late_and_at_once(server, reading):
    box, numbers = reading(), itertools.count(1)
    events = [
        {"sequence": n, "reader": "r", "code": f"TWICE-{n}", "time": 1.7e9 + n, "age": 1}
        for n in range(1_000)
    ]
    parts = [events[start : start + 150] for start in range(0, 1_000, 100)]
    random.Random(7).shuffle(parts)

    def send(part):
        run = f"run-{next(numbers)}"  # at once: none may wait for another one's number
        return box.box.post("/auto_id/v1/reads", events=part, run=run)

    with ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(send, [part for part in parts for _time in range(3)]))
    assert sum(answer["accepted"] for answer in answers) == 1_000
    assert not any(answer["collided"] for answer in answers)
    assert_each_once(box, codes("TWICE", 1_000))


def test_answers_get_lost(reading, line):
    box = reading(url=line.url)
    line.swallow_answers()
    box.start("LOST", 2_500, at_once=500)
    wait(lambda: box.number_stored() >= 1_000, 30, "a batch is stored")
    wait(lambda: len(box.taken) == 2_500, 30, "all are read")
    time.sleep(0.5)
    assert box.health["length"] == 2_500, "nothing is acknowledged"
    line.mend()
    assert box.exit_code(60) == 0
    assert_each_once(box, codes("LOST", 2_500))


def test_the_server_is_killed_between_commit_and_acknowledgement(server, reading, line):
    box = reading(url=line.url)
    line.swallow_answers()
    box.start("CUT", 4_000, at_once=500)
    wait(lambda: len(box.taken) == 4_000 and box.number_stored(), 30, "a batch is stored")
    server.end(signal.SIGKILL)
    line.mend()
    assert box.health["length"] == 4_000, "nothing is acknowledged"
    server.start()
    assert box.exit_code(60) == 0
    assert_each_once(box, codes("CUT", 4_000))


def test_the_server_is_killed_at_random_moments(server, reading):
    box, chance = reading(), random.Random(5)
    box.start("RANDOM", 6_000, at_once=40, pause=0.01)
    for number in range(2):
        wait(lambda n=number: box.number_stored() > 1_000 * n, 60, "reads arrive")
        time.sleep(chance.uniform(0, 0.2))
        server.end(signal.SIGKILL)
        server.start()
    assert box.exit_code(90) == 0
    assert_each_once(box, codes("RANDOM", 6_000))


def test_two_boxes_with_a_cloned_identity(server, reading, line):
    box = reading(url=line.url)
    box.start("BEFORE", 10)
    assert box.exit_code(30) == 0
    line.cut()
    box.start("SHARED", 500, at_once=100)
    wait(lambda: len(box.taken) == 510, 30, "reads that nobody has sent")
    box.end(signal.SIGKILL)
    clone = reading(url=line.url, twin=box)
    shutil.copytree(box.folder / "disk", clone.folder / "disk", dirs_exist_ok=True)
    line.mend()
    # The clone is one of a running machine: even the next sequence is the same.
    box.start("HERE", 1_500, first=2**50, at_once=10, pause=0.03)
    clone.start("THERE", 1_500, first=2**50, at_once=10, pause=0.03)
    assert box.exit_code(60) == clone.exit_code(60) == 0
    read = codes("BEFORE", 10) | codes("SHARED", 500) | codes("HERE", 1_500) | codes("THERE", 1_500)
    assert_each_once(box, read)
    reports = server.query(
        "SELECT box.clone_seen_at IS NOT NULL, count(message.id) FROM auto_id_box box "
        "JOIN mail_message message ON message.model = 'auto_id.box' AND message.res_id = box.id "
        "AND message.body LIKE '%%Two machines%%' WHERE box.identifier = %s GROUP BY 1",
        box.box.identifier,
    )
    assert reports == [(True, 1)]


def test_the_clock_of_the_box_is_wrong(server, reading, line):
    box = reading(url=line.url)
    line.cut()
    began, year = now(), 365 * 86_400
    box.start("CLOCK", 30, clock=[-20 * year, 3 * year, 0, -50, 90_000], pause=0.05)
    wait(lambda: len(box.taken) == 30, 30, "all are read")
    read = now()
    time.sleep(2)
    line.mend()
    assert box.exit_code(60) == 0
    assert_each_once(box, codes("CLOCK", 30))
    times = server.query(
        "SELECT read_at, box_time FROM auto_id_read read JOIN auto_id_box box "
        "ON box.id = read.box_id WHERE box.identifier = %s ORDER BY read.id",
        box.box.identifier,
    )
    assert all(began - SECOND <= read_at <= read for read_at, _box_time in times)
    wrong = Counter(round((box_time - read_at).days / 365) for read_at, box_time in times)
    assert wrong == {-20: 6, 3: 6, 0: 18}


def now():
    return datetime.now(UTC).replace(tzinfo=None)


def test_a_real_box_is_killed_while_its_scanner_reads(server, paired_box, scanner):
    chance, read = random.Random(3), set()
    for number in range(2):
        hand = threading.Thread(target=scan_on, args=(scanner, f"SCAN-{number}", 150))
        hand.start()
        first = f"SCAN-{number}-0"
        wait(lambda code=first: code in server.codes(paired_box), 30, "reads arrive")
        time.sleep(chance.uniform(0, 0.5))
        paired_box.end(signal.SIGKILL)
        read |= set(server.codes(paired_box)) | spooled(paired_box)
        hand.join()
        paired_box.start()
        paired_box.wait_listening()
    scanner.scan("LAST")
    wait(lambda: "LAST" in server.codes(paired_box), 30, "everything is sent")
    stored = Counter(server.codes(paired_box))
    assert not [code for code, number in stored.items() if number > 1]
    assert read <= set(stored)


def scan_on(scanner, prefix, count):
    """Scan as a hurried clerk does, whether a box listens or not."""
    for number in range(count):
        scanner.scan(f"{prefix}-{number}")
        time.sleep(0.005)


def spooled(box):
    """What waits on the disk of a box that does not run."""
    (path,) = box.home.rglob("spool.sqlite3")
    with contextlib.closing(sqlite3.connect(path)) as spool:
        return {code for (code,) in spool.execute("SELECT code FROM read")}
