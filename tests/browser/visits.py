"""A person's browser window on the running site, and what it must never do: complain, leave the house, scroll sideways."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.clock import page_clock
from tests.house.running import House

PICTURES = Path(__file__).parents[2] / "test-output"
# A page of the browser's own (no connection) has no storage.
FIRST_SCHEME = "if (origin !== 'null' && !localStorage.getItem('scheme')) localStorage.setItem('scheme', '%s')"
AT_REST = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime !== Infinity).map((one) => one.finished.catch(() => null)))"""
# Log-ins are remembered for the whole run: the password check is slow on purpose.
_signed_in: dict[tuple[int, str], list] = {}


class Visit:
    """``forgiving`` is for tests that take the site away: then failed requests are no complaint."""

    def __init__(
        self,
        browser: Browser,
        house: House,
        user: str,
        width: int,
        height: int,
        *,
        language: str = "zh_CN",
        scheme: str = "light",
        forgiving: bool = False,
    ) -> None:
        self.house, self.user, self.width = house, user, width
        # The browser's own zone is not the site's: pages must not care.
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Europe/Lisbon"
        )
        self.context.add_cookies([{"name": "lang", "value": language, "url": self.home}])
        self.context.add_cookies(_signed_in.get((house.http, user), []))
        self.context.add_init_script(page_clock())
        self.page: Page = self.context.new_page()
        self.page.add_init_script(FIRST_SCHEME % scheme)
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._stays_home)
        if not forgiving:
            self.page.on("console", self._said)
            self.page.on(
                "response", lambda r: self.complaints.append(f"{r.status} {r.url}") if r.status >= 500 else None
            )

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self.house.http}"

    def _stays_home(self, request: Request) -> None:
        if not request.url.startswith((f"{self.home}/", "data:", "blob:")):
            self.complaints.append(f"left the house: {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        # A refusal that the page tells in words is also a line of the browser's own.
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(message.text)

    def open(self, path: str) -> Page:
        self.page.goto(self.home + path)
        if "/login" in self.page.url:
            self.page.fill("input[name=username]", self.user)
            self.page.fill("input[name=password]", f"demo-{self.user}")
            self.page.click("button[type=submit]")
            cookies = [one for one in self.context.cookies() if one["name"] != "lang"]
            _signed_in[self.house.http, self.user] = cookies
        return self.page

    def picture(self, name: str) -> None:
        """Kept in test-output/; a page that can be scrolled sideways is broken."""
        self.page.screenshot(path=PICTURES / f"{name}.png")
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width

    def barriers(self) -> list[str]:
        """What axe-core finds serious or critical, once colours have come to rest."""
        self.page.evaluate(AT_REST)
        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:160]} {one['nodes'][0].get('failureSummary', '')}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]

    def switch_scheme(self) -> None:
        self.page.evaluate("document.querySelector('[data-scheme-switch]').click()")

    def put(self, script: str, value: object = None) -> None:
        """Changes the window's picture of the floor, for states that take long to come about."""
        self.page.evaluate(f"(value) => {{ const floor = hotlineLive.state(); {script} }}", value)


def forget(user: str, house: House) -> None:
    """The next visit signs in anew."""
    _signed_in.pop((house.http, user), None)
