"""The signature of a batch, against values worked out with another implementation."""

from auto_id.iot_handlers.lib.auto_id.signing import signature, signing_key


def test_known_values():
    # printf 'auto_id reads v1' | openssl dgst -sha256 -hmac secret
    key = signing_key("secret")
    assert key == "f287f04846d405f8e88a41d425145df97873d724f668d37ca297d9faf310699f"
    assert (
        signature(key, b'{"box": "x"}')
        == "f4112bb18ce66d1da34beef5eb16b46fbf8db07639fe2b53c927cad3a0bfa5b6"
    )


def test_key_does_not_show_the_token_and_depends_on_it():
    assert "token" not in signing_key("token")
    assert signing_key("token") != signing_key("token2")
