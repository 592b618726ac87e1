"""How a simulated LLRP reader answers its client, and what it was told to do."""

import struct

from . import llrp_wire as wire
from .llrp_models import Model
from .llrp_scenes import Sight

ENABLE_EXTENSIONS = 21
"""Impinj's own message, without which such a reader refuses Impinj's parameters."""


class RefusedError(Exception):
    """The reader does not do this; a status code and the reason."""

    def __init__(self, code: int, reason: str):
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Protocol:
    """The state of a reader as its client has set it; ROSpecs outlive a connection."""

    def __init__(self, model: Model):
        self.model = model
        self.rospecs: dict[int, bool] = {}
        self.outputs: dict[int, bool] = {}
        self.antennas: dict[int, float | None] = {}
        self.session: int | None = None
        self.tag_population: int | None = None
        self.mode: int | None = None
        self.keepalive = 0
        self.reports_in_message = 0
        self.reports_phase = False
        self.wants_inputs = False
        self.acknowledged = 0
        self.closing = False
        self.is_extended = False
        self._answers = {
            wire.Kind.GET_READER_CAPABILITIES: self._get_capabilities,
            wire.Kind.GET_READER_CONFIG: self._get_config,
            wire.Kind.SET_READER_CONFIG: self._set_config,
            wire.Kind.ADD_ROSPEC: self._add_rospec,
            wire.Kind.DELETE_ROSPEC: self._delete_rospec,
            wire.Kind.START_ROSPEC: self._enable_rospec,
            wire.Kind.STOP_ROSPEC: self._disable_rospec,
            wire.Kind.ENABLE_ROSPEC: self._enable_rospec,
            wire.Kind.DISABLE_ROSPEC: self._disable_rospec,
            wire.Kind.GET_ROSPECS: self._nothing,
            wire.Kind.DELETE_ACCESSSPEC: self._nothing,
            wire.Kind.GET_ACCESSSPECS: self._nothing,
        }

    def connected(self) -> None:
        self.closing = False
        self.is_extended = False

    def disconnected(self) -> None:
        """A reader without a client reads on, as its ROSpecs say, and keeps alive nobody."""
        self.keepalive = 0

    def sees(self, sight: Sight) -> bool:
        """Whether the reader is reading, and with this antenna."""
        return any(self.rospecs.values()) and sight.antenna in self.antennas

    def answer(self, message: wire.Message) -> bytes | None:
        if message.type == wire.Kind.KEEPALIVE_ACK:
            self.acknowledged += 1
            return None
        if message.type == wire.Kind.ENABLE_EVENTS_AND_REPORTS:
            return None
        if message.type == wire.Kind.CLOSE_CONNECTION:
            self.closing = True
            return wire.message(wire.Kind.CLOSE_CONNECTION_RESPONSE, message.number, wire.status())
        if message.type == wire.CUSTOM:
            return self._custom(message)
        if message.type not in self._answers:
            refusal = wire.status(wire.Code.UNSUPPORTED_MESSAGE, f"message type {message.type}")
            return wire.message(wire.Kind.ERROR_MESSAGE, message.number, refusal)
        return wire.message(message.type + wire.RESPONSE, message.number, *self._body(message))

    def _body(self, message: wire.Message) -> tuple[bytes, bytes]:
        try:
            return wire.status(), self._answers[message.type](message.body)
        except RefusedError as refused:
            return wire.status(refused.code, refused.reason), b""
        except (wire.WireError, struct.error) as error:
            return wire.status(wire.Code.PARAMETER_ERROR, str(error)), b""

    def _custom(self, message: wire.Message) -> bytes:
        head = struct.unpack_from("!IB", message.body)
        if head != (wire.IMPINJ, ENABLE_EXTENSIONS) or not self.model.has_impinj_extensions:
            refusal = wire.status(wire.Code.UNSUPPORTED_MESSAGE, "no such custom message")
            return wire.message(wire.Kind.ERROR_MESSAGE, message.number, refusal)
        self.is_extended = True
        head = struct.pack("!IB", wire.IMPINJ, ENABLE_EXTENSIONS + 1)
        return wire.message(wire.CUSTOM, message.number, head, wire.status())

    def _nothing(self, body: bytes) -> bytes:
        return b""

    def _get_capabilities(self, body: bytes) -> bytes:
        return self.model.capabilities()

    def _get_config(self, body: bytes) -> bytes:
        identity = bytes.fromhex("0016257fff1125d6")
        parts = [wire.parameter(wire.Par.IDENTIFICATION, struct.pack("!BH", 0, 8), identity)]
        for number in range(1, self.model.antennas + 1):
            data = struct.pack("!BHh", 0x80, number, 0)
            parts.append(wire.parameter(wire.Par.ANTENNA_PROPERTIES, data))
        return b"".join(parts)

    def _set_config(self, body: bytes) -> bytes:
        for found in wire.parameters(body[1:]):
            if found.type == wire.Par.KEEPALIVE_SPEC:
                periodic, interval = struct.unpack("!BI", found.fields)
                self.keepalive = interval if periodic else 0
            elif found.type == wire.Par.GPO_WRITE:
                self._write_output(found)
            elif found.type == wire.Par.EVENT_SPEC:
                states = (struct.unpack("!HB", state.fields) for state in found.inside)
                self.wants_inputs = any(kind == 1 and flag & 0x80 for kind, flag in states)
        return b""

    def _write_output(self, found: wire.Parameter) -> None:
        port, flag = struct.unpack("!HB", found.fields)
        if not 1 <= port <= self.model.gpos:
            raise RefusedError(wire.Code.FIELD_ERROR, f"there is no output {port}")
        self.outputs[port] = bool(flag & 0x80)

    def _add_rospec(self, body: bytes) -> bytes:
        spec = next((p for p in wire.parameters(body) if p.type == wire.Par.ROSPEC), None)
        if spec is None:
            raise RefusedError(wire.Code.PARAMETER_ERROR, "a ROSpec is missing")
        (number,) = struct.unpack_from("!I", spec.fields)
        if number in self.rospecs:
            raise RefusedError(wire.Code.FIELD_ERROR, f"ROSpec {number} exists already")
        self._take_antennas(spec)
        self._take_report(spec)
        self.rospecs[number] = False
        return b""

    def _take_antennas(self, spec: wire.Parameter) -> None:
        every = range(1, self.model.antennas + 1)
        chosen: dict[int, float | None] = {}
        for aispec in spec.find(wire.Par.AISPEC):
            numbers = struct.unpack_from(f"!{len(aispec.fields) // 2 - 1}H", aispec.fields, 2)
            if unknown := [number for number in numbers if number and number not in every]:
                raise RefusedError(wire.Code.FIELD_ERROR, f"there is no antenna {unknown[0]}")
            chosen.update(dict.fromkeys(every if 0 in numbers else numbers))
        for antenna in spec.find(wire.Par.AISPEC, wire.Par.INVENTORY, wire.Par.ANTENNA):
            (number,) = struct.unpack("!H", antenna.fields)
            power = self._power(antenna)
            chosen.update(dict.fromkeys(chosen, power) if number == 0 else {number: power})
            self._take_inventory(antenna)
        self.antennas = chosen

    def _power(self, antenna: wire.Parameter) -> float | None:
        for transmitter in antenna.find(wire.Par.TRANSMITTER):
            table, _channel, index = struct.unpack("!HHH", transmitter.fields)
            if bool(table) != self.model.hopping:
                raise RefusedError(wire.Code.FIELD_ERROR, f"there is no hop table {table}")
            if not 1 <= index <= len(self.model.powers):
                raise RefusedError(wire.Code.FIELD_ERROR, f"there is no power with index {index}")
            return self.model.powers[index - 1] / 100
        return None

    def _take_inventory(self, antenna: wire.Parameter) -> None:
        for control in antenna.find(wire.Par.INVENTORY_COMMAND, wire.Par.SINGULATION):
            flags, self.tag_population, _transit = struct.unpack("!BHI", control.fields)
            self.session = flags >> 6
        for control in antenna.find(wire.Par.INVENTORY_COMMAND, wire.Par.RF_CONTROL):
            self.mode, _tari = struct.unpack("!HH", control.fields)
            if self.mode not in self.model.modes:
                raise RefusedError(wire.Code.FIELD_ERROR, f"there is no mode {self.mode}")

    def _take_report(self, spec: wire.Parameter) -> None:
        self.reports_phase = False
        for report in spec.find(wire.Par.REPORT_SPEC):
            _trigger, self.reports_in_message = struct.unpack("!BH", report.fields)
            if any(isinstance(found.type, tuple) for found in report.inside):
                if not self.is_extended:
                    raise RefusedError(wire.Code.PARAMETER_ERROR, "unknown custom parameter")
                self.reports_phase = True

    def _delete_rospec(self, body: bytes) -> bytes:
        (number,) = struct.unpack("!I", body)
        if number == 0:
            self.rospecs.clear()
        elif self.rospecs.pop(number, None) is None:
            raise RefusedError(wire.Code.FIELD_ERROR, f"there is no ROSpec {number}")
        return b""

    def _enable_rospec(self, body: bytes) -> bytes:
        return self._switch(body, True)

    def _disable_rospec(self, body: bytes) -> bytes:
        return self._switch(body, False)

    def _switch(self, body: bytes, on: bool) -> bytes:
        (number,) = struct.unpack("!I", body)
        if number and number not in self.rospecs:
            raise RefusedError(wire.Code.FIELD_ERROR, f"there is no ROSpec {number}")
        self.rospecs.update(dict.fromkeys([number] if number else self.rospecs, on))
        return b""
