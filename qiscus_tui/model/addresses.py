"""IP addresses as numbers: fast to compare, and sorted IPv4 before IPv6.

An IPv4 address is its 32-bit number; an IPv6 address is its 128-bit number plus 2^32. An IPv4
address that is written inside IPv6 (`::ffff:10.0.0.1`, as dual-stack servers log it) is the IPv4
address. A zone (`fe80::1%eth0`) is left out: it belongs to one machine's interface. Proxies and
logs add a port, brackets, `/32`, or further addresses behind a comma: the number is that of the
first address.
"""

import ipaddress
import re

_V6_FROM = 1 << 32
_MAPPED = bytes(10) + b"\xff\xff"
"""The first 12 bytes of an IPv6 address that holds an IPv4 address."""
_MAPPED_BITS = 96
# As texts: `re` compiles each when it is needed first. No short command needs one.
_PORT = r":[0-9]{1,5}"
_OCTETS = r"(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){0,3}"
_A_GROUP = r"[0-9a-f]{4}"
"""One group of an IPv6 address; an octet is shorter."""
_GROUPS = r"[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,7}"


def packed(text: str | None) -> int | None:
    """Return the address as a number, the first of a list; None if `text` is not an address."""
    if not text:
        return None
    address = _number(text)
    return address if address is not None else _number(_bare(text.partition(",")[0]))


def addresses_in(text: str | None) -> list[int | None]:
    """Return the number of each address of a comma list, None for one that can't be read."""
    if not text or not text.strip():
        return []
    return [_number(_bare(part)) for part in text.split(",")]


def _number(text: str) -> int | None:
    import socket

    try:
        if ":" not in text:
            return int.from_bytes(socket.inet_pton(socket.AF_INET, text.strip()))
        number = socket.inet_pton(socket.AF_INET6, text.strip().partition("%")[0])
    except (OSError, ValueError):
        return None
    if number.startswith(_MAPPED):
        return int.from_bytes(number[-4:])
    return _V6_FROM + int.from_bytes(number)


def _bare(text: str) -> str:
    """Return an address without what is written around it; empty where that says something else."""
    address, _, length = text.strip().partition("/")
    address, bracket, port = address.lower().removeprefix("[").partition("]")
    if not bracket and address.count(":") == 1:
        address, _, digits = address.partition(":")
        port = f":{digits}"
    if length and length != ("128" if ":" in address else "32"):
        return ""  # a network
    return "" if port and not re.fullmatch(_PORT, port) else address


def is_placeholder(address: int) -> bool:
    """Return whether an address, packed, is no client's: 0.0.0.0, `::`, or the server's own.

    Servers behind a proxy, and those that do not keep addresses, list one of these for everybody.
    """
    return address >> 24 in {0, 127} or address in {_V6_FROM, _V6_FROM + 1}


def surroundings(address: int) -> int:
    """Return the first address, packed, of the /24 (IPv6: /48) of a packed address."""
    if address < _V6_FROM:
        return address >> 8 << 8
    return ((address - _V6_FROM) >> 80 << 80) + _V6_FROM


def surroundings_text(first: int) -> str:
    """Return the result of `surroundings` as CIDR: `10.2.0.0/24`."""
    if first < _V6_FROM:
        return f"{address_text(first)}/24"
    return str(ipaddress.IPv6Network((first - _V6_FROM, 48)))


def network_of(ip: str | None) -> str:
    """Return the /24 (IPv6: /48) of an address; the text itself where it is not an address."""
    address = packed(ip)
    return (ip or "") if address is None else surroundings_text(surroundings(address))


def address_text(address: int) -> str:
    """Return a packed address as it is mostly written: `10.2.0.7`, `2001:db8::1`."""
    if address < _V6_FROM:
        import socket

        return socket.inet_ntoa(address.to_bytes(4))
    return str(ipaddress.IPv6Address(address - _V6_FROM))


def network(text: str) -> tuple[int, int]:
    """Return the first and last address, packed, of `named_network`. Raises ValueError."""
    return bounds(named_network(text))


def named_network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """Return the network that a filter or the configuration names. Raises ValueError.

    Whole octets or groups from the left (`10.2` is 10.2.x.x, `2001:db8` is 2001:db8::/32, and
    `2001` is 2001::/16), a whole address, or CIDR.
    """
    wanted = text.lower()
    if "%" in wanted:  # a zone belongs to one machine's interface, not to an address
        raise ValueError(text)
    if "/" in wanted:
        return ipaddress.ip_network(wanted, strict=False)
    if ":" in wanted or re.fullmatch(_A_GROUP, wanted):
        return _groups(wanted)
    octets = wanted.removesuffix(".")
    parts = octets.split(".")
    whole = len(parts) == 4
    if not re.fullmatch(_OCTETS, octets) or (whole and octets != wanted):
        raise ValueError(text)
    padded = ".".join(parts + ["0"] * (4 - len(parts)))
    return ipaddress.IPv4Network(f"{padded}/{8 * len(parts)}")


def _groups(wanted: str) -> ipaddress.IPv6Network:
    """`2001:db8`, `2001:db8:` and `2001:db8::` are the first groups; others whole addresses."""
    groups = wanted.rstrip(":")
    if re.fullmatch(_GROUPS, groups) and len(wanted) - len(groups) <= 2:
        count = groups.count(":") + 1
        if count < 8:
            return ipaddress.IPv6Network(f"{groups}::/{16 * count}")
    return ipaddress.IPv6Network(wanted)


def bounds(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> tuple[int, int]:
    """Return the first and last address of a network, packed."""
    first, last = int(network.network_address), int(network.broadcast_address)
    if isinstance(network, ipaddress.IPv4Network):
        return first, last
    mapped = network.network_address.ipv4_mapped
    if mapped is not None and network.prefixlen >= _MAPPED_BITS:
        return int(mapped), int(mapped) + last - first
    return _V6_FROM + first, _V6_FROM + last
