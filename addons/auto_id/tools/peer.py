"""Where a box calls from."""

import ipaddress


def site(address: str) -> str:
    """The address, or for IPv6 its network: there a machine changes its own address every day.

    >>> site("192.0.2.7"), site("2001:db8:1:2:3:4:5:6"), site("::ffff:192.0.2.7"), site("nonsense")
    ('192.0.2.7', '2001:db8:1:2::/64', '192.0.2.7', 'nonsense')
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return (address or "")[:64]
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))
