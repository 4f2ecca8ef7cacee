"""
Hold the locked packages against published advisories, where a source of them can be reached.

pip-audit is fetched for the moment by uv and asks OSV. Exit status 1 where a package has a known
vulnerability; 0 where none has one, or where OSV can not be reached, which is said: nothing was
audited then.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
HOST = "api.osv.dev"
LONGEST = 180  # [s]


def reachable() -> bool:
    """Tell in a moment whether asking is worth it: pip-audit takes half a minute to give up."""
    if any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY")):
        return True
    try:
        socket.create_connection((HOST, 443), timeout=3).close()
    except OSError:
        return False
    return True


def audited(uv: str) -> list[dict[str, Any]]:
    """Ask; give the packages that it told something about."""
    command = [uv, "tool", "run", "--quiet", "pip-audit", "--vulnerability-service", "osv"]
    options = ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    options += ["--disable-pip", "--require-hashes", "--requirement", str(LOCK)]
    try:
        done = subprocess.run(
            [*command, *options], capture_output=True, text=True, timeout=LONGEST, check=False
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError):
        return []
    return [package for package in found if "skip_reason" not in package]


def told(packages: list[dict[str, Any]]) -> list[str]:
    """Say which package has which vulnerability, and which version mends it."""
    return [
        f"{package['name']} {package['version']}: {one['id']}; mended in "
        f"{', '.join(one['fix_versions']) or 'no version yet'}"
        for package in packages
        for one in package["vulns"]
    ]


def main() -> int:
    """Ask, and tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--uv", default="uv", help="the uv that fetches pip-audit")
    given = parser.parse_args()
    packages = audited(given.uv) if reachable() else []
    if not packages:
        sys.stdout.write("Packages were not audited: no source of advisories can be reached\n")
        return 0
    lines = told(packages)
    number = f"{len(packages)} packages held against the advisories of OSV"
    sys.stdout.write("\n".join([*lines, f"{number}: {len(lines)} vulnerabilities\n"]))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
