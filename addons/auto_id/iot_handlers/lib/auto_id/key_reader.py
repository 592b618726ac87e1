"""The codes in the stream of key events of one scanner."""

from collections.abc import Iterable

from .framing import Frame, framer
from .keys import END, EV_SYN, SYN_DROPPED, Event, Typist

_SYN_REPORT = 0


class KeyReader:
    """Events go in as they come, codes come out.

    A scanner types faster than any person and then falls silent: `silence` seconds without a key
    end the code of one that sends no Enter. From one that does they mean that the end got lost.
    """

    def __init__(self, typist: Typist, silence: float):
        self._typist = typist
        self._silence = silence
        self._framer = framer()
        self._last = 0.0
        self._syncing = False
        self._skipping = False
        self.torn = 0
        """Codes that were thrown away, because a part of them got lost."""

    def feed(self, events: Iterable[Event]) -> list[Frame]:
        """The codes that these events complete."""
        frames = []
        for event in events:
            if event.time - self._last > self._silence:
                frames += self._fall_silent()
            self._last = event.time
            if event.type == EV_SYN:
                self._synchronise(event.code)
            elif not self._syncing and (text := self._typist.type(event)):
                frames += self._write(text)
        return frames

    def idle(self, seconds: float) -> list[Frame]:
        """No event came for so long."""
        return self._fall_silent() if seconds >= self._silence else []

    def _synchronise(self, code: int) -> None:
        """The kernel had no room for more events; what comes up to the next report is no use."""
        if code == SYN_DROPPED:
            self._typist.forget()
            self._syncing = self._skipping = True
        elif code == _SYN_REPORT:
            self._syncing = False

    def _write(self, text: str) -> list[Frame]:
        if not self._skipping:
            return self._framer.feed(text.encode())
        if END in text:
            self._give_up()
        return []

    def _fall_silent(self) -> list[Frame]:
        if self._skipping:
            self._give_up()
            return []
        self.torn += self._framer.torn
        frame = self._framer.silence()
        return [frame] if frame else []

    def _give_up(self) -> None:
        """A code of which a part was lost has ended, too."""
        self._framer = framer()
        self._skipping = False
        self.torn += 1
