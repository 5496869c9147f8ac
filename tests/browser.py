"""Debian's Chromium by Playwright, with an eye on whatever a page should not do."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Dialog, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
needs_browser = pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here")


@dataclass
class Watched:
    """A page, and what has happened in it: dialogs, and where it asked for something."""

    page: Page
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def browser() -> Iterator[Watched]:
    """A page in a fresh browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        watched = Watched(started.new_page(viewport={"width": 1200, "height": 1000}))
        watched.page.on("request", lambda request: watched.requests.append(request.url))

        def note(dialog: Dialog) -> None:
            watched.dialogs.append(dialog.message)
            dialog.accept()

        watched.page.on("dialog", note)
        try:
            yield watched
        finally:
            started.close()
