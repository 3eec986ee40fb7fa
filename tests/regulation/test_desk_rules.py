"""desk.toml as values: defaults, wordings, refusals in a file of their own, what is warned about."""

from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest
from maild.data import data_dir
from maild.domain.calendar import windows
from maild.domain.fields import FieldRules
from maild.domain.intake import Category, IntakeRules, Signs
from maild.domain.levels import level_title
from maild.domain.lookup import find_level
from maild.domain.people import Line, People
from maild.domain.rules import Answers, Digests, Escalation, Rating, Reminder, in_language
from maild.domain.service import RegistryRules
from maild.domain.sla import plan
from maild.errors import ConfigErrors
from maild.regulation.agreement import named_elsewhere
from maild.regulation.desk import duration, load_desk
from maild.regulation.load import template_folders
from maild.regulation.topics import load_topics, topics_of
from maild.regulation.wordings import undo_time
from maild.tomlfile import read_toml

LEAST = '[hours]\ntimezone = "Europe/Kyiv"\nweek = { mon = "09:00-18:00" }\n[levels.sla1]\nreaction = "2h"\n'


def test_hours_and_levels_are_enough(tmp_path: Path) -> None:
    folder = tmp_path / "kyiv"
    folder.mkdir()
    (folder / "desk.toml").write_text(LEAST, encoding="utf-8-sig")  # a BOM is forgiven
    desk = load_desk(folder)
    assert (desk.name, desk.prefix, desk.languages, desk.acceptance) == ("kyiv", "DESK", ("ru", "en"), "automatic")
    assert desk.calendar.week[0] == windows("09:00-18:00")
    assert desk.calendar.week[6] == ()
    assert not desk.calendar.covers(2026)
    level = desk.levels["sla1"]
    assert (level.title, level.reaction, level.resolution, level.rule) == ("sla1", 7200, None, "desk.toml:4")
    assert desk.escalation == Escalation(0.75, None, 10)
    assert desk.rating == Rating(True, 2, None)
    assert desk.hold == {"details": {"reaction", "resolution"}, "client": {"resolution"}}
    assert (desk.refusals, desk.telephone, desk.by_telephone, desk.warnings) == ({}, None, True, ())
    assert (desk.answers, desk.reminder, desk.digests) == (Answers("both", 0), None, Digests(True, True))


@pytest.mark.parametrize(("text", "seconds"), [("4h", 14400), ("45m", 2700), ("60s", 60), (" 8 h ", 28800)])
def test_a_duration(text: str, seconds: int) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "h", "8", "8H", "-8h", "8h 30m", "1.5h", "1d", "0h", "9999999999h", 8, None])
def test_no_duration(text: object) -> None:
    with pytest.raises(ValueError, match="expected"):
        duration(text)


def test_a_wording_is_a_string_or_a_table_with_the_first_language_in_front(tmp_path: Path) -> None:
    words = """
languages = ["uk", "en"]
telephone = "+380 00 000 0000"
hours_text = "щодня"
notes.always = { en = "in English", uk = "українською" }
[contract_titles]
its = "ITS"
"""
    help_ = '[[self_help]]\ntitle = "Довідка"\nurl = "https://help.example.test/"\n'
    (tmp_path / "desk.toml").write_text(words + LEAST + help_, encoding="utf-8")
    desk = load_desk(tmp_path)
    assert desk.hours_text == {"uk": "щодня"}
    assert in_language(desk.notes["always"], "de") == "українською"
    assert in_language(desk.notes["always"], "en") == "in English"
    (link,) = desk.self_help
    assert (link.title, link.url, link.topic) == ({"uk": "Довідка"}, "https://help.example.test/", "")
    assert (desk.telephone, desk.contract_titles) == ("+380 00 000 0000", {"its": "ITS"})


