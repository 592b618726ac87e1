"""The examples in the docstrings of the box's library are true."""

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "name",
    [
        *("cards", "decoding", "frames", "framing", "hid", "keys", "layouts", "limits", "llrp"),
        *("ndef", "places", "portal", "ports", "raw_reads", "settings", "smoothing", "speeds"),
        "symbologies",
    ],
)
def test_examples(name):
    module = importlib.import_module(f"auto_id.iot_handlers.lib.auto_id.{name}")
    found = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert found.attempted
    assert not found.failed
