"""Which internet addresses are the public internet, and how to connect to nothing else.

The check is on the address that is then connected to, never on the name: a name can resolve to anything, and the C
library reads `127.1` and `0x7f.1` as addresses too.
"""

import asyncio
import ipaddress
import socket

from autogpt.core.errors import ToolError

# Python's `is_global` is true for some of these (192.0.0.192 and 192.88.99.1, tunnels to IPv4, site-local): so our own
# list. Source: IANA IPv4 and IPv6 special-purpose address registries; metadata services of cloud providers.
_REFUSED_4 = [
    ipaddress.IPv4Network(net)
    for net in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 "
        "192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 "
        "198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
    ).split()
]
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_6 = [
    ipaddress.IPv6Network(net)
    for net in "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20".split()  # Teredo and 6to4 among them
]
_TIMEOUT = 15.0


def is_public(address: str) -> bool:
    """Whether the IP address, as text, is on the public internet. False for what is no address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in net for net in _REFUSED_4)
    return ip.scope_id is None and ip in _GLOBAL_6 and not any(ip in net for net in _REFUSED_6)


async def connect_public(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the host, if every address it resolves to is public.

    Raises ToolError if one is not, OSError if the host cannot be found or reached within 15 seconds.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
    for address in addresses:
        if not is_public(address):
            raise ToolError(f"{host!r} resolves to {address}, which is not on the public internet")
    trouble: OSError = OSError(f"{host!r} has no address")
    for address in addresses:
        try:
            return await asyncio.wait_for(asyncio.open_connection(address, port), _TIMEOUT)
        except TimeoutError:
            trouble = TimeoutError(f"{address} did not answer within {_TIMEOUT:.0f} seconds")
        except OSError as error:
            trouble = error
    raise trouble
