"""The production files: what they promise is tried, without a container engine.

The shell scripts are run as the containers run them; the proxy has a file of its own.
"""

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
SECRET_WORDS = re.compile(r"(?i)passw(or)?d|secret|token|key")


class TestCompose:
    @pytest.mark.skipif(not shutil.which("docker-compose"), reason="no docker-compose here")
    def test_accepted_by_an_implementation(self, tmp_path):
        for name in ("docker-compose.yml", "deploy/.env.example"):
            shutil.copy(ROOT / name, tmp_path / Path(name).name.replace(".env.example", ".env"))
        command = ["docker-compose", "--profile", "box", "--profile", "tools", "config", "-q"]
        subprocess.run(command, cwd=tmp_path, check=True)

    def test_images_are_pinned(self):
        images = {name: service["image"] for name, service in SERVICES.items()}
        assert all(re.search(r":\d+\.\d+", image) for image in images.values()), images
        assert images["odoo"] == images["install"]
        assert images["odoo"].startswith("odoo:19.0")

    @pytest.mark.parametrize("name", ["db", "odoo", "proxy"])
    def test_health_is_checked(self, name):
        assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"

    def test_a_service_starts_when_what_it_needs_is_healthy(self):
        needed = [n for s in SERVICES.values() for n in s.get("depends_on", {}).values()]
        assert needed
        assert all(need == {"condition": "service_healthy"} for need in needed)

    def test_only_the_proxy_is_published(self):
        assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
        assert COMPOSE["networks"]["back"]["internal"]
        assert SERVICES["db"]["networks"] == ["back"]
        assert any("BOX_HTTP_BIND:-127.0.0.1" in port for port in SERVICES["proxy"]["ports"])

    def test_secrets_are_files_that_git_ignores(self):
        for secret in COMPOSE["secrets"].values():
            assert list(secret) == ["file"]
            ignored = ["git", "check-ignore", "-q", secret["file"]]
            assert subprocess.run(ignored, cwd=ROOT).returncode == 0, secret
        for service in SERVICES.values():
            for name, value in service.get("environment", {}).items():
                file = name.endswith("_FILE") and str(value).startswith("/run/secrets/")
                assert file or not SECRET_WORDS.search(name), name

    def test_what_is_mounted_is_there(self):
        mounts = [v for s in SERVICES.values() for v in s.get("volumes", [])]
        here = {mount.split(":")[0] for mount in mounts if mount.startswith("./")}
        made_by_prepare = {"./deploy/tls"}
        assert [path for path in here - made_by_prepare if not (ROOT / path).exists()] == []

    def test_every_setting_is_in_the_example(self):
        used = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
        example = re.findall(r"^(\w+)=", (DEPLOY / ".env.example").read_text(), re.MULTILINE)
        assert set(example) == used


class TestOdooConf:
    @pytest.fixture(scope="class")
    def options(self):
        config = configparser.RawConfigParser()
        config.read(ROOT / "odoo.conf")
        return dict(config["options"])

    def test_odoo_knows_every_option(self, options):
        script = (
            "import json; from odoo.tools import config;"
            "print(json.dumps([n for n, o in config.options_index.items() if o.file_loadable]))"
        )
        known = subprocess.check_output([sys.executable, "-c", script], text=True)
        assert set(options) <= set(json.loads(known.splitlines()[-1]))

    def test_it_is_fit_for_production(self, options):
        assert int(options["workers"]) > 0
        assert options["proxy_mode"] == "True"
        assert options["list_db"] == "False"
        assert options["dbfilter"] == f"^{options['db_name']}$"
        assert options["with_demo"] == "False"
        assert int(options["limit_memory_soft"]) < int(options["limit_memory_hard"])
        assert int(options["limit_time_cpu"]) <= int(options["limit_time_real"])

    def test_no_secret_and_no_address(self, options):
        assert not {"admin_passwd", "db_host", "db_port", "db_user", "db_password"} & set(options)
        assert not [name for name in options if SECRET_WORDS.search(name)]

    def test_postgresql_has_room_for_it(self, options):
        allowed = next(c for c in SERVICES["db"]["command"] if c.startswith("max_connections="))
        processes = int(options["workers"]) + int(options["max_cron_threads"]) + 1
        assert processes * int(options["db_maxconn"]) < int(allowed.partition("=")[2])

    def test_each_option_is_explained(self):
        lines = (ROOT / "odoo.conf").read_text().splitlines()
        for number, line in enumerate(lines):
            if "=" in line and not line.startswith(";"):
                above = [prev for prev in lines[max(0, number - 2) : number] if prev]
                assert any(prev.startswith(";") for prev in above), line


class TestScripts:
    @pytest.mark.parametrize("path", sorted(DEPLOY.rglob("*.sh")), ids=lambda path: path.name)
    def test_shell_accepts_it(self, path):
        subprocess.run(["sh", "-n", path], check=True)
        assert os.access(path, os.X_OK)

    def test_prepare_makes_what_is_missing_and_keeps_what_is_there(self, tmp_path):
        subprocess.run(["sh", DEPLOY / "prepare.sh", tmp_path], check=True, capture_output=True)
        made = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
        names = {path.name for path in made}
        assert names == {Path(s["file"]).name for s in COMPOSE["secrets"].values()} | {
            "fullchain.pem",
            "privkey.pem",
        }
        secrets = [d for p, d in made.items() if p.parent.name == "secrets" and d]
        assert len(set(secrets)) == 3
        assert all(len(secret) >= 32 for secret in secrets)
        assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
        assert (tmp_path / "tls/privkey.pem").stat().st_mode & 0o077 == 0
        subprocess.run(["sh", DEPLOY / "prepare.sh", tmp_path], check=True, capture_output=True)
        assert {path: path.read_bytes() for path in made} == made

    def _entrypoint(self, secrets: Path) -> subprocess.CompletedProcess:
        environment = {"PATH": os.environ["PATH"], "SECRETS_FOLDER": str(secrets)}
        script = 'echo "$PGPASSWORD $ODOO_ADMIN_PASSWD $1"'
        command = ["sh", DEPLOY / "odoo/entrypoint.sh", "sh", "-c", script, "", "argument"]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    def test_entrypoint_hands_on_the_secrets(self, tmp_path):
        (tmp_path / "db_password").write_text("one")
        (tmp_path / "master_password").write_text("two")
        assert self._entrypoint(tmp_path).stdout == "one two argument\n"

    def test_entrypoint_says_what_is_missing(self, tmp_path):
        result = self._entrypoint(tmp_path)
        assert result.returncode == 78
        assert "db_password" in result.stderr


def test_pre_commit_uses_the_locked_versions():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    wanted = {name for hook in hooks for name in hook.get("additional_dependencies", [])}
    assert wanted
    assert wanted <= set((ROOT / "requirements/test.txt").read_text().splitlines())
    assert [repo["repo"] for repo in config["repos"]] == ["local"]


def test_npm_lock_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    asked = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    assert lock["packages"][""]["devDependencies"] == asked
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


def test_no_file_names_a_registry_or_a_folder_of_one_machine():
    hosts = ["registry.npm" + "js.org", "files.python" + "hosted.org", "deb.debian" + ".org"]
    folders = r"(?<![\w.~}])/(?:work|root|farm)/\w"
    pattern = re.compile("|".join([*map(re.escape, hosts), folders]))
    tracked = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).split("\0")
    found = {}
    for path in filter(None, tracked):
        data = (ROOT / path).read_bytes() if (ROOT / path).is_file() else b""
        if b"\0" not in data and (match := pattern.search(data.decode(errors="replace"))):
            found[path] = match[0]
    assert found == {}
