"""Integrations that the admin named in the configuration."""

import ipaddress

from msgspec import Struct

from qiscus_tui.model.client_names import client_family


class Known(Struct, frozen=True):
    """A working integration, identified by client and network; either may be left out."""

    label: str
    client: str = ""
    """The beginning of its user agent or client name, or the name without version; in any case."""
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None
    protect: bool = False
    """Keep its sessions out of plans."""

    def matches(self, client: str, user_agent: str | None, ip: str | None) -> bool:
        """Return whether a session with these belongs to this integration."""
        wanted = self.client.casefold()
        if wanted and not (
            client.casefold().startswith(wanted)
            or (user_agent or "").casefold().startswith(wanted)
            or client_family(client).casefold() == wanted
        ):
            return False
        if self.network is None:
            return bool(wanted)
        try:
            address = ipaddress.ip_address((ip or "").strip())
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            # Dual-stack servers log 10.2.0.7 as ::ffff:10.2.0.7.
            return address.ipv4_mapped in self.network or address in self.network
        return address in self.network

    def covers(self, other: "Known") -> bool:
        """Return whether every session of the other one belongs to this one too."""
        if not other.client.casefold().startswith(self.client.casefold()):
            return False
        if self.network is None or other.network is None:
            return self.network is None
        if isinstance(self.network, ipaddress.IPv4Network):
            return isinstance(other.network, ipaddress.IPv4Network) and other.network.subnet_of(
                self.network
            )
        return isinstance(other.network, ipaddress.IPv6Network) and other.network.subnet_of(
            self.network
        )
