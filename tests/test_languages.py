"""The catalogues are whole: every string of the code, in every language, with its placeholders and its full stop."""

import ast
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polib
import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.forms import CharField, ChoiceField, IntegerField
from django.utils.translation import gettext, override
from django.utils.translation.template import templatize

from accounts.catalogues import compile_catalogues

ROOT = Path(__file__).parents[1]
APPS = ("accounts", "audit", "cases", "centers", "config", "demo", "kpi", "visas", "workbook")
TRANSLATED = ("ko", "vi", "zh_Hans")
LANGUAGES = (*TRANSLATED, "en")

MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
IN_TEMPLATE = re.compile(r"\bn?gettext\((?P<words>u'(?:[^'\\]|\\.)*'(?:, u'(?:[^'\\]|\\.)*')?)")
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[a-z]|%%|%[sdr]|\{[a-z_]*\}")
HANGUL = re.compile("[가-힣]")
HAN = re.compile("[一-鿿]")
ENDS = {".": ".。", "?": "?？", "!": "!！"}


def catalogue(language: str, root: Path = ROOT) -> polib.POFile:
    return polib.pofile(str(root / "locale" / language / "LC_MESSAGES" / "django.po"))


def words_of(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def marked_in_code() -> set[str]:
    """What the code and the templates mark, read without GNU gettext."""
    found: set[str] = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            found.update(_marked_in_python(ast.parse(path.read_text(encoding="utf-8"))))
        for path in (ROOT / app).rglob("*.html"):
            found.update(_marked_in_template(templatize(path.read_text(encoding="utf-8"), origin=str(path))))
    return found


def _marked_in_python(tree: ast.AST) -> Iterator[str]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and call.args:
            name = getattr(call.func, "id", None) or getattr(call.func, "attr", None)
            first = call.args[0]
            if name in MARKS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def _marked_in_template(code: str) -> Iterator[str]:
    for found in IN_TEMPLATE.finditer(code):
        yield ast.literal_eval(f"({found['words']},)")[0]


# What may be wrong with one entry. Each check answers whether it is.


def is_missing(language: str, entry: polib.POEntry) -> bool:
    return entry.fuzzy or not all(words_of(entry)) or not words_of(entry)


def has_other_placeholders(language: str, entry: polib.POEntry) -> bool:
    """Named ones may change places, the others stand in the order of the values."""
    wanted = [Counter(PLACEHOLDER.findall(text)) for text in (entry.msgid, entry.msgid_plural) if text]
    order = [mark for mark in PLACEHOLDER.findall(entry.msgid) if "(" not in mark]
    return any(
        Counter(PLACEHOLDER.findall(text)) not in wanted
        or [mark for mark in PLACEHOLDER.findall(text) if "(" not in mark] != order
        for text in words_of(entry)
    )


def ends_otherwise(language: str, entry: polib.POEntry) -> bool:
    """A sentence stays a sentence and a question a question; a label gets no full stop."""
    allowed = ENDS.get(entry.msgid[-1])
    if allowed is None:
        return any(text.endswith(tuple("".join(ENDS.values()))) for text in words_of(entry))
    mark = allowed[1] if language == "zh_Hans" else allowed[0]
    return not all(text.endswith(mark) for text in words_of(entry))


def is_in_another_language(language: str, entry: polib.POEntry) -> bool:
    texts = words_of(entry)
    if language == "ko":
        return not all(HANGUL.search(text) for text in texts)
    if language == "zh_Hans":
        return not all(HAN.search(text) and not HANGUL.search(text) for text in texts)
    return any(text in {entry.msgid, entry.msgid_plural} or HANGUL.search(text) or HAN.search(text) for text in texts)


def reads_otherwise_elsewhere(language: str, entry: polib.POEntry) -> bool:
    """One term is one word: a heading and the name of a field that differ in capitals alone say the same."""
    first = _words_by_term(language).get(_term(entry.msgid), entry.msgstr)
    return not entry.msgid_plural and _term(entry.msgstr) != _term(first)


def _term(text: str) -> str:
    return text.casefold().strip(".:。：")


@cache
def _words_by_term(language: str) -> dict[str, str]:
    """What each term is called where it stands first."""
    entries = [entry for entry in catalogue(language) if not entry.msgid_plural]
    return {_term(entry.msgid): entry.msgstr for entry in reversed(entries)}


CHECKS = (is_missing, has_other_placeholders, ends_otherwise, is_in_another_language, reads_otherwise_elsewhere)


class CatalogueTests:
    @pytest.mark.parametrize("language", TRANSLATED)
    @pytest.mark.parametrize("check", CHECKS)
    def test_every_string_is_translated_whole(self, language, check):
        assert [entry.msgid for entry in catalogue(language) if check(language, entry)] == []

    def test_english_is_the_language_of_the_code_and_its_catalogue_says_nothing_else(self):
        assert [entry.msgid for entry in catalogue("en") if any(words_of(entry))] == []
        compile_catalogues()
        with override("en"):
            assert gettext("Warning") == "Warning"
        with override("ko"):
            assert gettext("Warning") == "경고"

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_plural_forms_are_those_of_the_language(self, language):
        number = 2 if language == "en" else 1
        assert catalogue(language).metadata["Plural-Forms"].startswith(f"nplurals={number};")
        for entry in catalogue(language):
            if entry.msgid_plural:
                assert len(entry.msgstr_plural) == number, entry.msgid

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_catalogue_holds_what_the_code_marks_and_nothing_more(self, language):
        held = {entry.msgid for entry in catalogue(language) if not entry.obsolete}
        assert held ^ marked_in_code() == set()
        assert not catalogue(language).obsolete_entries()

    def test_the_command_that_rewrites_the_catalogues_changes_nothing(self, tmp_path, monkeypatch, settings):
        gettext_is_here = shutil.which("xgettext") is not None
        assert gettext_is_here or not os.environ.get("CI")
        for folder in (*APPS, "locale"):
            shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("static", "__pycache__"))
        monkeypatch.chdir(tmp_path)
        settings.LOCALE_PATHS = [tmp_path / "locale"]
        if gettext_is_here:  # where it is not, the test above has compared the same two by other means
            call_command("messages")
        for language in LANGUAGES:
            path = Path("locale") / language / "LC_MESSAGES" / "django.po"
            assert (tmp_path / path).read_text(encoding="utf-8") == (ROOT / path).read_text(encoding="utf-8")


