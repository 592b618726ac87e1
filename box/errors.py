"""Errors whose message tells the user what to do."""


class BoxError(Exception):
    """The box cannot start; the message says why and what helps."""
