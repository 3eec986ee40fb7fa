"""New rules against the mail already received: exactly the letters that they would decide otherwise, by their rules."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from maild.desk.desk import Desk
from maild.desk.judgement import event_of, trail_line
from maild.desk.rehearse import Rehearsal, rehearse, with_rules
from maild.desk.replay import BY_STAFF, FAILED, PURGED, Period, Replay
from maild.domain.intake import Signs
from maild.store import tickets
from maild.store.database import Database
from maild.store.schema import letter_raws, letters
from sqlalchemy import delete, select
from tests.desk.office import IVANOV, LACKING, OLGA, WHOLE, Office
from tests.desk.test_life import HAPPENS, Life

ABROAD = "Пришлите специалиста в офис, нужно настроить программу на трех компьютерах. Рег. номер 801000017\n"
EVERYTHING = Period()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A desk with four letters, on SQLite: what only reads them may share it."""
    folder = tmp_path_factory.mktemp("house")
    database = Database(f"sqlite:///{folder / 'maild.db'}")
    database.migrate()
    office = Office(database, folder)
    office.arrive(OLGA, WHOLE, "Вопрос")
    office.arrive(OLGA, WHOLE.replace(" 3.1.25.4", ""), "Без версии")
    for subject in ("Выезд", "Выезд ещё раз"):
        office.arrive(OLGA, ABROAD, subject)
    yield office
    database.close()


def changed(office: Office, tmp_path: Path, name: str, section: str, old: str, new: str) -> Desk:
    """The desk with a copy of its rules in which one thing of a section reads otherwise."""
    folder = tmp_path / "new rules"
    shutil.copytree(office.rules, folder)
    text = (folder / name).read_text(encoding="utf-8")
    within = text.index("\n", text.index(section)) + 1
    assert old in text[within:]
    (folder / name).write_text(text[:within] + text[within:].replace(old, new, 1), encoding="utf-8")
    return with_rules(office.desk, folder)


def refused_at_once(office: Office, tmp_path: Path) -> Desk:
    """The desk as if requests to come to the client's office were refused by a machine."""
    return changed(office, tmp_path, "intake.toml", "[out_of_scope.on-site]", "", 'effect = "refuse"\n')


def found(office: Office, other: Desk, period: Period = EVERYTHING) -> Rehearsal:
    return rehearse(office.database, office.desk, other, period)


def all_agree(office: Office) -> int:
    """What the daemon decided is what is decided once more, word for word; how many letters there were."""
    replayed = list(Replay(office.database, (office.desk,), EVERYTHING))
    with office.database.read() as tx:
        for one in replayed:
            if one.hindrance == BY_STAFF:
                continue
            (decision,) = one.decisions
            journal = tickets.history(tx, one.judgement.ticket)
            said = [each.says for each in journal if each.letter == one.judgement.letter and each.by == "maild"]
            assert trail_line(decision) in said, one.judgement
            assert event_of(decision) == one.judgement.event
    return len(replayed)


def test_a_reply_is_judged_with_what_its_ticket_had(office: Office) -> None:
    """Fields said before, words between the lines of our own letter, and a client who is not asked for ever."""
    office.arrive(OLGA, LACKING)
    office.reply(office.last(OLGA), "801000017\n")
    asked = office.last(OLGA)
    first, _, rest = asked.text.partition("\n")
    office.reply(asked, f"Ниже.\n\n-----Original Message-----\n{first}\nООО «Берёза», версия 3.1.25.4\n{rest}")
    assert office.ticket().fields["version"] == "3.1.25.4"
    office.arrive(OLGA, "Подскажите, как скрыть поле?\n")
    office.arrive("petr@birch.test", LACKING)
    for _ in range(3):
        office.reply(office.last("petr@birch.test"), "Не знаю.\n")
    assert office.events("CRM-000003")[-1] == "triaged"
    assert all_agree(office) == 8
    assert found(office, office.desk).groups == []


