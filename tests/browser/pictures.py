"""The pictures of the README, drawn from a demonstration of its own: `make pictures`.

Small and light, one size: they show what the pages are like and never anybody's real report.
"""

from __future__ import annotations

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Demo, demonstration, launched, window
from tests.servers.running import Installation

CASES = 200
LARGEST = 60 * 1024
"""Bytes of one picture: the README stays quick on a slow line."""
COLOURS = 64
TELEPHONE = (360, 720)
DESK = (1000, 640)
PATIENCE_MS = 60_000
"""Nobody waits for these pictures: a busy machine may take its time."""
URGENT = "tr:has(.stamp.act_today) a[href^='/cases/'], a[href^='/cases/']"


def draw(page: Page, file: Path) -> None:
    """Keep what the window shows in few colours: enough for letters on plain paper."""
    drawn = Image.open(BytesIO(page.screenshot())).convert("RGB")
    drawn.quantize(COLOURS).save(file, optimize=True)


def draw_reporters_pages(chromium: Browser, demo: Demo, folder: Path) -> None:
    """The form in a language that runs from the left and in one that runs from the right."""
    for language in ("en", "ar"):
        with window(chromium, *TELEPHONE, color_scheme="light") as phone:
            page = phone.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.goto(f"{demo.base}/{language}/")
            draw(page, folder / f"form-{language}.png")


def draw_members_pages(chromium: Browser, demo: Demo, folder: Path) -> None:
    """The list of work, and the case that stands first on it, its report closed."""
    with window(chromium, *DESK, color_scheme="light") as desk:
        page = desk.new_page()
        page.set_default_timeout(PATIENCE_MS)
        demo.sign_in(page, "Sarah")
        page.goto(f"{demo.base}/queue")
        draw(page, folder / "queue.png")
        page.locator(URGENT).first.click()
        draw(page, folder / "case.png")


def main(folder: Path) -> int:
    """Draw all pictures; 1, with their names, if any is too large."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, launched() as chromium:
        if chromium is None:
            print("There is no Chromium to draw with.")
            return 1
        at = Installation(Path(place) / "instance")
        with demonstration(at, leave_to="https://example.org/", cases=CASES) as demo:
            draw_reporters_pages(chromium, demo, folder)
            draw_members_pages(chromium, demo, folder)
    large = [each.name for each in sorted(folder.glob("*.png")) if each.stat().st_size > LARGEST]
    if large:
        print(f"Larger than {LARGEST // 1024} KB: {', '.join(large)}")
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
