"""The command line of the virtual box and the home folder that it prepares."""

import configparser
import hashlib
import os

import pytest

from box.errors import BoxError
from box.home import Home
from box.odoo_library import Library, find_library
from box.virtual_box import absolute_ports, parse, prepare

SERVER = "http://10.0.0.1:8069"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith("BOX_") or name == "ODOO_HOME"]:
        monkeypatch.delenv(name)


@pytest.fixture
def library(tmp_path):
    """What the box needs of an Odoo, with a read-only file as packages have them."""
    package = tmp_path / "library/odoo"
    drivers = package / "addons/iot_drivers"
    drivers.mkdir(parents=True)
    (package / "release.py").write_text("version_info = (19, 0, 0, 'final', 0, '')")
    (drivers / "main.py").write_text("stock = True")
    (drivers / "main.py").chmod(0o444)
    return Library(package.parent, drivers, (package / "addons",))


@pytest.fixture
def start(tmp_path, library):
    """Prepare a home as a start with these arguments does; its configuration."""

    def start(*arguments):
        home = Home(tmp_path / "home")
        prepare(home, library, parse(["--home", str(home.path), *arguments]))
        return home.read_conf()

    return start


def test_options_come_from_arguments_before_the_environment(monkeypatch, tmp_path):
    (tmp_path / "token").write_text("from-file\n")
    monkeypatch.setenv("BOX_SERVER", SERVER)
    monkeypatch.setenv("BOX_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("BOX_PORT", "9000")
    options = parse(["--port", "9001"])
    assert (options.server, options.token, options.port) == (SERVER, "from-file", 9001)


@pytest.mark.parametrize(
    "given",
    [
        [f"{SERVER}?token=secret&db_uuid=&enterprise_code="],
        [SERVER + "/", "--token", "secret"],
    ],
)
def test_a_pairing_link_holds_server_and_token(given):
    options = parse(["--server", *given])
    assert (options.server, options.token) == (SERVER, "secret")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--server", "10.0.0.1:8069"], "is no address"),
        (["--server", "ftp://host"], "is no address"),
        (["--port", "0"], "is no port"),
        (["--port", "web"], "is no port"),
        (["--token-file", "/nowhere"], "cannot be read"),
    ],
)
def test_wrong_options_are_explained(arguments, message):
    with pytest.raises(BoxError, match=message):
        parse(arguments)


def test_relative_ports_become_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert (
        absolute_ports("a=dev/tty*@9600, socket://h:1")
        == f"a={tmp_path}/dev/tty*@9600,socket://h:1"
    )


def test_identity_and_pairing_survive_restarts(start, tmp_path):
    start("--server", SERVER, "--token", "secret", "--serial", "/dev/ttyACM0")
    identity = Home(tmp_path / "home").identity()
    conf = start()
    assert Home(tmp_path / "home").identity() == identity
    assert conf["iot.box"]["token"] == "secret"
    assert conf["auto_id"]["serial_ports"] == "/dev/ttyACM0"
    assert conf["options"]["list_db"] == "False"


def test_what_the_box_page_has_paired_is_not_undone_by_the_next_start(start, tmp_path):
    given = ("--server", SERVER, "--token", "old")
    start(*given)
    home = Home(tmp_path / "home")
    home.configure({}, {"token": "new", "remote_server": "http://other"})
    assert start(*given)["iot.box"]["token"] == "new"
    assert start("--server", SERVER, "--token", "newest")["iot.box"]["token"] == "newest"


def test_another_server_means_other_handlers(start, tmp_path):
    start("--server", SERVER, "--token", "secret")
    Home(tmp_path / "home").configure({}, {"iot_handlers_etag": "etag"})
    assert start("--server", SERVER, "--token", "new")["iot.box"]["iot_handlers_etag"] == "etag"
    assert "iot_handlers_etag" not in start("--server", "http://other:1")["iot.box"]


def test_the_copy_of_iot_drivers_is_writable_and_renewed_with_odoo(start, tmp_path, library):
    start()
    copy = tmp_path / "home/odoo/addons/iot_drivers/main.py"
    copy.write_text("stock = 'with handlers of the server'")
    start()
    assert "server" in copy.read_text()
    stock = library.iot_drivers / "main.py"
    stock.chmod(0o644)
    stock.write_text("stock = 'newer'")
    Home(tmp_path / "home").configure({}, {"iot_handlers_etag": "etag"})
    conf = start()
    assert copy.read_text() == "stock = 'newer'"
    assert "iot_handlers_etag" not in conf["iot.box"]


def test_secrets_are_for_the_owner_only(start, tmp_path):
    start("--server", SERVER, "--token", "secret")
    home = tmp_path / "home"
    modes = [path.stat().st_mode & 0o077 for path in (home, home / "odoo.conf", home / "identity")]
    assert modes == [0, 0, 0]


def test_the_token_is_not_kept_twice(start, tmp_path):
    start("--server", SERVER, "--token", "secret")
    text = (tmp_path / "home/odoo.conf").read_text()
    assert text.count("secret") == 1
    assert hashlib.sha256(b"secret").hexdigest() not in text


def test_one_box_a_home(tmp_path):
    first = Home(tmp_path / "home")
    descriptor = first.lock()
    with pytest.raises(BoxError, match="running in"):
        Home(tmp_path / "home").lock()
    os.close(descriptor)
    os.close(Home(tmp_path / "home").lock())


def test_a_broken_configuration_is_named(start, tmp_path):
    start()
    (tmp_path / "home/odoo.conf").write_text("[options\nno")
    with pytest.raises(BoxError, match=r"odoo\.conf cannot be read"):
        start()


def test_an_odoo_of_the_users_own(monkeypatch, library, tmp_path):
    monkeypatch.setenv("ODOO_HOME", str(library.path))
    assert find_library() == library
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(BoxError, match="No Odoo found"):
        find_library()
    (library.path / "odoo/release.py").write_text("version_info = (18, 0, 0, 'final', 0, '')")
    monkeypatch.setenv("ODOO_HOME", str(library.path))
    with pytest.raises(BoxError, match=r"not 19\.0"):
        find_library()


def test_a_checkout_keeps_its_addons_beside_the_package(monkeypatch, library):
    root = library.path
    (root / "odoo/addons/iot_drivers").rename(root / "moved")
    (root / "addons").mkdir()
    (root / "moved").rename(root / "addons/iot_drivers")
    monkeypatch.setenv("ODOO_HOME", str(root))
    found = find_library()
    assert found.iot_drivers == root / "addons/iot_drivers"
    assert found.addons == (root / "odoo/addons", root / "addons")


def test_the_configuration_is_one_that_stock_code_reads(start, tmp_path):
    start("--server", SERVER, "--token", "100%secret")
    conf = configparser.RawConfigParser()  # as stock does
    conf.read(tmp_path / "home/odoo.conf")
    assert conf.get("iot.box", "token") == "100%secret"
