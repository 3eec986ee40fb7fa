"""Which rules fired: by the condition that decided, by those that came second, and by what people chose."""

from pathlib import Path

from maild.desk.coverage import Fired, cover
from maild.desk.replay import Period
from maild.store.database import Database
from tests.desk.office import IVANOV, OLGA, WHOLE, Office

ABROAD = "Пришлите специалиста в офис, нужно настроить программу на трех компьютерах. Рег. номер 801000017\n"
ONE_OF_MANY = (
    '[[signs]]\ncategory = "licensing"\nsure = false\nwhen = ["тот & флажок"]\n'
    '[[signs]]\ncategory = "wish"\nwhen = [\n  "окно", "флажок & кнопка",\n  "кнопка",\n]\n'
    '[[signs]]\ncategory = "consultation"\nwhen = [\n  "стекло",\n  "флажок",\n]\n\n'
)


def test_what_decided_and_what_came_second(tmp_path: Path) -> None:
    """Two conditions of one line are told apart; one that only would have decided counts apart."""
    database = Database(f"sqlite:///{tmp_path / 'maild.db'}")
    database.migrate()
    office = Office(database, tmp_path)
    rules = office.rules / "intake.toml"
    text = rules.read_text(encoding="utf-8")
    at = text.index("[[signs]]")
    rules.write_text(text[:at] + ONE_OF_MANY + text[at:], encoding="utf-8")
    office.reload()
    office.arrive(OLGA, "Эта кнопка и тот флажок. 801000017\n")
    office.arrive(OLGA, "Просто флажок. 801000017\n")
    office.arrive(OLGA, ABROAD)
    office.reply(office.last(IVANOV, "request"), "#ответ hide-field\n")
    office.arrive(OLGA, WHOLE)
    office.reply(office.last(IVANOV, "request"), "#отказать not-enough-information\nПодробнее?\n")
    found = cover(database, office.desk, Period())
    assert found.judged == 4

    def of(kind: str, text: str) -> Fired:
        return next(each for each in found.rules if each.rule.kind == kind and text in (each.rule.text, each.rule.name))

    line = rules.read_text(encoding="utf-8").splitlines().index('  "окно", "флажок & кнопка",') + 1
    both = of("condition", "флажок & кнопка")
    assert (both.rule.rule, both.count, both.also) == (f"intake.toml:{line}", 1, 0)
    assert of("condition", "окно").rule.rule == both.rule.rule and of("condition", "окно").count == 0
    assert (of("condition", "кнопка").count, of("condition", "кнопка").also) == (0, 1)
    assert (of("condition", "флажок").count, of("condition", "флажок").also) == (1, 1)
    assert of("out_of_scope", "on-site").count == 1
    assert of("refusal", "out-of-scope").also == 1, "prepared"
    assert of("refusal", "not-enough-information").count == 1
    assert of("answer", "hide-field").count == 1
    assert [each.rule.kind for each in found.rules if each.count and each.rule.kind == "suggestion"], "it was offered"
    never = [not each.count for each in found.rules]
    assert never == sorted(never), "what never fired stands last"
    database.close()
