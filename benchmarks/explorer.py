"""
How long the explorer takes from a slider's release to the new verdict and the new figure.

It serves the page as ``edu-metrics explore`` does, opens it in headless Chromium and moves sliders
with the keyboard. The clock runs in the page, from the key to the frame in which both the verdict's
text and the figure are replaced.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import sys

from playwright.sync_api import Page, sync_playwright

FLAGS = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking")
WAIT = 300_000  # [milliseconds]
#: Presses a key on a slider and resolves when the figure was replaced. [milliseconds]
TIMED = """
([slider, key]) => new Promise(done => {
  const image = () => document.querySelector('.edu-figure')?.src;
  const before = image(), handle = document.querySelector(slider + ' .noUi-handle');
  handle.focus();
  const start = performance.now();
  const look = () => image() && image() !== before
    ? done(performance.now() - start) : requestAnimationFrame(look);
  handle.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
  requestAnimationFrame(look);
})
"""


def timed(page: Page, slider: str, times: int) -> list[float]:
    """Move a slider to and fro."""
    keys = ["ArrowRight"] * 3 + ["ArrowLeft"] * 2
    return [page.evaluate(TIMED, [slider, keys[n % len(keys)]]) for n in range(times)]


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", nargs="?", default="mock_city")
    parser.add_argument("--target", default="T06_primary_bachelor")
    parser.add_argument("--times", type=int, default=20)
    given = parser.parse_args()
    code = "from edu_metrics.cli import run; run()"
    server = subprocess.Popen(
        [sys.executable, "-c", code, "explore", given.study, "--target", given.target,
         "--no-browser"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        told = server.stdout.readline()
        address = re.search(r"http://\S+/", told)[0]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=list(FLAGS)
            )
            page = browser.new_page(viewport={"width": 1360, "height": 1000})
            page.set_default_timeout(WAIT)
            page.goto(address)
            page.wait_for_selector(".edu-figure")
            print("| slider | median ms | range | runs |\n| --- | ---: | ---: | ---: |")
            for name, slider in (("pace", ".edu-controls > .edu-slider"), ("lever", ".edu-levers")):
                timed(page, slider, 2)
                found = timed(page, slider, given.times)
                middle, low, high = statistics.median(found), min(found), max(found)
                print(f"| {name} | {middle:.0f} | {low:.0f}–{high:.0f} | {len(found)} |")
            browser.close()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
