"""How a box proves that a batch is its own: a token, and what follows from it."""

import hashlib
import hmac
import secrets

PURPOSE = b"auto_id reads v1"


def new_secret() -> str:
    """Text that nobody guesses, without the ``|`` that separates the parts of a pairing line."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What the server keeps of a token; the token holds 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def signing_key(token: str) -> str:
    """The key that both sides derive from the token, for one purpose only."""
    return hmac.new(token.encode("utf-8", "surrogatepass"), PURPOSE, hashlib.sha256).hexdigest()


def sign(key: str, body: bytes) -> str:
    """The signature of ``body`` in hexadecimal; the key is used as ASCII bytes."""
    return hmac.new(key.encode("ascii"), body, hashlib.sha256).hexdigest()


def is_signed(key: str, body: bytes, signature: str) -> bool:
    """Whether ``signature`` is right, in a time that does not tell how much of it is."""
    return hmac.compare_digest(
        sign(key, body).encode("ascii"), signature.encode("utf-8", "surrogatepass")
    )


def sign_answer(key: str, request_signature: str, body: bytes) -> str:
    """The signature of an answer, good for the one request that it answers."""
    return sign(key, request_signature.encode("ascii") + b"\n" + body)
