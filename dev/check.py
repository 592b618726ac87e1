"""`make test`: everything that CI checks, in two lanes, with one summary at the end."""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from glob import glob
from pathlib import Path

from . import chromium, database, debian, odoo, postgres, settings
from .console import say

REPORTS = settings.STATE / "reports"
TEST_DATABASE = "test"
# What some tests need beside Odoo: Debian's packages, each with something that it holds.
_PACKAGES = {
    "docker-compose": "/usr/bin/docker-compose",
    "nginx-light": "/usr/sbin/nginx",
    "gcc": "/usr/bin/gcc",
    "libc6-dev": "/usr/include/stdio.h",
    "linux-libc-dev": "/usr/include/linux/videodev2.h",
    "libzbar0": "/usr/lib/*/libzbar.so.0",
    "libxkbcommon0": "/usr/lib/*/libxkbcommon.so.0",
    "xkb-data": "/usr/share/X11/xkb/rules/evdev",
    "pcscd": "/usr/sbin/pcscd",
    "vsmartcard-vpcd": "/usr/lib/pcsc/drivers/serial/libifdvpcd.so*",
}


@dataclass
class Outcome:
    """What one phase came to."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: list[str] = field(default_factory=list)
    seconds: float = 0.0
    exit_code: int = 0

    @property
    def ok(self) -> bool:
        return not self.exit_code and not self.failed


def _run(name: str, command: list[str]) -> Outcome:
    # An ODOO_RC of the user's would make pytest-odoo load that Odoo.
    environment = {key: value for key, value in os.environ.items() if key != "ODOO_RC"}
    started = time.monotonic()
    log = REPORTS / f"{name}.log"
    with log.open("w") as file:
        code = subprocess.run(
            command, env=environment, cwd=settings.ROOT, stdout=file, stderr=subprocess.STDOUT
        ).returncode
    return Outcome(name, seconds=time.monotonic() - started, exit_code=code)


def _pytest(name: str, *arguments: str) -> Outcome:
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-rs", f"--junitxml={report}", *arguments]
    outcome = _run(name, command)
    if report.exists():
        _count(outcome, report)
    return outcome


def _count(outcome: Outcome, report: Path) -> None:
    for case in ET.parse(report).iter("testcase"):
        skip = case.find("skipped")
        if skip is not None:
            title = f"{case.get('classname')}.{case.get('name')}"
            outcome.skipped.append(f"{title}: {skip.get('message')}")
        elif case.find("failure") is not None or case.find("error") is not None:
            outcome.failed += 1
        else:
            outcome.passed += 1


def _lint() -> Outcome:
    outcome = _run("lint", [sys.executable, "-m", "dev", "lint"])
    outcome.passed, outcome.failed = (0, 1) if outcome.exit_code else (1, 0)
    return outcome


def _unit() -> Outcome:
    return _pytest("unit", "-p", "no:odoo", "tests/unit")


def _install() -> Outcome:
    return _pytest("install", "-p", "no:odoo", "tests/install")


def _odoo() -> Outcome:
    database.fresh(TEST_DATABASE, database.addons_template(demo=False))
    tests = sorted(str(path) for path in settings.ADDONS.glob("*/tests"))
    config = odoo.environment()["ODOO_RC"]
    options = [f"--odoo-config={config}", f"--odoo-database={TEST_DATABASE}", "--odoo-http"]
    return _pytest("odoo", *options, *tests)


def _box() -> Outcome:
    return _pytest("box", "-p", "no:odoo", "tests/box")


def _e2e() -> Outcome:
    return _pytest("e2e", "-p", "no:odoo", "tests/e2e")


# Each lane uses one core; the last phase drives the whole system and runs alone.
_LANES: tuple[tuple[Callable[[], Outcome], ...], ...] = ((_box, _unit, _lint), (_odoo, _install))
_LAST: tuple[Callable[[], Outcome], ...] = (_e2e,)


def main(arguments: list[str]) -> int:
    """`test [PHASE ...]`: all phases, or those named (lint, unit, install, odoo, box, e2e)."""
    started = time.monotonic()
    REPORTS.mkdir(parents=True, exist_ok=True)
    browser = chromium.ensure()
    _ensure_packages()
    postgres.start()
    database.base_template()

    def wanted(phases: tuple[Callable[[], Outcome], ...]) -> list[Callable[[], Outcome]]:
        return [p for p in phases if not arguments or p.__name__.strip("_") in arguments]

    def lane(phases: tuple[Callable[[], Outcome], ...]) -> list[Outcome]:
        return [_announced(phase) for phase in wanted(phases)]

    with ThreadPoolExecutor(len(_LANES)) as pool:
        outcomes = [outcome for done in pool.map(lane, _LANES) for outcome in done]
    outcomes += lane(_LAST)
    _summarise(outcomes, browser, time.monotonic() - started)
    return 0 if outcomes and all(outcome.ok for outcome in outcomes) else 1


def _ensure_packages() -> None:
    """In CI nothing goes unchecked for want of a package; elsewhere a test says what it lacks."""
    missing = [package for package, holds in _PACKAGES.items() if not glob(holds)]
    if missing and settings.IN_CI and debian.may_install():
        debian.install(missing)


def _announced(phase: Callable[[], Outcome]) -> Outcome:
    name = phase.__name__.strip("_")
    say(f"-> {name} ...")
    outcome = phase()
    verdict = "ok" if outcome.ok else "FAILED"
    say(f"   {name}: {verdict}, {outcome.seconds:.0f} s")
    if not outcome.ok:
        log = REPORTS / f"{name}.log"
        say(f"{'=' * 30} {log} {'=' * 30}\n{log.read_text(errors='replace')[-20000:]}")
    return outcome


def _summarise(outcomes: list[Outcome], browser: str | None, seconds: float) -> None:
    say("\nSummary")
    for outcome in outcomes:
        verdict = "ok" if outcome.ok else "FAILED"
        counts = f"{outcome.passed} passed, {outcome.failed} failed, {len(outcome.skipped)} skipped"
        say(f"  {outcome.name:8} {verdict:7} {outcome.seconds:5.0f} s   {counts}")
    skipped = [reason for outcome in outcomes for reason in outcome.skipped]
    if skipped:
        say("\nSkipped, and why")
        for reason in skipped:
            say(f"  {reason}")
    if not browser:
        say(f"\nWithout a browser its tests were skipped. {chromium.HELP}")
    say(f"\n{seconds / 60:.1f} minutes; the reports are in {REPORTS}")
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(max(outcome.failed, int(not outcome.ok)) for outcome in outcomes)
    say(f"{passed} passed, {failed} failed, {len(skipped)} skipped")
