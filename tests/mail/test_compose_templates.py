"""Templates: overridden file by file, strict, sandboxed, escaped in HTML, and faults that say where they are."""

import shutil
from functools import cache
from pathlib import Path

import pytest
from maild.data import data_dir
from maild.errors import ConfigError
from maild.mail.compose import LANGUAGES, TEXT_ONLY, Templates
from maild.mail.parts import Cell, Quote, Row, card_text, mailto, quoted, tidy
from maild.mail.samples import KINDS, sample_context
from maild.mail.wrap import indent, wrap

SHIPPED = data_dir("templates")


@cache
def _shipped() -> Templates:
    """The shipped templates, compiled once for all tests that only render them."""
    return Templates([SHIPPED])


def _overridden(folder: Path, name: str, text: str) -> Templates:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return Templates([folder, SHIPPED])


def test_the_shipped_templates_are_without_fault() -> None:
    assert _shipped().check() == []
    assert _shipped().languages == LANGUAGES == ("ru", "en", "uk")


def test_every_kind_has_both_parts_in_every_language() -> None:
    for language in LANGUAGES:
        for kind in KINDS:
            rendered = _shipped().render(kind, language, sample_context(kind, language))
            assert rendered.text.strip()
            assert (rendered.html is None) == (kind in TEXT_ONLY)


def test_a_desk_overrides_one_file_and_keeps_the_others(tmp_path: Path) -> None:
    templates = _overridden(tmp_path, "ru/operator.txt.j2", "Наше: {{ subject }}\n")
    assert templates.render("operator", "ru", sample_context("operator", "ru")).text == "Наше: maild\n"
    assert "maild" in templates.render("operator", "en", sample_context("operator", "en")).text
    assert templates.check() == []


def test_an_overridden_macro_file_changes_every_letter(tmp_path: Path) -> None:
    macros = (SHIPPED / "letter.txt.j2").read_text(encoding="utf-8").replace("-" * 40, "=" * 40)
    text = _overridden(tmp_path, "letter.txt.j2", macros).render("receipt", "ru", sample_context("receipt", "ru")).text
    assert "=" * 40 in text


@pytest.mark.parametrize(
    "text, line, says",
    [
        ("one\n{% if subject %}\n", 2, "template"),
        ("one\n\n{{ nonsense }}\n", 3, "nonsense"),
        ("{{ desk.telefon }}\n", 1, "telefon"),
        ("one\n{{ subject.__class__.__mro__ }}\n", 2, "__class__"),
        ("{{ lines.append(1) }}\n", 1, "append"),
        ("{{ 1 / 0 }}\n", 1, "zero"),
        ("{{ subject|nofilter }}\n", 1, "nofilter"),
    ],
)
def test_a_fault_names_file_and_line_in_one_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    templates = _overridden(tmp_path, "ru/operator.txt.j2", text)
    with pytest.raises(ConfigError) as caught:
        templates.render("operator", "ru", sample_context("operator", "ru"))
    assert str(caught.value).startswith(f"{tmp_path}/ru/operator.txt.j2:{line}: ")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [str(fault) for fault in templates.check()] == [str(caught.value)]


def test_values_of_ours_are_no_way_out_of_the_sandbox(tmp_path: Path) -> None:
    for attack in ("desk.__class__", "desk.name.__class__", "t.__dict__", "desk.__init__.__globals__", "loop"):
        text = '{% import "letter.txt.j2" as t %}{{ ' + attack + " }}"
        with pytest.raises(ConfigError):
            _overridden(tmp_path, "ru/operator.txt.j2", text).render("operator", "ru", sample_context("operator", "ru"))


def test_a_language_counts_when_it_has_every_kind(tmp_path: Path) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    shutil.copytree(SHIPPED, shipped, ignore=shutil.ignore_patterns("uk"))
    _overridden(own, "uk/operator.txt.j2", "{{ subject }}")
    templates = Templates([own, shipped])
    assert templates.languages == ("ru", "en")
    assert templates.language("uk", "en") == "en" and templates.language("uk") == "ru"
    assert {str(fault).partition(":")[0] for fault in templates.check()} == {
        f"uk/{kind}.txt.j2" for kind in KINDS if kind != "operator"
    }
    for kind in KINDS:
        _overridden(own, f"uk/{kind}.txt.j2", "{{ lang }}")
    assert Templates([own, shipped]).language("uk", "en") == "uk"


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"ru/operator\.txt\.j2: the template is missing"):
        Templates([tmp_path]).render("operator", "ru", {})


