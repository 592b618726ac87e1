"""Gets Odoo 19 Community from Debian's package, without root.

Odoo is not on PyPI. Debian's unstable suite has it as a package of pure Python, which is
unpacked into the cache, never installed: its dependencies come from PyPI instead.
docs/adr/0001-odoo-from-debian.md tells why, and what else was looked at.
"""

import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from . import settings
from .console import UserError, run, step

# Debian replaces some fonts and scripts by links to these packages.
UNSTABLE_PACKAGES = (
    "odoo-19",
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-ocr-b",
)
# Unstable's versions of these have moved the files that Odoo's links point to.
STABLE_PACKAGES = ("fonts-font-awesome", "fonts-inconsolata")
STABLE_SUITE = "bookworm"
# Debian strips one script whose absence prints an error on every page's console.
SELFIE_PACKAGE = "@mediapipe/selfie_segmentation@0.1.1675465747"
SELFIE_TARGET = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
KEYRINGS = Path("/usr/share/keyrings")
HELP = (
    "Point ODOO_HOME at an Odoo 19 of your own instead: a checkout of the branch 19.0, "
    "or the folder that holds the Python package `odoo`."
)


def odoo_library() -> Path:
    """The folder that holds the Python package `odoo`, fetched if needed.

    :raises UserError: when ODOO_HOME holds no Odoo 19, or none can be fetched.
    """
    if settings.ODOO_HOME:
        return _own_library(Path(settings.ODOO_HOME).expanduser().resolve())
    target = settings.CACHE / "odoo-19"
    library = target / "usr/lib/python3/dist-packages"
    if not (target / ".complete").exists():
        with step("Odoo 19 from Debian (130 MB)"):
            _fetch(target)
    return library


def _own_library(home: Path) -> Path:
    for library in (home, home / "usr/lib/python3/dist-packages"):
        release = library / "odoo/release.py"
        if release.exists():
            if "version_info = (19, 0" not in release.read_text():
                raise UserError(f"ODOO_HOME={home} holds an Odoo that is not 19.0.")
            return library
    raise UserError(f"ODOO_HOME={home} holds no `odoo/release.py`. {HELP}")


def addons_folders(library: Path) -> list[Path]:
    """Where this Odoo keeps its add-ons (a checkout has two such folders)."""
    folders = [library / "odoo/addons", library / "addons"]
    return [folder for folder in folders if folder.is_dir()]


def version(library: Path) -> str:
    """The exact Odoo release, such as `19.0.20260115`."""
    scope: dict = {}
    exec((library / "odoo/release.py").read_text(), scope)
    stamp = settings.CACHE / "odoo-19/.version"
    fetched = library.is_relative_to(stamp.parent) and stamp.exists()
    return stamp.read_text().strip() if fetched else str(scope["version"])


def _fetch(target: Path) -> None:
    for tool in ("apt-get", "dpkg", "npm"):
        if not shutil.which(tool):
            raise UserError(f"`{tool}` is needed to fetch Odoo and is missing. {HELP}")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="fetch-") as name:
        work = Path(name)
        root = work / "root"
        debs = _download(work, "unstable", UNSTABLE_PACKAGES)
        debs += _download(work, STABLE_SUITE, STABLE_PACKAGES)
        for deb in debs:
            run(["dpkg", "-x", deb, root])
        addons = root / "usr/lib/python3/dist-packages/odoo/addons"
        _add_selfie_script(work, addons / SELFIE_TARGET)
        broken = [p for p in (root / "usr/lib").rglob("*") if p.is_symlink() and not p.exists()]
        if broken:
            raise UserError(f"Debian moved files that Odoo links to: {broken[:3]}. {HELP}")
        odoo_deb = next(deb for deb in debs if deb.name.startswith("odoo-19"))
        (root / ".version").write_text(odoo_deb.name.split("_")[1])
        (root / ".complete").touch()
        shutil.rmtree(target, ignore_errors=True)
        root.rename(target)


def _download(work: Path, suite: str, packages: tuple[str, ...]) -> list[Path]:
    state = work / suite
    for folder in ("lists/partial", "cache/archives/partial", "debs"):
        (state / folder).mkdir(parents=True)
    keyrings = sorted(KEYRINGS.glob("debian-archive-*.gpg"))
    keyrings = [path for path in keyrings if "removed" not in path.name]
    if not keyrings:
        raise UserError(
            f"Debian's archive keys are missing (apt package debian-archive-keyring). {HELP}"
        )
    signed = ",".join(str(path) for path in keyrings)
    sources = state / "sources.list"
    sources.write_text(f"deb [signed-by={signed}] {_mirror()} {suite} main\n")
    (state / "status").touch()
    options = [
        f"Dir::State::Lists={state}/lists",
        f"Dir::State::Status={state}/status",
        f"Dir::Cache={state}/cache",
        f"Dir::Etc::SourceList={sources}",
        "Dir::Etc::SourceParts=-",
        "APT::Get::List-Cleanup=0",
        "APT::Sandbox::User=root",
        "Acquire::Languages=none",
        "Acquire::Retries=3",
    ]
    apt = ["apt-get", "-q", *(f"-o{option}" for option in options)]
    run([*apt, "update"])
    run([*apt, "download", *packages], cwd=state / "debs")
    return sorted((state / "debs").glob("*.deb"))


def _mirror() -> str:
    """The Debian mirror that this machine already uses."""
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for line in targets.splitlines():
        uri, _, origin = line.partition(" ")
        if origin == "Debian" and "security" not in uri:
            return uri
    raise UserError(f"This machine's apt knows no Debian mirror (is `apt-get update` due?). {HELP}")


def _add_selfie_script(work: Path, target: Path) -> None:
    if target.exists():
        return
    run(["npm", "pack", "--silent", "--pack-destination", work, SELFIE_PACKAGE])
    archive = next(work.glob("mediapipe-selfie_segmentation-*.tgz"))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as tar:
        member = tar.extractfile("package/selfie_segmentation.js")
        if member is None:
            raise UserError(f"{SELFIE_PACKAGE} no longer holds the script that Odoo needs. {HELP}")
        target.write_bytes(member.read())
