"""What to ask of an LLRP reader, and what its answers mean; pure, without a connection.

Messages are the dictionaries that `sllurp` en- and decodes (see `llrp_link`).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .smoothing import Report, Thresholds, sides

PORT = 5084
IMPINJ = 25882
ROSPEC = 1
_PHASE_STEPS = 4096
_JUMP = 5.0
_CREEP = 1e-3


class LlrpError(ConnectionError):
    """The reader cannot be used as it is; the message says why, and what to do."""


class Capabilities(NamedTuple):
    """What a reader can do. `powers` are dBm by index; `hop_table` 0 in fixed-channel regions."""

    vendor: int
    antennas: int
    outputs: int
    inputs: int
    powers: Mapping[int, float]
    modes: frozenset[int]
    hop_table: int

    @property
    def is_impinj(self) -> bool:
        return self.vendor == IMPINJ


def address(place: str) -> tuple[str, int]:
    """Host and port of a reader.

    >>> address("10.0.0.9"), address("[fe80::1]:5085")
    (('10.0.0.9', 5084), ('fe80::1', 5085))
    """
    parts = urlsplit(f"//{place}")
    return parts.hostname or "", parts.port or PORT


def capabilities(message: Mapping[str, Any]) -> Capabilities:
    """From a decoded GET_READER_CAPABILITIES_RESPONSE, whatever parts a reader leaves out."""
    general = message.get("GeneralDeviceCapabilities") or {}
    band = (message.get("RegulatoryCapabilities") or {}).get("UHFBandCapabilities") or {}
    pins = general.get("GPIOCapabilities") or {}
    frequencies = band.get("FrequencyInformation") or {}
    tables = frequencies.get("FrequencyHopTable") or [{"HopTableId": 1}]
    modes = (band.get("UHFC1G2RFModeTable") or {}).get("UHFC1G2RFModeTableEntry") or []
    return Capabilities(
        vendor=general.get("DeviceManufacturerName", 0),
        antennas=general.get("MaxNumberOfAntennaSupported", 0),
        outputs=pins.get("NumGPOs", 0),
        inputs=pins.get("NumGPIs", 0),
        powers={
            entry["Index"]: _signed(entry["TransmitPowerValue"]) / 100
            for entry in band.get("TransmitPowerLevelTableEntry") or []
        },
        modes=frozenset(entry["ModeIdentifier"] for entry in modes),
        hop_table=tables[0]["HopTableId"] if frequencies.get("Hopping") else 0,
    )


def power_index(powers: Mapping[int, float], dbm: float) -> int:
    """The reader's power next below what is asked for: more may not be legal.

    >>> power_index({1: 10.0, 2: 20.0, 3: 30.0}, 29.9), power_index({1: 10.0}, 3)
    (2, 1)
    """
    if not powers:
        raise LlrpError("The reader does not say which powers it has; set no power")
    allowed = [index for index, power in powers.items() if power <= dbm]
    if allowed:
        return max(allowed, key=powers.__getitem__)
    return min(powers, key=powers.__getitem__)


def rospec(settings: Mapping[str, Any], able: Capabilities) -> dict[str, Any]:
    """What the reader shall do: read with these antennas, at once, until told otherwise.

    :raises LlrpError: when it cannot do what the settings want
    """
    antennas = settings["antennas"]
    numbers = [antenna["number"] for antenna in antennas] or [0]  # 0: all it has
    if able.antennas and max(numbers) > able.antennas:
        raise LlrpError(f"There is no antenna {max(numbers)}: this reader has {able.antennas}")
    mode = settings["mode_index"]
    if mode and mode not in able.modes:
        known = ", ".join(map(str, sorted(able.modes)))
        raise LlrpError(f"There is no mode {mode}: this reader has {known}")
    powers = {antenna["number"]: antenna["power"] for antenna in antennas}
    configured = [_antenna(number, powers.get(number, 0), settings, able) for number in numbers]
    return {
        "ROSpecID": ROSPEC,
        "Priority": 0,
        "CurrentState": "Disabled",
        "ROBoundarySpec": {
            "ROSpecStartTrigger": {"ROSpecStartTriggerType": "Immediate"},
            "ROSpecStopTrigger": {"ROSpecStopTriggerType": "Null", "DurationTriggerValue": 0},
        },
        "AISpec": [
            {
                "AntennaID": numbers,
                "AISpecStopTrigger": {"AISpecStopTriggerType": "Null", "DurationTriggerValue": 0},
                "InventoryParameterSpec": [
                    {
                        "InventoryParameterSpecID": 1,
                        "ProtocolID": 1,  # EPCglobal Class 1 Generation 2, ISO 18000-63
                        "AntennaConfiguration": configured,
                    }
                ],
            }
        ],
        "ROReportSpec": _report_spec(able),
    }


def _antenna(number: int, power: float, settings: Mapping, able: Capabilities) -> dict[str, Any]:
    inventory: dict[str, Any] = {
        "TagInventoryStateAware": False,
        "C1G2SingulationControl": {
            "Session": int(settings["session"]),
            "TagPopulation": settings["tag_population"],
            "TagTransitTime": 0,
        },
    }
    if settings["mode_index"]:
        inventory["C1G2RFControl"] = {"ModeIndex": settings["mode_index"], "Tari": 0}
    antenna = {"AntennaID": number, "C1G2InventoryCommand": [inventory]}
    if power:
        antenna["RFTransmitter"] = {
            "HopTableId": able.hop_table,
            "ChannelIndex": 1,
            "TransmitPower": power_index(able.powers, power),
        }
    return antenna


def _report_spec(able: Capabilities) -> dict[str, Any]:
    report = {
        "ROReportTrigger": "Upon_N_Tags_Or_End_Of_AISpec",
        "N": 1,  # at once: what waits for company comes too late at a door
        "TagReportContentSelector": {
            "EnableAntennaID": True,
            "EnablePeakRSSI": True,
            "EnableFirstSeenTimestamp": True,
            "EnableLastSeenTimestamp": True,
            "EnableTagSeenCount": True,
        },
    }
    if able.is_impinj:
        report["ImpinjTagReportContentSelector"] = {
            "ImpinjEnableRFPhaseAngle": {"RFPhaseAngleMode": 1},
            "ImpinjEnablePeakRSSI": {"PeakRSSIMode": 1},
        }
    return report


def reader_config(settings: Mapping[str, Any], able: Capabilities) -> dict[str, Any]:
    """SET_READER_CONFIG: keep alive, and tell when an input switches or an antenna falls off."""
    return {
        "ResetToFactoryDefaults": False,
        "ReaderEventNotificationSpec": {
            "EventNotificationState": {
                "GPIEvent": able.inputs > 0,
                "ReaderExceptionEvent": True,
                "AntennaEvent": True,
            }
        },
        "KeepaliveSpec": {
            "KeepaliveTriggerType": 1,
            "TimeInterval": round(settings["keepalive"] * 1000),
        },
        "GPIPortCurrentState": [
            {"GPIPortNum": port, "GPIConfig": True} for port in range(1, able.inputs + 1)
        ],
    }


class ReaderClock:
    """Brings the reader's times to ours: their order is exact, however late a report comes.

    The shortest way a report took is taken for no time at all; a reader whose clock jumps
    or runs at another pace is followed.

    >>> clock = ReaderClock()
    >>> came = (10.0, 100.0), (10.5, 101.0), (11.0, 101.0)
    >>> [round(clock.ours(stamp, now), 1) for stamp, now in came]
    [100.0, 100.5, 101.0]
    """

    def __init__(self) -> None:
        self._offset: float | None = None
        self._asked = 0.0

    def ours(self, stamp: float, now: float) -> float:
        """Our steady time of the reader's time `stamp` in a report that came at `now`; seconds."""
        seen = now - stamp
        if self._offset is None or abs(seen - self._offset) > _JUMP:
            self._offset = seen
        else:
            self._offset = min(seen, self._offset + _CREEP * max(now - self._asked, 0))
        self._asked = now
        return stamp + self._offset


