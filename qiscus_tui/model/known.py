"""Integrations that the admin named in the configuration."""

import ipaddress

from msgspec import Struct


class Known(Struct, frozen=True):
    """A working integration, told by client and network. What is not given matches all."""

    label: str
    client: str = ""
    """Its user agent or client name begins with this, whatever the case."""
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None
    protect: bool = False
    """Keep its sessions out of plans."""

    def matches(self, client: str, user_agent: str | None, ip: str | None) -> bool:
        """Whether a session with these is this integration's."""
        wanted = self.client.casefold()
        if wanted and not (
            client.casefold().startswith(wanted) or (user_agent or "").casefold().startswith(wanted)
        ):
            return False
        if self.network is None:
            return bool(wanted)
        try:
            address = ipaddress.ip_address((ip or "").strip())
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            # As dual-stack servers log IPv4: ::ffff:10.2.0.7 is 10.2.0.7.
            return address.ipv4_mapped in self.network or address in self.network
        return address in self.network
