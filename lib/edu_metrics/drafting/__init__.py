"""
A plan's text into a draft of its definitions, for a person to confirm.

Rules of each language (``rules/*.yaml``) find promises by their words; nothing is learned and
nothing is asked from elsewhere. A draft says of every field which rule gave it and whether it is
sure, and lists every number that it didn't take, with why.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from edu_metrics.catalog import Catalog, inherited_entries
from edu_metrics.drafting.files import accept, write_draft
from edu_metrics.drafting.promises import Draft, Offer, Offers, Promise, draft
from edu_metrics.drafting.reading import read_document
from edu_metrics.drafting.review import decide, decide_by_id, review_draft, routes
from edu_metrics.drafting.rules import language_of
from edu_metrics.errors import DataError
from edu_metrics.limits import FIRST_YEAR, LAST_YEAR, is_year

__all__ = [
    "Draft",
    "Offer",
    "Offers",
    "Promise",
    "accept_draft",
    "decide",
    "decide_by_id",
    "draft",
    "draft_file",
    "offers_of",
    "read_document",
    "review_draft",
    "routes",
]


def offers_of(catalog: Catalog | None, language: str) -> Offers:
    """Offer the indicators of a project, or those that come with the package."""
    shipped = inherited_entries("indicators")
    known = {**shipped, **(catalog.indicators if catalog is not None else {})}
    offers = (Offer(one.id, tuple(one.name.by_language.values()), one.unit)
              for one in known.values())  # fmt: skip
    return Offers(offers, language)


def draft_file(
    path: Path,
    out: Path,
    first: int | None = None,
    last: int | None = None,
    catalog: Catalog | None = None,
    issued: dt.date | None = None,
) -> tuple[list[Path], Draft]:
    """
    Draft the promises of a document, and write the draft into a folder.

    Parameters
    ----------
    path : Path
        A text, a Word document, a PDF or a web page.
    out : Path
        The folder: source.txt, draft.yaml, review.html. Decisions that stand there are kept.
    first, last : int, optional
        First and last year of the plan; taken from the text when left out.
    catalog : Catalog, optional
        The project whose indicators and areas are offered.
    issued : date, optional
        The day of issue, where the text does not say it.

    Returns
    -------
    list of Path, Draft
        The files, and what they hold.

    Raises
    ------
    DataError
        If the document can't be read, or the folder is one of definitions.
    """
    if "definitions" in out.resolve().parts:
        raise DataError(f"--out {out}: a draft is no definition; expected a folder outside of them")
    for name, year in (("--first", first), ("--last", last)):
        if year is not None and not is_year(year):
            raise DataError(f"{name} {year}: expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    if first and last and first > last:
        raise DataError(f"--first {first}: expected a year up to --last {last}")
    text = read_document(path)
    made = draft(text, first, last, offers_of(catalog, language_of(text)))
    areas = [] if catalog is None else [
        one.id for one in catalog.areas.values() if one.parent not in catalog.areas
    ]  # fmt: skip
    told = {"issued": issued} if issued else {}
    return write_draft(made, path.name, out, areas if len(areas) < 30 else [], **told), made


def accept_draft(folder: Path, catalog: Catalog) -> list[Path]:
    """Write what a person accepted of a draft into a plan of a project, and give the files."""
    known = {**inherited_entries("indicators"), **catalog.indicators}
    languages = {lang for study in catalog.studies.values() for lang in study.languages}
    return accept(folder, catalog.root, known, languages)
