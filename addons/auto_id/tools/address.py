"""Addresses that people type: of this server, and of boxes."""

import ipaddress
from urllib.parse import urlsplit

BOX_PORT = 8069


class AddressError(ValueError):
    """``code``: what is wrong with the address; the caller has words for it."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def server_origin(text: str) -> str:
    """The address of a server as a box takes it: scheme, host and port.

    >>> server_origin(" https://erp.example:8443/odoo?x#y ")
    'https://erp.example:8443'

    :raises AddressError: malformed | localhost (the box would look for it on itself)
    """
    scheme, host, port = _parts(text, ("http", "https"))
    if host.lower().rstrip(".") == "localhost":
        raise AddressError("localhost")
    return f"{scheme}://{_bracketed(host)}{f':{port}' if port else ''}"


def box_host(text: str) -> tuple[str, int]:
    """Host and port of a box's page.

    >>> box_host("192.168.1.20"), box_host("http://pi.local:80/"), box_host("[fd00::1]")
    (('192.168.1.20', 8069), ('pi.local', 80), ('fd00::1', 8069))

    :raises AddressError: malformed
    """
    text = (text or "").strip()
    _scheme, host, port = _parts(text if "://" in text else f"http://{text}", ("http",))
    return host, port or BOX_PORT


def networks(text: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Networks from a comma-separated list; what is none is left out.

    >>> networks("10.0.0.0/8, nonsense,fc00::/7")
    [IPv4Network('10.0.0.0/8'), IPv6Network('fc00::/7')]
    """
    found = []
    for entry in text.split(","):
        try:
            found.append(ipaddress.ip_network(entry.strip(), strict=False))
        except ValueError:
            continue
    return found


def is_allowed(address: str, allowed: list) -> bool:
    """Whether this IP address lies in one of the networks; IPv4 in IPv6 clothes is unclothed."""
    found = ipaddress.ip_address(address.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found.version == network.version and found in network for network in allowed)


def _parts(text: str, schemes: tuple[str, ...]) -> tuple[str, str, int | None]:
    try:
        link = urlsplit((text or "").strip())
        port = link.port
    except ValueError:
        raise AddressError("malformed") from None
    host = link.hostname or ""
    plain = host and len(host) <= 253 and host.isascii() and host.isprintable() and " " not in host
    if link.scheme not in schemes or not plain or link.username or port == 0:
        raise AddressError("malformed")
    return link.scheme, host, port


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
