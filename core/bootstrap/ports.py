"""Are the addresses of a site free: asked before anything is started or written; who refuses names the setting."""

from __future__ import annotations

import errno
import socket

from core.config import Settings
from core.errors import ConfigError


def check_ports(settings: Settings) -> None:
    """``ConfigError`` naming the setting when an address cannot be bound."""
    check_port_free("http_port", settings.http_host, settings.http_port, socket.SOCK_STREAM)
    check_port_free("sip_port", settings.sip_host, settings.sip_port, socket.SOCK_DGRAM)
    check_voice_ports(settings)


def check_port_free(setting: str, host: str, port: int, kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise _in_words(problem, setting, host, port) from problem


def check_voice_ports(settings: Settings) -> None:
    """At least one pair of the range; those that other programs hold are passed over later."""
    first = settings.rtp_from + settings.rtp_from % 2
    for port in range(first, settings.rtp_to, 2):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((settings.rtp_host, port))
            except OSError as problem:
                if problem.errno != errno.EADDRINUSE:
                    raise _in_words(problem, "rtp_from", settings.rtp_host, port) from problem
                continue
            return
    raise ConfigError(
        "All voice ports from {first} to {last} on {host} are taken by other programs.",
        field="rtp_from",
        remedy="End the program that uses them, or choose other ports with --rtp-ports.",
        first=settings.rtp_from,
        last=settings.rtp_to,
        host=settings.rtp_host,
    )


def _in_words(problem: OSError, setting: str, host: str, port: int) -> ConfigError:
    if problem.errno == errno.EADDRINUSE:
        return ConfigError(
            "Port {port} on {host} is used by another program.",
            field=setting,
            remedy="End the program that uses it, or choose another port with --http or --sip.",
            port=port,
            host=host,
        )
    if problem.errno == errno.EACCES:
        return ConfigError(
            "Port {port} on {host} is not open to this user.",
            field=setting,
            remedy="Choose a port above 1023.",
            port=port,
            host=host,
        )
    if problem.errno == errno.EADDRNOTAVAIL or isinstance(problem, socket.gaierror):
        return ConfigError(
            "This machine has no address {host}.",
            field=setting.replace("_port", "_host").replace("_from", "_host"),
            remedy="Use an address of this machine, or 127.0.0.1.",
            host=host,
        )
    return ConfigError(
        "Port {port} on {host} cannot be used: {problem}.",
        field=setting,
        remedy="End the program that uses it, or choose another port with --http or --sip.",
        port=port,
        host=host,
        problem=problem.strerror,
    )
