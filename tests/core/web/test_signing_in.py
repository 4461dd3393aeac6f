"""Log-in page, cookies, CSRF, bearer tokens, lock-out, log-out."""

import asyncio
import json
import time

import httpx
import pytest

from core.web.attempts import FAMILIAR_EVERY_S
from core.web.auth import Sessions
from core.web.routes.login import local_path
from tests.core.web.conftest import PASSWORD


async def test_an_anonymous_page_leads_to_the_log_in_and_back(site):
    client = site.anonymous()
    answer = await client.get("/calls?queue=general")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fcalls%3Fqueue%3Dgeneral")
    page = await client.get(answer.headers["location"])
    assert 'value="/calls?queue=general"' in page.text
    answer = await client.post(
        "/login", data={"username": "supervisor", "password": PASSWORD, "next": "/calls?queue=general"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/calls?queue=general")
    assert (await client.get("/api/v1/me")).json()["role"] == "supervisor"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/live",
        "/api/v1/me",
        "/_dash-layout",
        "/_dash-dependencies",
        "/assets/theme.css",
        "/_dash-component-suites/x.js",
        "/ws/live",
    ],
)
async def test_an_anonymous_program_gets_a_problem(site, path):
    answer = await site.anonymous().get(path)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_signed_in"


async def test_an_anonymous_callback_is_refused_before_its_body_is_read(site):
    assert (await site.anonymous().post("/_dash-update-component", json={})).status_code == 401


async def test_the_session_cookie_is_not_for_scripts_and_not_for_other_sites(site):
    answer = await site.anonymous().post("/login", data={"username": "qa", "password": PASSWORD})
    session, browser, csrf = sorted(answer.headers.get_list("set-cookie"), reverse=True)
    assert browser.startswith("hotline_browser=")
    assert "httponly" in browser.lower()
    assert session.startswith("hotline_session=")
    assert "httponly" in session.lower()
    assert "samesite=lax" in session.lower()
    assert csrf.startswith("_csrf_token=")
    assert "httponly" not in csrf.lower()


async def test_a_wall_stays_signed_on_for_weeks_because_nobody_stands_there_at_night(site):
    def seconds(answer):
        cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("hotline_session="))
        return int(cookie.lower().split("max-age=")[1].split(";")[0])

    wall = await site.anonymous().post("/login", data={"username": "wallboard", "password": PASSWORD})
    desk = await site.anonymous().post("/login", data={"username": "qa", "password": PASSWORD})
    assert seconds(wall) == 90 * 86400
    assert seconds(desk) == 12 * 3600


async def test_a_change_without_the_csrf_header_is_refused(site, core):
    browser = await site.browser("agent8001")
    wanted = {"state": "ready"}
    assert (await browser.post("/api/v1/agents/8001/state", json=wanted)).status_code == 200
    other = await site.browser("agent8002")
    for header in ("", "x" * 64, other.headers["X-CSRFToken"], "口令".encode()):
        answer = await browser.post("/api/v1/agents/8001/state", json=wanted, headers={"X-CSRFToken": header})
        assert answer.status_code == 403
        assert answer.json()["field"] == "X-CSRFToken"
    assert len(core.asked) == 1


async def test_log_out_ends_the_session_for_good(site):
    browser = await site.browser("qa")
    kept = httpx.Cookies(browser.cookies)
    assert (await browser.post("/logout", headers={"X-CSRFToken": "wrong"})).status_code == 403
    assert (await browser.post("/logout")).status_code == 303
    assert "hotline_session" not in browser.cookies
    thief = site.anonymous(cookies=kept)
    assert (await thief.get("/api/v1/me")).status_code == 401


async def test_log_out_works_from_a_plain_form(site):
    browser = await site.browser("qa")
    token = browser.headers.pop("X-CSRFToken")
    assert (await browser.post("/logout", data={"_csrf_token": token})).status_code == 303
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_a_log_in_from_another_site_is_refused(site):
    answer = await site.anonymous().post(
        "/login", data={"username": "qa", "password": PASSWORD}, headers={"Origin": "http://elsewhere.example"}
    )
    assert answer.status_code == 403


async def test_a_wrong_password_says_so_on_the_page_in_chinese_or_english(site):
    wrong = {"username": "<qa>", "password": "no"}
    answer = await site.anonymous().post("/login", data=wrong)
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert "&lt;qa&gt;" in answer.text
    english = site.anonymous()
    assert 'lang="en"' in (await english.get("/login?lang=en")).text
    assert "User name or password is wrong." in (await english.post("/login", data=wrong)).text


def from_address(site, address, **more):
    """A client of its own address: all of 127.0.0.0/8 is this machine."""
    return site.anonymous(transport=httpx.AsyncHTTPTransport(local_address=address), **more)


