"""The handlers zip: whole, deterministic, and nothing in it that is not shipped."""

import importlib
import importlib.metadata
import io
import sys
import zipfile
from pathlib import Path

import pytest
from auto_id.iot_handlers.lib.auto_id import packages as on_the_box
from auto_id.tools import handlers, packages

OURS = Path(handlers.__file__).parents[1] / "iot_handlers"


@pytest.fixture
def stock(tmp_path):
    """A folder of handlers like the one of the box's software."""
    root = tmp_path / "stock"
    write(root / "drivers/one_driver.py", "ONE = 1\n")
    write(root / "interfaces/one_interface.py", "ONE = 1\n")
    return root


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def names(archive):
    return zipfile.ZipFile(io.BytesIO(archive)).namelist()


def test_a_later_root_replaces_files_of_an_earlier_one(stock, tmp_path):
    later = tmp_path / "later"
    write(later / "drivers/one_driver.py", "ONE = 2\n")
    _etag, archive = handlers.build([stock, later])
    assert zipfile.ZipFile(io.BytesIO(archive)).read("drivers/one_driver.py") == b"ONE = 2\n"
    assert names(archive) == ["drivers/one_driver.py", "interfaces/one_interface.py"]


def test_same_files_same_bytes_wherever_and_whenever(stock, tmp_path):
    again = tmp_path / "again"
    for path in sorted(stock.rglob("*.py"), reverse=True):
        write(again / path.relative_to(stock), path.read_text())
    assert handlers.build([stock]) == handlers.build([again])


def test_a_change_is_seen(stock):
    etag, _archive = handlers.build([stock])
    write(stock / "drivers/one_driver.py", "ONE = 'changed'\n")
    assert handlers.build([stock])[0] != etag


def test_no_links_no_bytecode_no_loose_files(stock, tmp_path):
    secret = write(tmp_path / "secret.py", "PASSWORD = 1\n")
    (stock / "drivers/link_driver.py").symlink_to(secret)
    (stock / "lib").symlink_to(tmp_path / "elsewhere")
    write(tmp_path / "elsewhere/spy.py", "SPY = 1\n")
    write(stock / "drivers/__pycache__/one_driver.pyc", "x")
    write(stock / "drivers/__init__.py", "")
    write(stock / "setup.py", "")
    _etag, archive = handlers.build([stock])
    assert names(archive) == ["drivers/one_driver.py", "interfaces/one_interface.py"]


@pytest.mark.parametrize("source", ["def broken(:\n", "x = '\0'\n"])
def test_what_does_not_compile_is_not_built(stock, source):
    write(stock / "drivers/broken_driver.py", source)
    with pytest.raises(handlers.HandlersError, match="broken_driver"):
        handlers.build([stock])


def test_its_size_is_bounded(stock, monkeypatch):
    monkeypatch.setattr(handlers, "MAX_BYTES", 1000)
    write(stock / "drivers/large_driver.py", "#" * 1001)
    with pytest.raises(handlers.HandlersError, match="more than"):
        handlers.build([stock])


def test_no_handlers_no_zip(tmp_path):
    with pytest.raises(handlers.HandlersError, match="no handlers"):
        handlers.build([tmp_path])


def test_installed_packages_go_along_with_their_licence(stock):
    """pyserial is locked for this project, so it is here."""
    found = packages.installed(("pyserial",))
    _etag, archive = handlers.build([stock], found)
    inside = names(archive)
    assert f"{packages.FOLDER}/serial/serialutil.py" in inside
    version = importlib.metadata.version("pyserial")
    assert f"{packages.FOLDER}/pyserial-{version}.dist-info/METADATA" in inside
    assert all(".." not in name and not name.startswith("/") for name in inside)
    assert not [name for name in inside if name.endswith((".pyc", "RECORD"))]
    assert [name for name in packages.installed(("click",)) if "LICENSE" in name.upper()]


def test_what_has_compiled_parts_or_is_missing_stays_here():
    importlib.metadata.version("zxing-cpp")  # is installed
    assert packages.installed(("zxing-cpp", "no-such-thing")) == {}


def fake_distribution(monkeypatch, folder, *files):
    write(folder / "odd-1.dist-info/WHEEL", "Root-Is-Purelib: true\nTag: py3-none-any\n")
    write(folder / "odd-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: odd\nVersion: 1\n")
    record = "\n".join(f"{name},," for name in files)
    write(folder / "odd-1.dist-info/RECORD", record)
    monkeypatch.setattr(sys, "path", [str(folder)])
    importlib.invalidate_caches()


def test_a_package_leads_nowhere_else(tmp_path, monkeypatch):
    write(tmp_path / "secret.py", "PASSWORD = 1\n")
    site = tmp_path / "site"
    good = write(site / "odd/good.py", "")
    (site / "odd/link.py").symlink_to(tmp_path / "secret.py")
    record = ["odd/good.py", "odd/link.py", "../secret.py", str(tmp_path / "secret.py"), "odd/a.so"]
    fake_distribution(monkeypatch, site, *record)
    assert packages.installed(("odd",)) == {f"{packages.FOLDER}/odd/good.py": good}


def test_the_box_prefers_its_own_packages(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", ["own"])
    on_the_box.make_importable(tmp_path)
    on_the_box.make_importable(tmp_path)
    on_the_box.make_importable(tmp_path / "missing")
    assert sys.path == ["own", str(tmp_path)]


def test_both_sides_mean_the_same_folder():
    assert OURS / packages.FOLDER == on_the_box.FOLDER


def test_a_box_imports_what_it_was_sent(stock, tmp_path, monkeypatch):
    _etag, archive = handlers.build([stock, OURS], packages.installed(("pyserial",)))
    zipfile.ZipFile(io.BytesIO(archive)).extractall(tmp_path / "box")
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in [name for name in sys.modules if name.partition(".")[0] == "serial"]:
        monkeypatch.delitem(sys.modules, name)
    sys.path[:] = [path for path in sys.path if "site-packages" not in path]
    on_the_box.make_importable(tmp_path / "box" / packages.FOLDER)
    serial = importlib.import_module("serial")
    assert Path(serial.__file__).is_relative_to(tmp_path)
