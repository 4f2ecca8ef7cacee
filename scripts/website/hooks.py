"""
Make the pages of the site that follow from something else, and turn formulas into MathML.

mkdocs calls these functions while it builds; mkdocs.yml names this file. Generated pages are never
written into the repository.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pages
import tutorials
from links import within_site
from mathematics import as_mathml

ROOT = Path(__file__).resolve().parents[2]
#: Files of the repository's root that are pages of the site, too.
FROM_ROOT = {
    "README.zh-CN.md": "zh.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
}


def on_config(config: Any) -> Any:
    """Put into the navigation what is found: notebooks, topics of the API, decisions."""
    sys.path.insert(0, str(ROOT / "lib"))
    notebooks = tutorials.listed(ROOT, config["extra"]["notebooks"])
    found = {
        "Tutorials": [{tutorials.title_of(path): tutorials.page_of(path)} for path in notebooks],
        "API": [
            "api/index.md",
            *({topic.title: topic.page} for topic in pages.topics(ROOT)),
        ],
        "Decisions": [
            "decisions/index.md",
            {"All records": [{title: page} for title, page in pages.decisions(ROOT)]},
        ],
    }
    for entry in config["nav"]:
        for section in found.keys() & set(entry):
            entry[section] = found[section]
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the generated pages."""
    from mkdocs.structure.files import File

    made: dict[str, str | bytes] = {
        "reference/definitions.md": pages.definitions_page(ROOT),
        "reference/formulas.md": pages.formulas_page(),
        "decisions/index.md": pages.decisions_page(ROOT),
        "api/index.md": pages.api_index(ROOT),
        **{topic.page: pages.api_page(topic) for topic in pages.topics(ROOT)},
        **{page: (ROOT / name).read_text("utf-8") for name, page in FROM_ROOT.items()},
    }
    for path in tutorials.listed(ROOT, config["extra"]["notebooks"]):
        made |= tutorials.run(path)
    for name, content in made.items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Lead the links of a page to the site's own pages."""
    at = {site: name for name, site in FROM_ROOT.items()}.get(page.file.src_uri)
    return within_site(markdown, page.file.src_uri, at or f"docs/{page.file.src_uri}", FROM_ROOT)


def on_page_content(html: str, **_: Any) -> str:
    """Show formulas by MathML, which browsers draw by themselves."""
    return as_mathml(html)