async def tried(client, name, password="no"):
    return (await client.post("/api/v1/token", data={"username": name, "password": password})).status_code


async def test_five_failures_lock_the_guesser(site):
    client = site.anonymous()
    for _ in range(5):
        assert await tried(client, "qa") == 401
    answer = await client.post("/api/v1/token", data={"username": "qa", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
    assert "retry-after" in answer.headers
    assert await tried(client, "director", PASSWORD) == 200


async def test_whoever_guesses_elsewhere_locks_nobody_out_who_is_where_he_usually_is(site):
    at_home = from_address(site, "127.0.0.2")
    assert await tried(at_home, "qa", PASSWORD) == 200
    for address in ("127.0.0.3", "127.0.0.4"):
        guesser = from_address(site, address)
        assert [await tried(guesser, "qa") for _ in range(7)] == [401] * 5 + [429] * 2
    assert await tried(at_home, "qa", PASSWORD) == 200


async def test_the_usual_place_is_remembered_over_a_restart(site):
    at_home = from_address(site, "127.0.0.2")
    assert await tried(at_home, "qa", PASSWORD) == 200
    fresh = Sessions(site.web.settings, site.web.database)
    assert ("127.0.0.2", "qa") in await fresh._familiar()
    fresh.close()


async def test_a_person_gets_in_where_he_usually_is_though_somebody_guesses_at_the_same_address(site):
    client = site.anonymous()
    assert await tried(client, "qa", PASSWORD) == 200
    for _ in range(5):
        assert await tried(client, "qa") == 401
    # The next one is looked at, and was a guess; then they wait.
    assert [await tried(client, "qa"), await tried(client, "qa", PASSWORD)] == [401, 429]
    site.web.sessions._attempts._clock = lambda: time.monotonic() + FAMILIAR_EVERY_S
    assert await tried(client, "qa", PASSWORD) == 200


async def test_a_browser_that_has_signed_in_before_is_not_slowed_down_by_its_neighbours(site):
    browser = await site.browser("qa")
    await browser.post("/logout")
    neighbour = site.anonymous()
    for _ in range(8):
        await tried(neighbour, "qa")
    answer = await browser.post("/login", data={"username": "qa", "password": PASSWORD})
    assert answer.status_code == 303


async def test_guesses_at_once_do_not_pass_the_limit(site):
    client = site.anonymous(timeout=60)
    answers = await asyncio.gather(*(tried(client, "qa") for _ in range(40)))
    assert sorted(answers) == [401] * 5 + [429] * 35


async def test_log_ins_in_a_flood_wait_for_themselves_and_not_for_ever(site):
    """Each of another address and name, so that no count stops them: the queue does."""
    clients = [from_address(site, f"127.0.1.{number}", timeout=60) for number in range(1, 41)]
    answers = await asyncio.gather(*(tried(client, f"nobody{number}") for number, client in enumerate(clients)))
    assert set(answers) <= {401, 503}
    assert answers.count(503) > 0
    # What was not looked at was not counted.
    assert await tried(clients[-1], "nobody39") == 401


async def test_a_bearer_token_needs_no_csrf_header_and_is_no_cookie(site):
    program = await site.program("agent8001")
    assert (await program.post("/api/v1/agents/8001/state", json={"state": "ready"})).status_code == 200
    bearer = program.headers["Authorization"].removeprefix("Bearer ")
    assert (await site.anonymous(cookies={"hotline_session": bearer}).get("/api/v1/me")).status_code == 401
    assert (await site.anonymous(headers={"Authorization": f"Bearer {bearer}x"}).get("/api/v1/me")).status_code == 401


async def test_the_token_of_the_running_site_may_add_users(site, home):
    (home / "run" / "site.json").write_text(json.dumps({"token": "of-this-run"}))
    command = site.anonymous(headers={"Authorization": "Bearer of-this-run"})
    answer = await command.post("/api/v1/users", json={"name": "new", "password": PASSWORD, "role": "qa"})
    assert answer.status_code == 201
    assert (await site.browser("new")).cookies["hotline_session"]
    (home / "run" / "site.json").write_text(json.dumps({"token": ""}))
    assert (await site.anonymous(headers={"Authorization": "Bearer"}).get("/api/v1/me")).status_code == 401


async def test_the_secret_is_for_the_owner_only(site, home):
    assert (home / "state" / "web.secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/calls?a=1", "/calls?a=1"),
        ("//evil.example", "/"),
        ("http://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("", "/"),
        ("/a\r\nX: y", "/"),
        ("/login?next=/x", "/"),
    ],
)
def test_the_way_back_never_leads_to_another_host(wanted, goes):
    assert local_path(wanted) == goes
