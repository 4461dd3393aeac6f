from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.telephony.signalling.digest import NONCE_LIFE_S, Digest, expected, ha1, parse

RFC_2617 = (
    'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
    'uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", '
    'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)
RFC_7616 = (
    'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm={algorithm}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, '
    'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="{response}"'
)


def test_the_example_of_rfc_2617_gives_its_published_response() -> None:
    given_ = parse(RFC_2617)
    assert expected(given_, "GET", ha1("Mufasa", "testrealm@host.com", "Circle Of Life")) == given_["response"]


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616_give_their_published_responses(algorithm: str, response: str) -> None:
    given_ = parse(RFC_7616.format(algorithm=algorithm, response=response))
    secret = ha1("Mufasa", "http-auth@example.org", "Circle of Life", algorithm)
    assert expected(given_, "GET", secret, algorithm) == response


class Client:
    """Answers a challenge as a phone does."""

    def __init__(self, digest: Digest, password: str = "secret", source: str = "") -> None:
        self.digest, self.password = digest, password
        self.nonce = re.findall(r'nonce="([^"]+)"', digest.challenge("hotline", source=source))[0]

    def header(self, *, nc: int = 1, qop: bool = True, algorithm: str = "MD5", method: str = "REGISTER") -> str:
        fields = {"username": "8001", "realm": "hotline", "nonce": self.nonce, "uri": "sip:hotline"}
        if qop:
            fields |= {"qop": "auth", "nc": f"{nc:08x}", "cnonce": "abc"}
        fields["response"] = expected(fields, method, ha1("8001", "hotline", self.password, algorithm), algorithm)
        return "Digest " + ", ".join(f'{name}="{value}"' for name, value in fields.items()) + f", algorithm={algorithm}"


SECRET = ha1("8001", "hotline", "secret")


def test_a_nonce_is_worth_nothing_from_another_address() -> None:
    digest = Digest()
    client = Client(digest, source="192.0.2.7")
    assert digest.check(client.header(), "REGISTER", SECRET, source="198.51.100.9") == "stale"
    # Not even a wrong password is learnt, or counted, from there.
    guess = Client(digest, "guess", source="192.0.2.7")
    assert digest.check(guess.header(), "REGISTER", SECRET, source="198.51.100.9") == "stale"
    assert digest.check(guess.header(), "REGISTER", SECRET, source="192.0.2.7") == "bad"
    assert digest.check(client.header(), "REGISTER", SECRET, source="192.0.2.7") == "good"


def test_the_right_password_is_good_once_and_a_recording_of_it_is_stale() -> None:
    digest = Digest()
    header = Client(digest).header()
    assert digest.check(header, "REGISTER", SECRET) == "good"
    assert digest.check(header, "REGISTER", SECRET) == "stale"


def test_a_phone_may_use_its_nonce_again_with_a_higher_count() -> None:
    digest = Digest()
    client = Client(digest)
    assert [digest.check(client.header(nc=n), "REGISTER", SECRET) for n in (1, 2, 7)] == ["good"] * 3


def test_an_old_phone_without_qop_is_good() -> None:
    digest = Digest()
    assert digest.check(Client(digest).header(qop=False), "REGISTER", SECRET) == "good"


def test_the_wrong_password_or_method_is_bad() -> None:
    digest = Digest()
    assert digest.check(Client(digest, "guess").header(), "REGISTER", SECRET) == "bad"
    assert digest.check(Client(digest).header(method="INVITE"), "REGISTER", SECRET) == "bad"


def test_a_nonce_from_before_a_restart_or_an_hour_ago_is_stale_not_bad() -> None:
    now = [1_000_000.0]
    digest = Digest(lambda: now[0])
    client = Client(digest)
    assert Digest(lambda: now[0]).check(client.header(), "REGISTER", SECRET) == "stale"
    now[0] += NONCE_LIFE_S + 1
    assert digest.check(client.header(), "REGISTER", SECRET) == "stale"


def test_an_account_with_only_a_sha_256_hash_does_not_take_md5() -> None:
    digest = Digest()
    sha = ha1("8001", "hotline", "secret", "SHA-256")
    assert digest.check(Client(digest).header(algorithm="SHA-256"), "REGISTER", "", sha) == "good"
    assert digest.check(Client(digest).header(), "REGISTER", "", sha) == "bad"


def test_commas_and_escaped_quotes_inside_quotes_do_not_split_the_header() -> None:
    assert parse(r'Digest username="a, b=\"c\"", realm=plain, uri="sip:x;y=1,2"') == {
        "username": 'a, b="c"',
        "realm": "plain",
        "uri": "sip:x;y=1,2",
    }


@given(st.text(max_size=300))
def test_no_header_makes_the_check_raise_or_pass(text: str) -> None:
    assert Digest().check(f"Digest {text}", "REGISTER", SECRET) in ("bad", "stale")
