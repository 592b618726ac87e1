"""Signs what a box sends and checks what its server answers."""

import hashlib
import hmac

PURPOSE = b"auto_id reads v1"


def signing_key(token: str) -> str:
    """The key that both sides derive from the pairing token; it signs messages and no more."""
    return hmac.new(token.encode(), PURPOSE, hashlib.sha256).hexdigest()


def signature(key: str, body: bytes) -> str:
    return hmac.new(key.encode("ascii"), body, hashlib.sha256).hexdigest()


def is_answer(key: str, request_signature: str, body: bytes, found: str) -> bool:
    """Whether ``found`` signs this body as the answer to this very request."""
    expected = signature(key, request_signature.encode("ascii") + b"\n" + body)
    return hmac.compare_digest(expected.encode("ascii"), found.encode("utf-8", "surrogatepass"))
