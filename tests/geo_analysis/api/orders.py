"""Orders at places, made as an import makes them."""

from core.clock import utc_now
from core.workorders import office
from core.workorders.case import Report
from core.workorders.imported import PastOrder, keep


def reported(session, places, category="repair.leak_visible"):
    """``places``: epoch seconds, longitude and latitude of each; the ids of the orders."""
    past = [
        PastOrder(str(n), n, Report("phone", category, "normal", "漏水", "import", district="东区", address=f"示例路{n}号",
                                    longitude=x, latitude=y, caller=f"1390000{n:04d}"), at)
        for n, (at, x, y) in enumerate(places)
    ]  # fmt: skip
    outcome = keep(session, office.load(session), past, f"test{utc_now()}", utc_now())
    assert outcome.new == len(past), outcome
