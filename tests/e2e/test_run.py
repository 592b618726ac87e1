"""`make run` and `bin/odoo` as a user meets them: quick again, and clear when it fails."""

import signal
import socket
import subprocess
import time

from dev import database, settings

from .conftest import System


def test_second_run_takes_seconds(system):
    started = time.monotonic()
    done = system.command("make", "run")
    assert done.returncode == 0
    assert time.monotonic() - started < 30
    assert "clerk / clerk" in done.stdout
    assert system.url in done.stdout


def test_port_in_use_is_said(system):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        try:
            done = system.command("make", "run", DB_NAME="e2e_port", HTTP_PORT=port)
        finally:
            system.command("python3", "-m", "dev", "stop", "e2e_port")
            database.drop("e2e_port")
    assert done.returncode
    assert f"Port {port}" in done.stderr
    assert "HTTP_PORT=" in done.stderr


def test_unreachable_postgres_is_said(system):
    done = system.command("make", "run", PGHOST="127.0.0.1", PGPORT="1", PGUSER="nobody")
    assert done.returncode
    assert "PGHOST=127.0.0.1" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_odoo_home_is_said(system, tmp_path):
    done = system.command("make", "run", ODOO_HOME=str(tmp_path))
    assert done.returncode
    assert f"ODOO_HOME={tmp_path}" in done.stderr
    assert "Traceback" not in done.stderr


def test_killed_run_can_be_repeated(system):
    """SIGKILL while the database is being made: the next run starts clean."""
    other = System(name="e2e_killed")
    try:
        process = subprocess.Popen(
            ["python3", "-m", "dev", "run"],
            cwd=settings.ROOT,
            env=other.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        time.sleep(2.5)
        process.send_signal(signal.SIGKILL)
        process.wait()
        other.run()
        assert other.query("SELECT count(*) FROM auto_id_box WHERE state = 'paired'") == [(1,)]
    finally:
        other.stop()
        database.drop(other.name)


def test_bin_odoo_passes_the_exit_code_on(system):
    good = system.command("bin/odoo", "--version")
    assert good.returncode == 0
    assert "19.0" in good.stdout + good.stderr
    bad = system.command("bin/odoo", "no-such-command")
    assert bad.returncode


def test_bin_odoo_shell_reaches_the_database(system):
    done = subprocess.run(
        ["bin/odoo", "shell", "-d", system.name, "--no-http"],
        cwd=settings.ROOT,
        env=system.environment,
        input="print('company:', env.company.name)\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0
    assert "company:" in done.stdout