def test_a_whole_life_once_more(tmp_path: Path) -> None:
    """Whatever clients, agents and time did: every letter is decided as the daemon did."""
    database = Database(f"sqlite:///{tmp_path / 'maild.db'}")
    database.migrate()
    life, weights = (
        Life(Office(database, tmp_path), 12),
        HAPPENS | {Life.a_client_writes: 9, Life.a_client_replies: 9},
    )
    for _ in range(50):
        (happens,) = life.draw.choices(list(weights), list(weights.values()))
        happens(life)
    assert all_agree(life.office) > 8
    assert found(life.office, life.office.desk).otherwise_then == 0
    database.close()


def test_what_an_address_told_before_the_period_is_remembered(office: Office) -> None:
    """Only the last letters are looked at; the number stands in the first."""
    office.arrive(OLGA, WHOLE)
    office.arrive(OLGA, WHOLE.replace("801000017", "801999999"))
    office.pass_time(days=3)
    office.arrive(OLGA, "Ещё вопрос: как скрыть поле в карточке? ООО «Берёза», 1С:CRM ПРОФ 3.1.25.4\n")
    (one,) = Replay(office.database, (office.desk,), Period(since=office.now - timedelta(days=1)))
    assert one.decisions[0].disposition == "accept"
    assert one.decisions[0].fields["registration_number"] == "801000017"
    assert found(office, office.desk, Period(until=office.now - timedelta(days=1))).judged == 2


def test_a_reply_whose_ticket_is_older_than_the_period(office: Office) -> None:
    office.arrive(OLGA, WHOLE.replace(" 3.1.25.4", ""))
    office.pass_time(days=3)
    office.reply(office.last(OLGA), "3.1.25.4\n")
    (one,) = Replay(office.database, (office.desk,), Period(since=office.now))
    assert (one.decisions[0].disposition, one.decisions[0].fields["registration_number"]) == ("accept", "801000017")


def test_a_kind_that_is_refused_at_once(house: Office, tmp_path: Path) -> None:
    """Exactly the letters of that kind, by its own lines."""
    other = refused_at_once(house, tmp_path)
    rehearsal = found(house, other)
    (group,) = rehearsal.groups
    assert (rehearsal.judged, rehearsal.different, rehearsal.otherwise_then) == (4, 2, 0)
    assert [each.subject for each in group.differences] == ["Выезд", "Выезд ещё раз"]
    assert (group.first.before, group.first.after, group.first.aspect) == ("triage", "refuse", "disposition")
    for desk, cited in ((house.desk, group.first.old), (other, group.first.new)):
        assert cited.rule == desk.regulation.intake.out_of_scope["on-site"].rule
        assert "on-site" in cited.says
    assert group.first.changes["template"] == ("receipt", "refusal")
    assert set(group.aspects) == {"disposition", "template", "reaction_due", "resolution_due"}


def test_rules_that_have_changed_since_are_told_apart(house: Office, tmp_path: Path) -> None:
    """What differs from the journal and not between the two rules is counted, not shown as a difference."""
    today = refused_at_once(house, tmp_path)
    rehearsal = rehearse(house.database, today, today, EVERYTHING)
    assert (rehearsal.judged, rehearsal.groups, rehearsal.otherwise_then) == (4, [], 2)


def test_a_field_that_is_no_longer_required(house: Office, tmp_path: Path) -> None:
    other = changed(house, tmp_path, "intake.toml", "[categories.consultation]", ', "version"', "")
    (group,) = found(house, other).groups
    (one,) = group.differences
    assert (one.before, one.after, one.aspect, one.subject) == ("ask", "accept", "disposition", "Без версии")
    assert one.changes["missing"] == (["version"], [])
    rule = house.desk.regulation.intake.categories["consultation"].rule
    assert (one.old.rule, one.old.says) == (rule, "version is missing")


def test_a_field_that_is_no_longer_found_is_the_cause(house: Office) -> None:
    """The letter is asked about a version because the version is not read any more: the field's rule is cited."""
    rules = house.desk.regulation.intake
    fields = {name: each for name, each in rules.fields.fields.items() if name != "version"}
    intake = replace(rules, fields=replace(rules.fields, fields=fields))
    other = replace(house.desk, regulation=replace(house.desk.regulation, intake=intake))
    groups = found(house, other).groups
    one = next(group for group in groups if (group.first.before, group.first.after) == ("accept", "ask")).first
    assert (one.aspect, one.old.says.partition(" ")[0], one.new.says) == (
        "fields.version",
        "version",
        "no field version",
    )


