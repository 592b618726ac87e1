"""A whole running system, started by `make run` as a user does, on ports of its own."""

import os
import shutil
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from dev import chromium, database, postgres, settings

NAME = "e2e"
RUN_SECONDS = 900


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class System:
    """A running instance; its commands are the ones the README names."""

    http_port: int = field(default_factory=free_port)
    box_port: int = field(default_factory=free_port)
    name: str = NAME

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "HTTP_PORT": str(self.http_port),
            "BOX_PORT": str(self.box_port),
            "DB_NAME": self.name,
        }

    def command(self, *words: str, seconds: int = RUN_SECONDS, **variables: str):
        """Run a command from the project's root; the finished process with its output."""
        return subprocess.run(
            words,
            cwd=settings.ROOT,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def run(self) -> None:
        done = self.command("make", "run")
        assert done.returncode == 0, done.stdout + done.stderr

    def stop(self) -> None:
        self.command("python3", "-m", "dev", "stop", self.name)

    def query(self, sql: str, *values) -> list[tuple]:
        return postgres.query(sql, *values, database=self.name)

    def scan(self, code: str) -> None:
        done = self.command("bin/scan", code)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session", autouse=True)
def _postgres():
    postgres.start()


@pytest.fixture(scope="session")
def system():
    running = System()
    running.stop()
    database.drop(NAME)
    shutil.rmtree(settings.STATE / "instances" / NAME, ignore_errors=True)
    running.run()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser():
    path = chromium.find()
    if not path:
        pytest.skip(f"no browser. {chromium.HELP}")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield launched
        launched.close()


@pytest.fixture
def page(browser, system, request):
    """A page whose console errors fail the test; a screenshot is kept when it fails."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    folder = settings.STATE / "reports/screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    opened.screenshot(path=Path(folder) / f"{request.node.name}.png")
    context.close()
    assert errors == []


def log_in(page, system, login: str, path: str = "/odoo") -> None:
    page.goto(f"{system.url}/web/login?redirect={path}")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.click("button[type=submit]")


def set_language(page, lang: str) -> None:
    """Change the logged-in user's own language, as the user menu does."""
    page.evaluate(
        """async (lang) => {
            const session = await (await fetch("/web/session/get_session_info", {
                method: "POST",
                headers: {"Content-Type": "application/json"},
                body: JSON.stringify({params: {}}),
            })).json();
            await fetch("/web/dataset/call_kw/res.users/write", {
                method: "POST",
                headers: {"Content-Type": "application/json"},
                body: JSON.stringify({params: {model: "res.users", method: "write",
                    args: [[session.result.uid], {lang}], kwargs: {}}}),
            });
        }""",
        lang,
    )
    page.reload()