def test_html_is_escaped_and_text_is_not(tmp_path: Path) -> None:
    context = {**sample_context("notice", "ru"), "number": "<b>&{{ 7 * 7 }}", "event": "closed"}
    rendered = _shipped().render("notice", "ru", context)
    assert "<b>&{{ 7 * 7 }}" in rendered.text
    assert "&lt;b&gt;&amp;{{ 7 * 7 }}" in str(rendered.html)


def test_a_cut_preheader_never_cuts_an_entity() -> None:
    for length in range(40, 80):
        context = {**sample_context("refusal", "ru"), "cure": "x" * length + " <&> " * 30}
        html = str(_shipped().render("refusal", "ru", context).html)
        preheader = html.partition("mso-hide:all")[2].partition(">")[2].partition("</div>")[0]
        assert preheader.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").count("&") == 0


def test_wrapping_keeps_words_columns_and_bound_blanks() -> None:
    assert wrap("aa bb cc", columns=5) == "aa bb\ncc"
    assert wrap("aa bb\u00a0cc", columns=5) == "aa\nbb cc"
    assert wrap("aa\n  bb", first="- ", rest="  ", columns=5) == "- aa\n  bb"
    assert wrap("") == ""
    long = wrap("x" * 200 + " end")
    assert max(map(len, long.split("\n"))) == 72
    assert long.replace("\n", "") == "x" * 200 + " end"
    link = "https://example.test/" + "a" * 100
    assert link in wrap(f"see {link} there").split("\n")


def test_a_quotation_is_wrapped_line_by_line() -> None:
    assert indent("one\n\ntwo") == "> one\n>\n> two"
    assert max(map(len, indent("слово " * 60).split("\n"))) <= 72


def test_a_card_in_columns_and_below() -> None:
    rows = (Row("Тема", (Cell("Счёт"),)), Row("Получено", (Cell("пн"), Cell("вт"))), Row("Ещё", (Cell("ы " * 50),)))
    assert card_text(rows[:2]) == "Тема:     Счёт\nПолучено: пн\n          вт"
    assert card_text(rows).split("\n")[3:] == ["Ещё:", "  " + "ы " * 34 + "ы", "  " + "ы " * 14 + "ы"]
    assert card_text(()) == ""


def test_a_quotation_keeps_its_lines_and_is_cut_with_a_count() -> None:
    assert quoted("a\r\n\r\n\r\n b\x00\u202ec  \n\n") == Quote("a\n\n bc")
    cut = quoted("строка\n" * 5_000)
    assert len(cut.text) <= 8_000
    assert cut.more == 5_000 - cut.text.count("\n") - 1
    assert len(quoted("x" * 100_000).text) <= 8_001
    assert quoted("  \n\t\n").text == ""


def test_tidy_makes_one_safe_line() -> None:
    assert tidy(" a\r\nBcc: b\u202e\u200b\x00\t c ") == "a Bcc: b c"
    assert tidy("слово " * 100, 20) == "слово слово слово с…"
    assert tidy(None) == ""


def test_a_mailto_link_is_ascii_with_the_id_last() -> None:
    link = mailto("crm+a@example.test", "[CRM-1] взять +", "#take\n\nкод", "<1@x>")
    assert link.isascii()
    assert link == (
        "mailto:crm%2Ba@example.test?subject=%5BCRM-1%5D%20%D0%B2%D0%B7%D1%8F%D1%82%D1%8C%20%2B"
        "&body=%23take%0D%0A%0D%0A%D0%BA%D0%BE%D0%B4&In-Reply-To=%3C1%40x%3E"
    )
    with pytest.raises(ValueError, match="characters"):
        mailto("crm@example.test", "x" * 2_000, "")