def test_a_sign_that_is_gone_cites_the_condition_that_decided(house: Office) -> None:
    rules = house.desk.regulation.intake
    rest = tuple(each for each in rules.signs.signs if each.kind != "on-site")
    regulation = replace(house.desk.regulation, intake=replace(rules, signs=replace(rules.signs, signs=rest)))
    groups = found(house, replace(house.desk, regulation=regulation)).groups
    conditions = {each.rule for sign in rules.signs.signs if sign.kind == "on-site" for each in sign.when}
    assert sum(len(group.differences) for group in groups) == 2
    assert all(group.first.aspect == "category" and group.first.old.rule in conditions for group in groups)


def test_a_level_and_its_times(house: Office, tmp_path: Path) -> None:
    other = changed(house, tmp_path, "desk.toml", "[levels.standard]", '"24h"', '"16h"')
    (group,) = found(house, other).groups
    assert group.aspects == {"resolution_due": 3}, "what is asked about has no times"
    assert group.first.new.rule == other.regulation.desk.levels["standard"].rule


def test_the_worst_stands_first(house: Office) -> None:
    """An acceptance that becomes a refusal, before other changes, however many."""
    present = house.desk.regulation.registry
    ended = {
        key: replace(row, until=dict.fromkeys(row.until, date(2020, 1, 1))) for key, row in present.contracts.items()
    }
    registry = replace(present, contracts=ended)
    groups = found(house, replace(house.desk, regulation=replace(house.desk.regulation, registry=registry))).groups
    assert [(each.first.before, each.first.after, len(each.differences)) for each in groups] == [
        ("accept", "refuse", 1),
        ("triage", "refuse", 2),
        ("ask", "refuse", 1),
    ]
    assert groups[0].first.aspect == "entitlement" and groups[0].first.new.rule.startswith("contracts.csv:")


def test_the_registry_stays_the_present_one_unless_asked_otherwise(house: Office, tmp_path: Path) -> None:
    folder = tmp_path / "new rules"
    shutil.copytree(house.rules, folder)
    header = (house.rules / "contracts.csv").read_text(encoding="utf-8").splitlines()[0]
    (folder / "contracts.csv").write_text(f"{header}\n", encoding="utf-8")
    assert found(house, with_rules(house.desk, folder)).groups == []
    worst = found(house, with_rules(house.desk, folder, own_registry=True)).groups[0]
    assert (worst.first.before, worst.first.after) == ("accept", "ask")
    (folder / "contracts.csv").unlink()
    assert found(house, with_rules(house.desk, folder)).groups == []


def test_what_cannot_be_judged_is_counted(office: Office) -> None:
    """A letter that is gone, one that an agent took down on the telephone, one that the rules fail on."""
    office.arrive(OLGA, WHOLE, "gone")
    office.arrive(OLGA, LACKING)
    office.reply(office.last(IVANOV, "request"), f"#для petr@birch.test\n{WHOLE}")
    with office.database.write() as tx:
        first = tx.scalar(select(letters.c.id).order_by(letters.c.id).limit(1))
        tx.execute(delete(letter_raws).where(letter_raws.c.letter_id == first))
    rehearsal = found(office, office.desk)
    assert (rehearsal.judged, rehearsal.hindered) == (1, {PURGED: 1, BY_STAFF: 1})
    rules = replace(office.desk.regulation.intake, default="nobody", signs=Signs(()))
    rehearsal = found(office, replace(office.desk, regulation=replace(office.desk.regulation, intake=rules)))
    assert (rehearsal.judged, rehearsal.hindered[FAILED]) == (0, 1)
    assert rehearsal.errors[0][0].number == "CRM-000002" and "nobody" in rehearsal.errors[0][1]