def test_no_telephone_and_titles(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text("telephone = false\n" + LEAST + 'title = "SLA 1"\n', encoding="utf-8")
    desk = load_desk(tmp_path)
    assert (desk.telephone, desk.by_telephone) == (None, False)
    assert desk.levels["sla1"].title == "SLA 1"


ANSWERING = """
[answers]
display = "agent"
undo = "10m"
[digest]
line = false
[reminder]
after = "9h"
[refusals.silence]
title = "no word"
text = "Not a word came."
"""


def test_answers_reminders_and_digests(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(LEAST + ANSWERING, encoding="utf-8")
    desk = load_desk(tmp_path)
    assert (desk.answers, desk.digests) == (Answers("agent", 600), Digests(False, True))
    assert desk.reminder == Reminder(9 * 3600, 2, None)


def test_the_last_reminder_may_name_a_reason_of_either_file(tmp_path: Path) -> None:
    reason = '[reminder]\nafter = "9h"\ntimes = 1\nreason = "{}"\n'
    (tmp_path / "refusals.toml").write_text('[refusals.late]\ntitle = "t"\ntext = "x"\n', encoding="utf-8")
    for key in ("silence", "late"):
        text = LEAST + ANSWERING.replace('[reminder]\nafter = "9h"\n', reason.format(key))
        (tmp_path / "desk.toml").write_text(text, encoding="utf-8")
        assert load_desk(tmp_path).reminder == Reminder(9 * 3600, 1, key)


def test_reminders_that_nothing_begins_are_warned_about(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(LEAST + ANSWERING + "[hold]\nclient = []\n", encoding="utf-8")
    assert load_desk(tmp_path).warnings == ("desk.toml:12: nobody is reminded while hold.client names no clock",)


@pytest.mark.parametrize(("text", "seconds"), [("0s", 0), ("0h", 0), ("30s", 30), ("10m", 600), ("600s", 600)])
def test_a_time_to_undo(text: str, seconds: int) -> None:
    assert undo_time(text) == seconds


@pytest.mark.parametrize("text", ["601s", "1h", "", "0", "-1s", 0, None])
def test_no_time_to_undo(text: object) -> None:
    with pytest.raises(ValueError, match="expected"):
        undo_time(text)


def test_refusals_may_have_a_file_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(LEAST + '[refusals.a]\ntitle = "a"\ntext = "aa"\n', encoding="utf-8")
    own = '[refusals.b]\ntitle = "b"\ntext = "bb"\ncure = "cc"\neffect = "hold"\nclause = "A14"\n'
    (tmp_path / "refusals.toml").write_text(own, encoding="utf-8")
    found = load_desk(tmp_path).refusals
    assert {key: (item.effect, item.clause, item.rule) for key, item in found.items()} == {
        "a": ("refuse", None, "desk.toml:6"),
        "b": ("hold", "A14", "refusals.toml:1"),
    }
    assert found["b"].cure == {"ru": "cc"}


def test_dates_may_be_toml_dates_and_a_short_day_off_is_warned_about(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(LEAST.replace("week", 'calendar = "days.toml"\nweek'), encoding="utf-8")
    days = """
[2026]
off = [2026-11-23]
working = ["2026-11-21"]
short = ["2026-11-16", "2026-11-21", "2026-11-22", "2026-11-23"]
"""
    (tmp_path / "days.toml").write_text(days, encoding="utf-8")
    desk = load_desk(tmp_path)
    assert desk.calendar.hours(date(2026, 11, 23)) == ()
    assert desk.calendar.hours(date(2026, 11, 16)) == windows("09:00-17:00")
    assert desk.calendar.hours(date(2026, 11, 21)) == windows("09:00-17:00")
    assert desk.warnings == (
        "days.toml:5: 2026.short: 2026-11-22 is not worked, so there is nothing to shorten",
        "days.toml:5: 2026.short: 2026-11-23 is not worked, so there is nothing to shorten",
    )


RARUS = data_dir("rules") / "rarus"
KEYS = {
    *("contract-expired", "contract-missing", "unproven", "out-of-scope"),
    *("not-enough-information", "not-reproducible", "unlicensed"),
}


def test_the_rarus_desk_says_what_its_regulation_says() -> None:
    desk = load_desk(RARUS)
    hours = {key: (level.reaction, level.resolution) for key, level in desk.levels.items()}
    assert hours == {
        "urgent": (4 * 3600, 8 * 3600),  # B16
        "standard": (8 * 3600, 24 * 3600),  # B17
        "development": (8 * 3600, 40 * 3600),  # B18
    }
    assert [level.title for level in desk.levels.values()] == ["оперативный", "стандартный", "развитие"]
    assert [desk.calendar.week[day] for day in range(7)] == [windows("09:00-18:00")] * 5 + [()] * 2  # B23
    assert (desk.prefix, desk.languages, desk.warnings) == ("CRM", ("ru", "en"), ())
    assert desk.quality_reaction == 8 * 3600
    assert desk.rating.close_after == 45 * 3600
    assert desk.reminder == Reminder(18 * 3600, 2, "not-enough-information")
    assert (desk.answers, desk.by_telephone) == (Answers("both", 0), True)


def test_every_rarus_refusal_speaks_both_languages_and_names_a_cure() -> None:
    refusals = load_desk(RARUS).refusals
    assert set(refusals) >= KEYS
    for refusal in refusals.values():
        for words in (refusal.title, refusal.text, refusal.cure):
            assert set(words) == {"ru", "en"}, refusal.key
            assert not any("!" in text or "сожалению" in text for text in words.values())
        assert refusal.clause
    assert {key for key, item in refusals.items() if item.effect == "hold"} == {
        "not-enough-information",
        "not-reproducible",
    }


def test_a_day_in_november() -> None:
    desk = load_desk(RARUS)
    found = plan(desk.calendar, desk.levels["standard"], datetime.fromisoformat("2026-11-23T10:15+03:00"))
    assert found.resolution_due is not None
    assert found.resolution_due.isoformat() == "2026-11-25T16:15:00+03:00"


LEVELS = """
[levels.sla2]
title = { ru = "второй уровень", uk = "другий рівень" }
reaction = "4h"
at_least = true
[[level_for]]
level = "sla2"
category = "integration"
line = ["managers", "engineers"]
client = { client_category = ["vip", "key"], implemented_by_us = "yes" }
[[level_for]]
level = "sla1"
"""


def test_levels_by_condition(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(LEAST + LEVELS, encoding="utf-8")
    desk = load_desk(tmp_path)
    second = desk.levels["sla2"]
    assert (second.title, second.at_least, desk.levels["sla1"].at_least) == ("второй уровень", True, False)
    assert level_title(second, "uk") == "другий рівень"
    first, rest = desk.level_for
    assert (first.level, first.category, first.line) == ("sla2", ("integration",), ("managers", "engineers"))
    assert first.client == {"client_category": ("vip", "key"), "implemented_by_us": ("yes",)}
    assert (first.rule, rest.rule) == ("desk.toml:11", "desk.toml:16")
    assert (rest.category, rest.line, rest.client) == ((), (), {})
    assert [found and found.key for found in map(partial(find_level, desk), ("другий", "второй уровень"))] == [
        "sla2",
        "sla2",
    ]


EXTRAS = """
[[self_help]]
title = "Help"
url = "https://help.example.test/"
[[self_help]]
title = { ru = "Почта" }
url = "https://help.example.test/mail"
category = "mail"
when = ["почта", "<mailing>"]
letters = ["refusal"]
[[hints]]
text.ru = "Поддержка разработчика бесплатна."
fields = { edition = ["Облако", "cloud"] }
[[hints]]
text.ru = "По ссылке."
url = "https://help.example.test/hint"
letters = ["receipt"]
when = ["обмен"]
"""


def test_links_and_hints(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(LEAST + EXTRAS, encoding="utf-8")
    desk = load_desk(tmp_path)
    general, mail = desk.self_help
    assert (general.topic, general.letters) == ("", ("acknowledgement", "receipt", "request-information"))
    assert (mail.topic, mail.letters, mail.category) == ("self_help.1", ("refusal",), ("mail",))
    cloud, linked = desk.hints
    assert (cloud.fields, cloud.url, cloud.topic) == ({"edition": ("Облако", "cloud")}, "", "")
    assert cloud.letters == ("acknowledgement", "receipt", "refusal")
    assert (linked.url, linked.topic, linked.letters) == ("https://help.example.test/hint", "hints.1", ("receipt",))


def test_a_link_or_hint_may_be_for_a_value_that_is_not_known(tmp_path: Path) -> None:
    more = '[[self_help]]\ntitle = "x"\nurl = "https://x.test/"\nfields = { edition = "" }\n'
    more += '[[hints]]\ntext = "y"\nfields = { edition = ["", "cloud"] }\n'
    (tmp_path / "desk.toml").write_text(LEAST + more, encoding="utf-8")
    desk, file = load_desk(tmp_path), read_toml(tmp_path / "desk.toml")
    assert (desk.self_help[0].fields, desk.hints[0].fields) == ({"edition": ("",)}, {"edition": ("", "cloud")})
    intake = IntakeRules(FieldRules({}), {}, Signs(()), {}, "x")
    faults = [str(fault) for fault in named_elsewhere(file, desk, intake, People((), {}, ()))]
    assert [fault.partition(": ")[2] for fault in faults] == [
        "self_help.0.fields: no such field: edition",
        "hints.0.fields: no such field: edition",
    ]


def test_the_topics_of_a_letter(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(LEAST + EXTRAS, encoding="utf-8")
    desk, file = load_desk(tmp_path), read_toml(tmp_path / "desk.toml")
    topics = load_topics(file, desk, {"mailing": ["рассылка"], "negations": ["не"]})
    assert topics_of(topics, "Рассылки", "Не уходят письма", language="ru") == {"self_help.1"}
    assert topics_of(topics, "", "настройка почты и обмена", language="ru") == {"self_help.1", "hints.1"}
    assert topics_of(topics, "", "ничего такого", language="ru") == frozenset()
    with pytest.raises(ConfigErrors, match=r"desk\.toml:\d+: self_help\.1\.when.*no such list of words: <mailing>"):
        load_topics(file, desk, {})
    assert not load_topics(file, desk, None).signs


def test_what_desk_toml_names_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(LEAST + LEVELS + EXTRAS, encoding="utf-8")
    desk, file = load_desk(tmp_path), read_toml(tmp_path / "desk.toml")
    known = RegistryRules(columns=("implemented_by_us",))
    category = Category("integration", {}, None)
    intake = IntakeRules(FieldRules({}), {"integration": category}, Signs(()), {}, "integration", registry=known)
    people = People((), {"managers": Line("managers", "M", True, None)}, ())
    faults = [str(fault).partition("/desk.toml:")[2] for fault in named_elsewhere(file, desk, intake, people)]
    assert faults == [
        "14: level_for.0.line: no such line: engineers",
        "15: level_for.0.client: no such registry column in intake.toml: client_category",
        "25: self_help.1.category: no such category: mail",
        "30: hints.0.fields: no such field: edition",
    ]


def test_from_so_many_hours_needs_hours(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(LEAST.replace("reaction", "resolution") + "at_least = true\n", encoding="utf-8")
    assert load_desk(tmp_path).warnings == ("desk.toml:6: `at_least` is about `reaction`, which this level has not",)


def test_a_country_for_a_second_opinion(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(LEAST.replace("[levels", 'holidays = "UA"\n[levels'), encoding="utf-8")
    assert load_desk(tmp_path).holidays == "UA"


def test_the_operators_letters_come_before_the_packs_and_the_packs_before_ours(tmp_path: Path) -> None:
    shipped = data_dir("templates")
    assert template_folders(None, tmp_path) == (shipped,)
    (tmp_path / "templates").mkdir()
    assert template_folders(None, tmp_path) == (tmp_path / "templates", shipped)
    assert template_folders(tmp_path / "own", tmp_path) == (tmp_path / "own", tmp_path / "templates", shipped)
