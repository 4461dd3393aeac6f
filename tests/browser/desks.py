"""Parts of the agent's desk that its tests look at."""

from __future__ import annotations

from playwright.sync_api import Page


def state(page: Page):
    return page.locator('[data-live="desk-state"]')


def button(page: Page, key: str):
    return page.locator(f'[data-press="{key}"]:visible')
