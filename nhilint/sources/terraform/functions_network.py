"""CIDR functions, with the arithmetic of the library that Terraform uses: it never looks at the sign of a number."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from nhilint.sources.terraform.registry import Beyond, Table, pure
from nhilint.sources.terraform.typed import STRING, list_of

MAPPED = 0xFFFF
"""The upper bits of an IPv6 address that stands for an IPv4 one."""


@dataclass(frozen=True, slots=True)
class Network:
    """A block of addresses."""

    address: int
    length: int
    bits: int
    """32 or 128."""

    @property
    def is_v4(self) -> bool:
        """Whether its addresses are written as IPv4."""
        return self.bits == 32 or self.address >> 32 == MAPPED

    @property
    def last(self) -> int:
        """The highest address."""
        return self.address | ((1 << (self.bits - self.length)) - 1)


def read(prefix: str) -> Network:
    """A block as it is written; raises `ValueError`."""
    address, slash, length = prefix.partition("/")
    if not slash or not (length.isascii() and length.isdigit()) or len(length) > 4:
        raise ValueError("not a CIDR prefix")
    if ":" not in address:
        numbers = address.split(".")
        if len(numbers) != 4 or not all(n.isascii() and n.isdigit() and len(n) < 8 and int(n) < 256 for n in numbers):
            raise ValueError("not an IP address")
        value, bits = int.from_bytes(bytes(int(n) for n in numbers), "big"), 32
    else:
        if "%" in address:
            raise ValueError("not an IP address")
        value, bits = int(ipaddress.IPv6Address(address)), 128
    return block(value, int(length), bits)


def block(address: int, length: int, bits: int) -> Network:
    """The block of a length that an address lies in."""
    if not 0 <= length <= bits:
        raise ValueError("the prefix is longer than the address")
    return Network(address >> (bits - length) << (bits - length), length, bits)


def address_text(value: int, bits: int) -> str:
    """An address as Go writes it."""
    if bits == 32 or value >> 32 == MAPPED:
        return str(ipaddress.IPv4Address(value & 0xFFFFFFFF))
    return str(ipaddress.IPv6Address(value))


def network_text(network: Network) -> str:
    """A block as Go writes it."""
    mapped = network.bits == 128 and network.is_v4
    length = network.length - 96 if mapped else network.length
    if length < 0:
        raise ValueError("the block has no spelling")
    return f"{address_text(network.address, network.bits)}/{length}"


def _whole(value: float) -> int:
    if not isinstance(value, int):
        raise ValueError("a whole number is required")
    return value


def _insert(address: int, number: int, length: int, bits: int) -> int:
    """A number put behind so many bits of an address, in two's complement, and the sign forgotten."""
    if length > bits:
        raise ValueError("there is no such subnet")
    found = abs(address | (number << (bits - length)))
    if found >= 1 << bits:
        raise ValueError("the number is too large")
    return found


def _subnet(prefix: str, newbits: float, number: float) -> str:
    network, extra, which = read(prefix), _whole(newbits), _whole(number)
    if abs(extra) > 1 << 16 or which.bit_length() > 4096:
        raise ValueError("the number is too large")
    most = (((1 << extra) if 0 <= extra < 64 else 0) - 1) % (1 << 64)
    length = network.length + extra
    if not 0 <= length <= network.bits or abs(which) % (1 << 64) > most:
        raise ValueError("there is no such subnet")
    return network_text(Network(_insert(network.address, which, length, network.bits), length, network.bits))


def _host(prefix: str, number: float) -> str:
    network, which = read(prefix), _whole(number)
    if which.bit_length() > 4096:
        raise ValueError("the number is too large")
    most = (1 << (network.bits - network.length)) - 1
    low = (which + (1 << 63)) % (1 << 64) - (1 << 63)  # the library compares only these bits
    if which < 0:
        low = -which - 1
        which = most - low
    if low > most:
        raise ValueError("there is no such host")
    return address_text(_insert(network.address, which, 32 if network.is_v4 else 128, network.bits), network.bits)


def _netmask(prefix: str) -> str:
    network = read(prefix)
    if not network.is_v4:
        raise ValueError("IPv6 has no netmasks")
    mask = ((1 << network.length) - 1) << (network.bits - network.length)
    return address_text(mask, network.bits)


def _subnets(prefix: str, *newbits: float) -> list[str]:
    network = read(prefix)
    if network.is_v4 and network.bits == 128:
        raise Beyond("IPv4 addresses within IPv6 are not divided by nhilint")
    bits = network.bits
    found: list[str] = []
    before = (network.address - 1) % (1 << bits)
    current = block(before, network.length + _whole(newbits[0]), bits) if newbits else network
    for extra in newbits:
        if not 1 <= _whole(extra) <= 32:
            raise ValueError("a subnet is longer by 1 to 32 bits")
        length = network.length + _whole(extra)
        after = (block(current.last, length, bits).last + 1) % (1 << bits)
        current = block(after, length, bits)
        if after == 0 or not network.address <= current.address <= network.last:
            raise ValueError("there is not enough room")
        found.append(network_text(current))
    return found


FUNCTIONS: Table = {
    "cidrsubnet": pure(_subnet, "string"),
    "cidrhost": pure(_host, "string"),
    "cidrnetmask": pure(_netmask, "string"),
    "cidrsubnets": pure(_subnets, "list", list_of(STRING)),
}
