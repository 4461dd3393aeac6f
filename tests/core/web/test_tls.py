"""The certificate of https: made for the site's names, kept while it is good, the keeper's own never touched."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

from cryptography import x509

from core.clock import machine_now
from core.web import tls


def test_a_certificate_is_made_for_the_site_s_names_and_its_key_is_the_owner_s_only(tmp_path):
    crt, key = tls.certificate(tmp_path / "state", "10.1.2.3")
    names = x509.load_pem_x509_certificate(crt.read_bytes()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert {"10.1.2.3", "127.0.0.1"} <= {str(one) for one in names.value.get_values_for_type(x509.IPAddress)}
    assert "localhost" in names.value.get_values_for_type(x509.DNSName)
    assert key.stat().st_mode & 0o777 == 0o600
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(crt, key)


def test_the_same_one_serves_until_it_is_about_to_end(tmp_path, monkeypatch):
    first = tls.certificate(tmp_path, "127.0.0.1")[0].read_bytes()
    assert tls.certificate(tmp_path, "127.0.0.1")[0].read_bytes() == first
    monkeypatch.setattr(tls, "RENEW_BEFORE", timedelta(days=400))
    again = tls.certificate(tmp_path, "127.0.0.1")[0].read_bytes()
    assert again != first
    assert x509.load_pem_x509_certificate(again).not_valid_after_utc > datetime.fromtimestamp(
        machine_now(), UTC
    ) + timedelta(days=390)


def test_the_keeper_s_own_is_left_alone_however_old(tmp_path, monkeypatch):
    monkeypatch.setattr(tls, "_name", lambda: x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "office")]))
    own = tls.certificate(tmp_path, "127.0.0.1")[0].read_bytes()
    monkeypatch.undo()
    monkeypatch.setattr(tls, "RENEW_BEFORE", timedelta(days=400))
    assert tls.certificate(tmp_path, "127.0.0.1")[0].read_bytes() == own
