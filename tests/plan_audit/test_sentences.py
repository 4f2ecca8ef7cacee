from __future__ import annotations

import json
import re
from string import Formatter

import pytest

from edu_metrics.plan_audit import audit
from edu_metrics.plan_audit.sentences import in_lang
from edu_metrics.words import LANGUAGES, texts

#: What a sentence shows when a value was missing.
LEFT_OVER = re.compile(r"[{}]|\bNone\b|\bnan\b|\binf\b|  ")


@pytest.fixture(scope="module")
def everything(shipped, observed):
    return [f for c in (shipped, observed) for f in audit(c.catalog, c.plan, series=c.series)]


def test_each_finding_has_a_name_of_its_own(shipped):
    names = [finding.id for finding in audit(shipped.catalog, shipped.plan)]
    assert len(names) > 50
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_finding_is_said_in_words_that_are_filled_in(everything, lang):
    for finding in everything:
        sentence = finding.message(lang)
        assert sentence.strip(), finding.id
        assert not LEFT_OVER.search(sentence), (finding.id, sentence)
        for target in finding.targets:
            assert target not in sentence, (finding.id, sentence)


def test_a_sentence_stays_in_its_language(everything):
    for finding in everything:
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in finding.message("en")) or any(
            "\u4e00" <= sign <= "\u9fff" for value in _english(finding) for sign in value
        ), finding.id


def _english(finding):
    """Give the English texts filled in: a plan's own English title may quote its Chinese words."""
    return [v for value in finding.values.values() if isinstance(v := in_lang(value, "en"), str)]


def test_the_numbers_are_ready_for_json(everything):
    for finding in everything:
        assert json.loads(json.dumps(finding.numbers, allow_nan=False)) == finding.numbers, (
            finding.id
        )


def test_each_sentence_of_the_audit_is_complete_in_both_languages():
    entries = {key: text for key, text in texts().items() if key.startswith("audit_")}
    assert entries
    for key, text in entries.items():
        assert set(text) == set(LANGUAGES), key


def test_what_follows_a_colon_in_a_sentence_is_a_way_to_print_a_number():
    for key, text in texts().items():
        for words in text.values() if key.startswith("audit_") else ():
            for _, name, how, _ in Formatter().parse(words):
                assert re.fullmatch(r"value|change\d|\+?\d?%?", how or ""), (key, name, how)
