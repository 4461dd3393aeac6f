"""The certificate of ``https_port``: the keeper's own, or one that the site makes for itself and for its names."""

from __future__ import annotations

import ipaddress
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.clock import machine_now

# Browsers refuse longer ones.
VALID = timedelta(days=397)
RENEW_BEFORE = timedelta(days=30)


def certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """Certificate and key in ``folder``; made when there are none, and anew when our own is about to end."""
    crt, key = folder / "tls.crt", folder / "tls.key"
    if not (crt.exists() and key.exists()) or _is_ours_and_ends(crt):
        folder.mkdir(parents=True, exist_ok=True)
        _make(crt, key, host)
    return crt, key


def _is_ours_and_ends(path: Path) -> bool:
    found = x509.load_pem_x509_certificate(path.read_bytes())
    ours = found.issuer == found.subject == _name()
    return ours and found.not_valid_after_utc - datetime.fromtimestamp(machine_now(), UTC) < RENEW_BEFORE


def _name() -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hotline")])


def _make(crt: Path, key: Path, host: str) -> None:
    secret = ec.generate_private_key(ec.SECP256R1())
    now = datetime.fromtimestamp(machine_now(), UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(_name())
        .issuer_name(_name())
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(secret, hashes.SHA256())
    )
    # The key first: a certificate without its key would be taken for the keeper's own.
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(
            secret.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    crt.write_bytes(made.public_bytes(serialization.Encoding.PEM))


def _names(host: str) -> list[x509.GeneralName]:
    """By which the site may be called: its address, the machine's name, localhost."""
    found: list[x509.GeneralName] = []
    for name in dict.fromkeys((host, socket.gethostname(), "localhost", "127.0.0.1")):
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found
