"""What a form puts into a page's address is answered with the sealed one."""

from core.web.number_seal import NumberSeal
from dashboards.sealed_addresses import SealedAddresses

SEAL = NumberSeal(b"secret")


def sealed(query):
    return SealedAddresses(None, SEAL).sealed(query)


def test_a_number_is_sealed_and_the_rest_of_the_filter_stays():
    made = sealed("day=today&caller=139+0000+0042&queue=")
    assert made.startswith("day=today&caller=~")
    assert "0042" not in made
    assert "queue" not in made


def test_what_holds_no_number_stays_as_it_is():
    for query in (
        "",
        "day=today",
        "caller=",
        "caller=8001",
        f"caller={SEAL.seal('13900000042')}",
        "caller=139****0042",
    ):
        assert sealed(query) == query
