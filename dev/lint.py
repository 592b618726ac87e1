"""`python3 -m dev lint [--fix] [CHECK ...]`: the linters, side by side, with one summary.

A check prints nothing unless it finds something. `--fix` lets those that can mend mend.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import settings
from .console import UserError, run, say

REPORTS = settings.STATE / "reports"
BIN = Path(sys.executable).parent
NODE_MODULES = settings.ROOT / "node_modules"
SHOWN_LINES = 40


@dataclass
class Check:
    """One linter: what it runs, on nothing if there are no files for it yet."""

    name: str
    command: Callable[[], Sequence[str | Path]]
    fix: Callable[[], Sequence[str | Path]] | None = None


@dataclass
class Finding:
    """What one check came to."""

    check: Check
    output: str
    exit_code: int
    seconds: float

    @property
    def log(self) -> Path:
        return REPORTS / f"lint-{self.check.name}.log"


def _tool(name: str, *arguments: str) -> list[str | Path]:
    return [BIN / name, *arguments]


def _on(files: Sequence[str], *command: str | Path) -> list[str | Path]:
    return [*command, *files] if files else []


def _addons() -> list[str]:
    return [f"addons/{name}" for name in settings.addon_names()]


def _files(*patterns: str) -> list[str]:
    found = (path for pattern in patterns for path in settings.ADDONS.glob(pattern))
    return sorted(
        str(path.relative_to(settings.ROOT)) for path in found if "/lib/" not in str(path)
    )


def _scripts() -> list[str]:
    return _files("*/static/**/*.js")


def _styled() -> list[str]:
    config = ["eslint.config.mjs", ".prettierrc.mjs", "package.json"]
    return config + _files("*/static/**/*.js", "*/static/**/*.scss")


def _npm(tool: str) -> Path:
    return NODE_MODULES / ".bin" / tool


_PYTEST = ("-m", "pytest", "-p", "no:odoo", "--no-header", "--tb=short")
CHECKS = (
    Check("pylint", lambda: _on(_addons(), *_tool("pylint"))),
    Check(
        "ruff",
        lambda: _tool("ruff", "check", "-q", "--output-format=concise"),
        lambda: _tool("ruff", "check", "--fix"),
    ),
    Check(
        "format",
        lambda: _tool("ruff", "format", "--check", "-q", "--output-format=concise"),
        lambda: _tool("ruff", "format"),
    ),
    Check("oca-module", lambda: _on(_addons(), *_tool("oca-checks-odoo-module"))),
    Check("oca-po", lambda: _on(_files("*/i18n/*.po", "*/i18n/*.pot"), *_tool("oca-checks-po"))),
    Check(
        "eslint",
        lambda: _on(_scripts(), _npm("eslint"), "--max-warnings=0"),
        lambda: _on(_scripts(), _npm("eslint"), "--fix"),
    ),
    Check(
        "prettier",
        lambda: _on(_styled(), _npm("prettier"), "--check", "--log-level=warn"),
        lambda: _on(_styled(), _npm("prettier"), "--write", "--log-level=warn"),
    ),
    Check("idioms", lambda: [sys.executable, *_PYTEST, "tests/unit/test_idioms.py"]),
)


def lint(arguments: list[str]) -> int:
    """Run all checks, or those named; 0 when nothing was found."""
    fix = "--fix" in arguments
    checks = _chosen([name for name in arguments if name != "--fix"])
    if any(check.name in ("eslint", "prettier") for check in checks):
        _install_node_modules()
    if fix:
        for check in checks:
            if check.fix:
                _run(check, check.fix())
    with ThreadPoolExecutor(min(len(checks), os.cpu_count() or 2)) as pool:
        findings = list(pool.map(lambda check: _run(check, check.command()), checks))
    for finding in findings:
        _show(finding)
    failed = [finding.check.name for finding in findings if finding.exit_code]
    _summarise(findings, failed)
    return 1 if failed else 0


def _chosen(names: list[str]) -> list[Check]:
    """In our order, in which one that mends does not undo what the one before mended."""
    known = [check.name for check in CHECKS]
    for name in names:
        if name not in known:
            raise UserError(f"There is no check `{name}`; choose from: {', '.join(known)}, --fix")
    return [check for check in CHECKS if not names or check.name in names]


def _run(check: Check, command: Sequence[str | Path]) -> Finding:
    """Run one check in the project's folder; a linter that cannot start is a finding, too."""
    started = time.monotonic()
    output, code = "", 0
    if command:
        try:
            result = subprocess.run(
                [str(part) for part in command],
                cwd=settings.ROOT,
                env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(settings.ROOT)},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                encoding="utf-8",
                errors="replace",
                check=False,
            )
            output, code = result.stdout, result.returncode
        except OSError as error:
            output, code = f"It does not start: {error}\n", 1
    finding = Finding(check, output, code, time.monotonic() - started)
    REPORTS.mkdir(parents=True, exist_ok=True)
    finding.log.write_text(output)
    return finding


def _show(finding: Finding) -> None:
    if not finding.exit_code:
        return
    lines = finding.output.splitlines()
    say(f"\n{'-' * 20} {finding.check.name} {'-' * 20}")
    say("\n".join(lines[:SHOWN_LINES]) or f"exit code {finding.exit_code}, no output")
    if len(lines) > SHOWN_LINES:
        say(f"... {len(lines) - SHOWN_LINES} lines more in {finding.log}")


def _summarise(findings: list[Finding], failed: list[str]) -> None:
    say("")
    for finding in findings:
        verdict = "FAILED" if finding.exit_code else "ok"
        say(f"  {finding.check.name:12} {verdict:7} {finding.seconds:5.1f} s")
    if not failed:
        say("No findings.")
        return
    mendable = [f.check.name for f in findings if f.exit_code and f.check.fix]
    say(f"Again: python3 -m dev lint {' '.join(failed)}")
    if mendable:
        say(f"Some mend themselves: python3 -m dev lint --fix {' '.join(mendable)}")


def _install_node_modules() -> None:
    """The locked npm packages in `node_modules`, once for each lock file.

    :raises UserError: when Node.js is missing, or the packages cannot be had.
    """
    lock = settings.ROOT / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = NODE_MODULES / ".oneonone.json"
    if stamp.exists() and json.loads(stamp.read_text()).get("lock") == wanted:
        return
    if not shutil.which("npm") or not shutil.which("node"):
        raise UserError(
            "The JavaScript linters need Node.js 18.18 or newer with npm (Debian packages "
            "`nodejs npm`). The others run without: python3 -m dev lint ruff format pylint ..."
        )
    run(["npm", "ci", "--silent", "--prefer-offline"], cwd=settings.ROOT)
    stamp.write_text(json.dumps({"lock": wanted}))
