"""CIDR functions."""

from __future__ import annotations

import ipaddress

from nhilint.sources.terraform.registry import Table, pure
from nhilint.sources.terraform.typed import STRING, list_of

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(prefix: str) -> Network:
    return ipaddress.ip_network(prefix, strict=False)


def _nth(prefix: str, newbits: int, number: int) -> str:
    network = _network(prefix)
    length = network.prefixlen + newbits
    if newbits < 0 or length > network.max_prefixlen or not 0 <= number < 2**newbits:
        raise ValueError("there is no such subnet")
    address = int(network.network_address) + (number << (network.max_prefixlen - length))
    return f"{type(network.network_address)(address)}/{length}"


def _host(prefix: str, number: int) -> str:
    network = _network(prefix)
    if not -network.num_addresses <= number < network.num_addresses:
        raise ValueError("there is no such host")
    return str(network[number])


def _netmask(prefix: str) -> str:
    return str(_network(prefix).netmask)


def _subnets(prefix: str, *newbits: int) -> list[str]:
    network = _network(prefix)
    position, found = int(network.network_address), []
    for bits in newbits:
        length = network.prefixlen + bits
        if bits < 1 or length > network.max_prefixlen:
            raise ValueError("the subnet does not fit")
        size = 1 << (network.max_prefixlen - length)
        position = (position + size - 1) // size * size
        if position + size > int(network.network_address) + network.num_addresses:
            raise ValueError("there is not enough room")
        found.append(f"{type(network.network_address)(position)}/{length}")
        position += size
    return found


FUNCTIONS: Table = {
    "cidrsubnet": pure(_nth, "string"),
    "cidrhost": pure(_host, "string"),
    "cidrnetmask": pure(_netmask, "string"),
    "cidrsubnets": pure(_subnets, "list", list_of(STRING)),
}
