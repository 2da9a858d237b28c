"""A real browser: Debian's chromium, headless, with no network at all.

To run the tests that need it: `apt-get install chromium` (or name a browser in
TOPICBRIEF_CHROMIUM), `make test`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

NO_BROWSER = (
    "no chromium found: install it (apt-get install chromium) or set TOPICBRIEF_CHROMIUM to one"
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = os.environ.get("TOPICBRIEF_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_BROWSER)
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield launched
        launched.close()


class Opened:
    """A page opened with the network off, and every error and request of the page."""

    def __init__(self, context: BrowserContext, path: Path) -> None:
        context.set_offline(True)
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", self._dialog)
        self.page.goto(path.as_uri())

    def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def map(self) -> Any:
        """The pyLDAvis frame, once it is drawn."""
        self.page.locator("#map").scroll_into_view_if_needed()
        frame = self.page.frame_locator("#map-frame iframe")
        frame.locator("#ldavis svg .dot").first.wait_for(state="attached")
        return frame
