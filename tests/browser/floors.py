"""What tests of the live floor share: the page with its seats, one seat, and the dialog that asks before something is done."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import text

from core.db import connect
from tests.browser.visits import Visit
from tests.house.running import House


def floor(visit: Any, user: str = "supervisor", width: int = 1440, height: int = 900, **how: Any) -> tuple[Visit, Page]:
    window = visit(user, width, height, **how)
    page = window.open("/floor")
    expect(page.locator(".seat")).to_have_count(12, timeout=15_000)
    return window, page


def seat(page: Page, extension: str) -> Any:
    return page.locator(f'.seat[data-seat="{extension}"]')


def asking(page: Page, title: str) -> Any:
    """The open dialog, which must say what it is about."""
    dialog = page.locator("dialog[data-dialog]")
    expect(dialog).to_be_visible()
    expect(dialog.locator("h2")).to_contain_text(title)
    return dialog


def agreed(page: Page, title: str, reason: str = "") -> None:
    """Does it, for the reason given or the first that is offered: none is chosen beforehand."""
    dialog = asking(page, title)
    if reason:
        dialog.locator("[name=why]").select_option(label="其他，自行填写…")
        dialog.locator("[name=reason]").fill(reason)
    else:
        dialog.locator("[name=why]").select_option(index=1)
    dialog.locator(".primary").click()
    expect(dialog).not_to_be_visible()


def by_browser(page: Page, reason: str = "质量抽查") -> None:
    """This browser's ear for the chosen call, and why."""
    page.locator("[data-by]").select_option("browser")
    page.locator("[data-reason]").select_option(reason)


def audited(house: House, action: str) -> list[tuple[str, dict[str, Any]]]:
    """Subject and detail of the audit lines of an action, oldest first."""
    engine = connect(house.database)
    try:
        with engine.connect() as connection:
            query = text("select subject, detail from audit_log where action = :action order by id")
            return [(subject, json.loads(detail)) for subject, detail in connection.execute(query, {"action": action})]
    finally:
        engine.dispose()
