"""Signs a batch of reads, so that the server knows which box sent it."""

import hashlib
import hmac

PURPOSE = b"auto_id reads v1"


def signing_key(token: str) -> str:
    """The key that both sides derive from the pairing token; it signs reads and no more."""
    return hmac.new(token.encode(), PURPOSE, hashlib.sha256).hexdigest()


def signature(key: str, body: bytes) -> str:
    return hmac.new(key.encode("ascii"), body, hashlib.sha256).hexdigest()
