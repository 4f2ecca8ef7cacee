"""What every page of a study has to say before all else."""

from __future__ import annotations

from edu_metrics.catalog import Plan, Study
from edu_metrics.report.html import Html, note
from edu_metrics.words import language_name, say, untranslated


def warnings(study: Study, plan: Plan, lang: str) -> list[Html]:
    """Give what every page of a study has to say of its numbers and its plan."""
    mode, smallest = study.disclosure.mode, study.disclosure.smallest
    said = {
        "internal": mode == "internal",
        "protected": mode == "protected",
        "invented": study.simulated,
        "hypothetical": plan.hypothetical,
    }
    told = [
        note(say(f"report.{kind}", lang, smallest=smallest), kind)
        for kind, true in said.items()
        if true
    ]
    if lacking := untranslated(lang):
        name = language_name(lang)
        told.append(note(say("report.untranslated", lang, language=name, number=lacking), "lang"))
    return told
