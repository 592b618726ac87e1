"""Lets one process take this machine for a Raspberry Pi; Python imports it at the start.

It stands in for what only a Pi has, and for nothing else: the kernel's name, D-Bus, the network
interface, and files and devices. Those lie in the folder RASPBERRY_PI_FILES as they would lie in
`/`: what exists there hides the machine's own, and of the machine's devices nothing is seen.
What a Pi has as commands (sudo, systemctl, nmcli, git...) `stock_box.py` puts on the PATH.
"""

import builtins
import functools
import glob
import io
import os
import platform
import sys
import types
from pathlib import Path

import netifaces
import usb.core

FILES = Path(os.environ["RASPBERRY_PI_FILES"])


def place(path):
    """Where a file of the Pi really lies."""
    if isinstance(path, (str, os.PathLike)):
        name = os.fspath(path)
        if isinstance(name, str) and name.startswith("/"):
            inside = FILES / name[1:]
            if real_lexists(inside):
                return os.fspath(inside)
    return path


def of_the_pi(function):
    @functools.wraps(function)
    def call(path, *args, **kwargs):
        return function(place(path), *args, **kwargs)

    return call


def of_the_pi_glob(pathname, **kwargs):
    if not pathname.startswith("/dev/"):
        return real_glob(pathname, **kwargs)
    return [path.removeprefix(str(FILES)) for path in real_glob(f"{FILES}{pathname}", **kwargs)]


def gateways():
    """The file `gateway` holds the router's address; there is no way to 255.255.255.255."""
    return {"default": {netifaces.AF_INET: ((FILES / "gateway").read_text().strip(), "eth0")}}


def ifaddresses(_interface):
    return {
        netifaces.AF_INET: [{"addr": "127.0.0.1"}],
        netifaces.AF_LINK: [{"addr": "b8:27:eb:00:00:01"}],
    }


def dbus():
    """`dbus.mainloop.glib.DBusGMainLoop` is all that the box's software takes of it."""
    glib = types.ModuleType("dbus.mainloop.glib")
    glib.DBusGMainLoop = lambda set_as_default: None
    for name in ("dbus", "dbus.mainloop"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules[glib.__name__] = glib


real_glob = glob.glob
real_lexists = os.path.lexists
builtins.open = io.open = of_the_pi(io.open)
os.open = of_the_pi(os.open)
os.stat = of_the_pi(os.stat)
glob.glob = of_the_pi_glob
netifaces.gateways = gateways
netifaces.interfaces = lambda: ["eth0"]
netifaces.ifaddresses = ifaddresses
platform.release = lambda: "6.12.47+rpt-rpi-v8"
usb.core.find = lambda *_args, **_kwargs: iter(())
dbus()
