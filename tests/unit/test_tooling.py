"""The tooling's own decisions: what is a complaint, which Odoo, which database, which port."""

import socket
import sys
import time

import psutil
import pytest

from dev import bench, chromium, commands, database, odoo_source, processes, settings
from dev.console import UserError, run

LOG = """\
2026-11-23 19:46:54,096 2599 INFO demo odoo: fine, an ERROR in words only
2026-11-23 19:46:54,096 2599 WARNING ? odoo.tools.config: option x
Traceback (most recent call last):
2026-11-23 19:46:55,096 2599 ERROR demo odoo.sql_db: bad query
"""


def test_complaints_are_the_lines_of_that_level():
    found = database.complaints(LOG)
    assert [line.split()[3] for line in found] == ["WARNING", "ERROR"]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["-i", "auto_id", "-d", "x"], "x"),
        (["--database", "y", "-i", "auto_id"], "y"),
        (["--database=z", "--init=auto_id"], "z"),
        (["-i", "auto_id"], settings.DATABASE),
    ],
)
def test_the_database_that_odoo_will_use(arguments, name):
    assert commands._database_of(arguments) == name


@pytest.mark.parametrize("version", ["(18, 0, 0, 'final', 0, '')", None])
def test_an_odoo_home_that_is_none_is_refused(tmp_path, version):
    if version:
        (tmp_path / "odoo").mkdir()
        (tmp_path / "odoo/release.py").write_text(f"version_info = {version}\n")
    with pytest.raises(UserError, match=f"ODOO_HOME={tmp_path}"):
        odoo_source._own_library(tmp_path)


def test_a_checkout_and_a_package_are_taken_for_an_odoo_home(tmp_path):
    release = tmp_path / "usr/lib/python3/dist-packages/odoo/release.py"
    release.parent.mkdir(parents=True)
    release.write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")
    library = release.parents[1]
    assert odoo_source._own_library(tmp_path) == library
    assert odoo_source._own_library(library) == library


def test_a_port_in_use_is_said_with_the_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=rf"Port {port} .*HTTP_PORT=\d+"):
            processes.check_port_free(port, "HTTP_PORT", "Odoo")
    processes.check_port_free(port, "HTTP_PORT", "Odoo")


@pytest.fixture
def service(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "STATE", tmp_path)
    running = processes.Service("sleeper", "tooling")
    yield running
    running.stop()


def test_a_service_is_started_once_and_stopped(service):
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    assert service.start(command)
    assert not service.start(command)
    process = service.process()
    service.stop()
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    assert service.process() is None


def test_a_process_number_given_to_another_is_not_the_service(service):
    service.start([sys.executable, "-c", "import time; time.sleep(60)"])
    process = service.process()
    pid_file = settings.instance_folder("tooling") / "sleeper.pid"
    pid_file.write_text(f"{process.pid} {process.create_time() - 5}")
    assert service.process() is None
    pid_file.write_text(f"{process.pid} {process.create_time()}")


def test_waiting_ends_when_the_service_has_died(service):
    service.start([sys.executable, "-c", "print('no such file')"])
    started = time.monotonic()
    with pytest.raises(UserError, match="no such file"):
        processes.wait_until(lambda: False, service, 30, "The sleeper")
    assert time.monotonic() - started < 20


def test_a_failed_command_shows_its_end():
    with pytest.raises(UserError, match=r"exit code 3(?s:.)*the reason"):
        run([sys.executable, "-c", "print('the reason'); raise SystemExit(3)"])


def test_an_unknown_benchmark_is_refused_with_those_there_are(monkeypatch):
    monkeypatch.setattr(bench.postgres, "start", lambda: None)
    with pytest.raises(UserError, match="history_import"):
        bench.main(["no_such_thing"])


def test_a_missing_browser_is_an_error_in_ci_only(monkeypatch):
    monkeypatch.setattr(chromium, "find", lambda: None)
    monkeypatch.setattr(chromium.debian, "may_install", lambda: False)
    monkeypatch.setattr(settings, "IN_CI", True)
    with pytest.raises(UserError, match="apt-get install chromium"):
        chromium.ensure()
    monkeypatch.setattr(settings, "IN_CI", False)
    assert chromium.ensure() is None
