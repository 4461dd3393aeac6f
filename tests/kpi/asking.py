"""Asking the office over HTTP, and days by their distance from today."""

from datetime import timedelta

from tests.clock import today

# As the run began. Facts that a module makes when it is read lie around it, and so do the days that are asked for there.
TODAY = today()


def day_as_begun(offset: int) -> str:
    return (TODAY + timedelta(days=offset)).isoformat()


def day(offset: int) -> str:
    """From today, which may be another day than the one on which the run began."""
    return (today() + timedelta(days=offset)).isoformat()


async def ask(client, method, path, status=200, **more):
    answer = await client.request(method, path, **more)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content and "json" in answer.headers["content-type"] else answer


def free_day(found, extension, first=20):
    """A day ahead on which the agent has neither shift nor leave, with free days around it."""
    for n in range(first, 60):
        near = {day(n + k) for k in (-1, 0, 1)}
        if not any(s["extension"] == extension and s["day"] in near for s in found["shifts"]):
            return day(n)
    raise AssertionError(extension)
