"""What is wrong with an event, a document or a query."""


class EpcisError(ValueError):
    """An event, document or query that the standard does not allow."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message
