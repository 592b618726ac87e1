"""What a simulated LLRP reader says it can do: one like Impinj's, one like Zebra's."""

import struct
from typing import NamedTuple

from . import llrp_wire as wire


class Model(NamedTuple):
    """A kind of reader. Powers are in hundredths of a dBm, the first has index 1."""

    name: str
    vendor: int
    number: int
    firmware: str
    antennas: int
    gpis: int
    gpos: int
    powers: tuple[int, ...]
    modes: tuple[int, ...]
    hopping: bool

    @property
    def has_impinj_extensions(self) -> bool:
        return self.vendor == wire.IMPINJ

    def capabilities(self) -> bytes:
        """The parameters of a GET_READER_CAPABILITIES_RESPONSE after its status."""
        limits = struct.pack("!BBHIIIII", 0x48, 1, 0, 1, 32, 1, 1508, 8)
        return b"".join(
            (
                self._general(),
                wire.parameter(wire.Par.LLRP_CAPABILITIES, limits),
                self._regulatory(),
                wire.parameter(wire.Par.C1G2_CAPABILITIES, struct.pack("!BH", 0x40, 2)),
            )
        )

    def _general(self) -> bytes:
        firmware = self.firmware.encode()
        head = struct.pack("!HHII", self.antennas, 0x4000, self.vendor, self.number)
        return wire.parameter(
            wire.Par.GENERAL,
            head + struct.pack("!H", len(firmware)) + firmware,
            wire.parameter(wire.Par.SENSITIVITY, struct.pack("!HH", 1, 0)),
            wire.parameter(wire.Par.GPIO, struct.pack("!HH", self.gpis, self.gpos)),
            *(
                wire.parameter(wire.Par.AIR_PROTOCOL, struct.pack("!HHB", number, 1, 1))
                for number in range(1, self.antennas + 1)
            ),
        )

    def _regulatory(self) -> bytes:
        powers = (
            wire.parameter(wire.Par.POWER, struct.pack("!Hh", index, power))
            for index, power in enumerate(self.powers, 1)
        )
        modes = (
            wire.parameter(
                wire.Par.RF_MODE,
                struct.pack("!IBBBBIIIII", mode, 0, 2, 0, 2, 40000, 1500, 6250, 6250, 0),
            )
            for mode in self.modes
        )
        band = wire.parameter(
            wire.Par.UHF_BAND,
            *powers,
            self._frequencies(),
            wire.parameter(wire.Par.RF_MODES, *modes),
        )
        return wire.parameter(wire.Par.REGULATORY, struct.pack("!HH", 276, 2), band)

    def _frequencies(self) -> bytes:
        if self.hopping:
            table = struct.pack("!BBHIII", 1, 0, 3, 920625, 921125, 921625)
            inner = wire.parameter(wire.Par.HOP_TABLE, table)
        else:
            table = struct.pack("!HIIII", 4, 865700, 866300, 866900, 867500)
            inner = wire.parameter(wire.Par.FIXED_FREQUENCIES, table)
        return wire.parameter(wire.Par.FREQUENCIES, bytes([self.hopping << 7]), inner)


MODELS = {
    "impinj": Model(
        name="Impinj R420",
        vendor=wire.IMPINJ,
        number=2001002,
        firmware="5.14.0.240",
        antennas=4,
        gpis=4,
        gpos=4,
        powers=tuple(range(1000, 3275, 25)),
        modes=(0, 1, 2, 3, 4, 1000, 1002),
        hopping=True,
    ),
    "zebra": Model(
        name="Zebra FX9600",
        vendor=wire.ZEBRA,
        number=96008,
        firmware="3.21.23",
        antennas=8,
        gpis=4,
        gpos=4,
        powers=tuple(range(1000, 3010, 10)),
        modes=(1, 5, 11, 22),
        hopping=False,
    ),
}
