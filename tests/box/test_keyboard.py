"""Scanners that play keyboards, end to end: their keys become reads in Odoo's database.

This machine's kernel may let nobody make a keyboard, so the events come through pipes: the
bytes are those of the kernel, from the driver's reading of them on all is real.
"""

import os

from box.home import Home
from box.simulators.keystrokes import ENTER, input_events, keystrokes

from .processes import wait


def test_two_scanners_with_layouts_of_their_own(server, paired_box, tmp_path):
    pipes = {name: tmp_path / name for name in ("till", "dock")}
    for pipe in pipes.values():
        os.mkfifo(pipe)
    named = ", ".join(f"{name}={pipe}" for name, pipe in pipes.items())
    Home(paired_box.home).configure({}, {}, {"keyboards": named})

    def scan(name, text, layout):
        with pipes[name].open("wb") as file:
            file.write(input_events([*keystrokes(text, layout), ENTER]))

    scan("till", "01-yz", "us")
    wait(lambda: server.codes(paired_box) == ["01-yz"], 30, "the read")
    query = "SELECT id FROM auto_id_reader WHERE identifier = 'dock' AND driver = 'keyboard'"
    ((dock,),) = wait(lambda: server.query(query), 45, "the reader as the box describes it")
    listened = paired_box.log.count("Listening to dock")
    server.call("auto_id.reader", "write", [dock], {"layout": "de"})
    wait(lambda: paired_box.log.count("Listening to dock") > listened, 15, "the new settings")
    scan("dock", "]d201Yz\x1d7", "de")
    scan("till", "CARD-7", "us")
    wait(lambda: len(server.codes(paired_box)) == 3, 30, "the reads")
    assert set(server.codes(paired_box)) == {"01-yz", "]d201Yz\u241d7", "CARD-7"}