def reports(tags: Iterable[Mapping[str, Any]], clock: ReaderClock, now: float) -> list[Report]:
    """The decoded tags of one RO_ACCESS_REPORT; what holds no EPC is left out."""
    found = []
    for tag in tags:
        code = tag.get("EPC")
        if not code:
            continue
        stamp = tag.get("LastSeenTimestampUTC") or tag.get("FirstSeenTimestampUTC")
        fine, phase = tag.get("ImpinjPeakRSSI"), tag.get("ImpinjRFPhaseAngle")
        found.append(
            Report(
                clock.ours(stamp / 1e6, now) if stamp else now,
                code.decode().upper(),
                tag.get("AntennaID", 0),
                tag.get("PeakRSSI") if fine is None else fine / 100,
                None if phase is None else phase * 2 * math.pi / _PHASE_STEPS,
            )
        )
    return found


def thresholds(settings: Mapping[str, Any]) -> Thresholds:
    """How the reader's settings want its reports smoothed."""
    antennas: Sequence[Mapping[str, Any]] = settings["antennas"]
    names = {antenna["zone"] for antenna in antennas if antenna["zone"]}
    zones = {name: number for number, name in enumerate(sorted(names), 1)}
    by_role = {
        role: [antenna["number"] for antenna in antennas if antenna["role"] == role]
        for role in ("out", "in")
    }
    return Thresholds(
        arrive_reads=settings["arrived_after"],
        arrive_within=settings["window"],
        rssi_min=settings["rssi_min"],
        depart_after=settings["window"],
        present_every=settings["present_every"],
        move_margin=settings["move_margin"],
        zones={a["number"]: zones[a["zone"]] for a in antennas if a["zone"]},
        sides=sides(by_role["out"], by_role["in"]) if settings["portal"] else {},
    )


def _signed(value: int) -> int:
    """Powers are signed 16-bit numbers, which sllurp reads as unsigned ones."""
    return value - 65536 if value > 32767 else value
