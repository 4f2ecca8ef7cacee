"""
What the explorer costs: opening it, moving a slider, and the memory of many visitors.

It serves the page as ``edu-metrics explore`` does and opens it in headless Chromium, each visitor
in a browser profile of its own. The clock of a slider runs in the page, from its movement to the
frame in which the figure is replaced; the pause before a question is part of it.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import time
from typing import Any

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking")
WAIT = 300_000  # [milliseconds]
#: Moves a slider by some steps and resolves when the figure was replaced. [milliseconds]
TIMED = """
([name, steps]) => new Promise(done => {
  const figure = () => document.getElementById('figure').innerHTML;
  const before = figure(), slider = document.getElementById(name), start = performance.now();
  steps > 0 ? slider.stepUp(steps) : slider.stepDown(-steps);
  slider.dispatchEvent(new Event('input', {bubbles: true}));
  const look = () => figure() !== before
    ? done(performance.now() - start) : requestAnimationFrame(look);
  requestAnimationFrame(look);
})
"""


def opened(browser: Browser, address: str) -> tuple[Page, float, int, int]:
    """Open the page as a new visitor: seconds until its figure is there, requests and bytes."""
    page = browser.new_context(viewport={"width": 1360, "height": 1000}).new_page()
    page.set_default_timeout(WAIT)
    sizes: list[int] = []

    def finished(request: Any) -> None:
        size = request.sizes()
        sizes.append(size["responseBodySize"] + size["responseHeadersSize"])

    page.on("requestfinished", finished)
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_selector("svg.courses")
    return page, time.perf_counter() - start, len(sizes), sum(sizes)


def main() -> None:
    """Print Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", nargs="?", default="mock_city")
    parser.add_argument("--target", default="T06_primary_bachelor")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--visitors", type=int, default=20)
    given = parser.parse_args()
    code = "from edu_metrics.cli import run; run()"
    server = subprocess.Popen(
        [sys.executable, "-c", code, "explore", given.study, "--target", given.target,
         "--no-browser"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    process = psutil.Process(server.pid)

    def row(name: str, seconds: float, requests: int, size: int) -> str:
        used = process.cpu_times()
        told = f"{seconds:.2f} | {requests} | {size / 1e3:.0f} | {used.user + used.system:.2f}"
        return f"| {name} | {told} | {process.memory_info().rss / 1e6:.0f} |"

    try:
        address = re.search(r"http://\S+", server.stdout.readline())[0]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=list(FLAGS)
            )
            print("| visitor | s | requests | kB | CPU s of the server so far | its MB |")
            print("| --- | ---: | ---: | ---: | ---: | ---: |")
            page, *found = opened(browser, address)
            print(row("first", *found))
            page.context.close()
            for number in range(2, given.visitors + 1):
                page, *found = opened(browser, address)
                page.evaluate(TIMED, ["pace", 7])
                page.reload()
                if number in (2, given.visitors):
                    print(row(f"number {number}", *found))
                page.context.close()
            print("\n| slider | median ms | range | runs |\n| --- | ---: | ---: | ---: |")
            page, *_ = opened(browser, address)
            for name in ("pace", "lever.upgrades"):
                moves = [3 if n % 2 else -2 for n in range(given.times)]
                page.evaluate(TIMED, [name, 20])
                took = [page.evaluate(TIMED, [name, steps]) for steps in moves]
                middle, low, high = statistics.median(took), min(took), max(took)
                print(f"| {name} | {middle:.0f} | {low:.0f}-{high:.0f} | {len(took)} |")
            browser.close()
        others = len(process.children(recursive=True))
        print(f"\nprocesses beside the server: {others}; threads of it: {process.num_threads()}")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