class KoreanTests:
    """One voice: what an official is asked to do is asked in the same form everywhere."""

    def test_every_request_ends_in_the_same_form(self):
        others = [entry.msgid for entry in catalogue("ko") if "세요" in "".join(words_of(entry))]
        assert others == []

    @pytest.mark.parametrize(
        ("field", "typed", "told"),
        [
            (ChoiceField(choices=[("a", "A")]), "zzz", "목록에 없는 값입니다: zzz. 목록에 있는 것 가운데 고르십시오."),
            (IntegerField(max_value=9), "10", "9까지만 입력할 수 있습니다."),
            (IntegerField(), "x", "정수를 입력하십시오."),
            (CharField(max_length=2), "abc", "2자까지 입력할 수 있습니다(입력한 글자 3자)."),
        ],
    )
    def test_a_form_speaks_as_the_rest_does(self, field, typed, told):
        with override("ko"), pytest.raises(ValidationError) as refused:
            field.clean(typed)
        assert refused.value.messages == [told]


class CheckTests:
    """Each check sees what it is there for."""

    @pytest.mark.parametrize(
        ("check", "language", "entry"),
        [
            (is_missing, "ko", {"msgid": "Client", "msgstr": ""}),
            (reads_otherwise_elsewhere, "ko", {"msgid": "client", "msgstr": "고객"}),
            (reads_otherwise_elsewhere, "vi", {"msgid": "Client:", "msgstr": "Khách hàng:"}),
            (is_missing, "ko", {"msgid": "Client", "msgstr": "내담자", "flags": ["fuzzy"]}),
            (is_missing, "vi", {"msgid": "%d row", "msgid_plural": "%d rows", "msgstr_plural": {0: ""}}),
            (has_other_placeholders, "ko", {"msgid": "As of %(day)s", "msgstr": "기준일"}),
            (has_other_placeholders, "ko", {"msgid": "As of %(day)s", "msgstr": "기준일 %(date)s"}),
            (has_other_placeholders, "ko", {"msgid": "%s in row %d", "msgstr": "%d행 %s"}),
            (has_other_placeholders, "ko", {"msgid": "Province 30 %%", "msgstr": "도비 30%"}),
            (ends_otherwise, "ko", {"msgid": "It is full.", "msgstr": "다 찼습니다"}),
            (ends_otherwise, "zh_Hans", {"msgid": "It is full.", "msgstr": "已满."}),
            (ends_otherwise, "vi", {"msgid": "Sign out?", "msgstr": "Đăng xuất."}),
            (ends_otherwise, "vi", {"msgid": "Client", "msgstr": "Người được tư vấn."}),
            (is_in_another_language, "ko", {"msgid": "It is full.", "msgstr": "It is full."}),
            (is_in_another_language, "vi", {"msgid": "It is full.", "msgstr": "It is full."}),
            (is_in_another_language, "zh_Hans", {"msgid": "Client", "msgstr": "내담자"}),
        ],
    )
    def test_it_fails(self, check, language, entry):
        assert check(language, polib.POEntry(**entry))

    def test_words_that_change_places_are_no_fault(self):
        entry = polib.POEntry(msgid="%(a)s of %(b)s.", msgstr="%(b)s 가운데 %(a)s.")
        assert not any(check("ko", entry) for check in CHECKS)
