"""What a confirmation tells an agent: done or not, why, and their own words back."""

import ast
from pathlib import Path
from typing import Any

import maild.desk
from maild.desk import notify
from maild.desk.facts import Fact, Failure, Report, Said
from maild.desk.outgoing import Outgoing
from maild.domain.ticket import Ticket
from maild.mail import labels
from maild.mail.command_words import COMMANDS, shown
from maild.mail.labels import WORDS
from tests.desk.notify_desk import desk, moment
from tests.desk.notify_samples import NOW, files_of, html_of, letter, text_of, ticket
from tests.desk.notify_staff_samples import KOTOVA, QUALITY

SAID = Said("Не печатается счёт.\n\nЧто делать?", moment(23, 10, 15), "Пётр Смирнов <p.smirnov@romashka.test>")


def _plain(out: Outgoing) -> str:
    return " ".join(text_of(out.raw).split())


def _confirmed(of: Ticket | None = None, to: str = KOTOVA, language: str = "ru", **report: Any) -> Outgoing:
    return notify.confirmation(desk(language), of or ticket(), NOW, to, key="k", report=Report(**report))


def test_one_deed_is_the_heading_several_are_lines() -> None:
    one = _plain(_confirmed(done=(Fact("did taken", {"name": "Анна Котова"}),)))
    assert "Сделано: CRM-000042, ответственный вы " in one
    sent = (Fact("sent", {"kind": "answer", "to": "p.smirnov@romashka.test, buh@romashka.test"}),)
    both = _plain(_confirmed(done=(Fact("did waiting"), Fact("did level", {"title": "срочный"})), sent=sent))
    assert "Сделано: CRM-000042 Ждём клиента, срок решения стоит. Уровень: срочный." in both
    assert "Кому что ушло" in both and ": p.smirnov@romashka.test, buh@romashka.test" in both


def test_whatever_failed_the_next_step_is_said() -> None:
    wrong = _plain(_confirmed(failed=(Failure("#решенно", Fact("not a command"), "resolve"),), text=SAID.text))
    assert "Клиенту ничего не ушло." in wrong and "ответьте на это письмо ещё раз: ваш текст ниже." in wrong
    crossed = Failure("", Fact("crossed", {"name": "Иван Иванов", "when": NOW.isoformat()}))
    second = _plain(_confirmed(failed=(crossed,), text=SAID.text, newer=SAID))
    assert "Ваш ответ клиенту не ушёл, он ждёт вас. Сравните оба ответа." in second
    assert "Клиенту ничего не ушло" not in second, "the colleague's answer did"
    lost = _plain(_confirmed(failed=(Failure("", Fact("undelivered", {"address": "a@b.test", "why": "552"})),)))
    assert "Проверьте адрес" in lost
    done = _plain(_confirmed(done=(Fact("did taken"),)))
    assert "посчитано" not in done, "nothing was counted"


def test_a_failure_says_which_line_why_and_what_was_meant() -> None:
    out = _confirmed(failed=(Failure("#решенно", Fact("not a command"), "resolve"),), text=SAID.text, card=True)
    said = _plain(out)
    assert "Не сделано: команда «#решенно» не распознана Клиенту ничего не ушло. Похоже на #решено." in said
    assert "Ваш текст > Не печатается счёт. > > Что делать?" in said
    assert all(shown(command.name, "ru") in said for command in COMMANDS)
    assert "Право на поддержку" in said
    several = _plain(
        _confirmed(
            failed=(
                Failure("#решенно", Fact("not a command"), "resolve"),
                Failure("#линия склад", Fact("no such line", {"names": "consultants, managers"})),
            )
        )
    )
    assert "Не сделано: 2 строки с ошибкой" in several
    assert "#линия склад Такой линии нет, есть: consultants, managers." in several


def test_nothing_that_an_agent_wrote_is_lost() -> None:
    for text in ("слово " * 9_000, "\n".join(map(str, range(20_000))), "Привет\n" * 3):
        out = _confirmed(failed=(Failure("#x", Fact("not a command")),), text=text)
        quoted = "\n".join(line[2:] for line in text_of(out.raw).split("\n") if line.startswith("> "))
        assert quoted.split() == text.split() or files_of(out)["текст.txt"].decode() == text
        assert len(html_of(out.raw).encode()) <= 60 * 1024


def test_an_answer_that_crossed_is_held_with_a_link_to_send_it() -> None:
    out = letter("confirmation-crossed", "ru", ticket())
    said = _plain(out)
    assert "Не отправлено: ответ клиенту уже есть (Иван Иванов, 10:12)" in said
    assert "> Исправим в следующем релизе." in said and "#отправить" in said and "Ваш текст" in said
    assert "Отправить всё равно" in html_of(out.raw)
    assert "#принять" not in said


def test_what_waits_can_be_taken_back_at_a_click() -> None:
    until = moment(23, 10, 22).isoformat()
    out = _confirmed(done=(Fact("did will leave", {"when": until}),))
    assert "до 10:22 его отменит #отменить" in _plain(out)
    assert "body=%23undo" in html_of(out.raw)


def test_an_undelivered_answer_is_the_heading() -> None:
    said = _plain(letter("confirmation-undelivered", "ru", ticket()))
    assert "Ответ не доставлен: p.smirnov@romashka.test, ящик переполнен (552). Срок реакции снова идёт" in said
    assert "Не сделано" not in said and "#принять" not in said and "ничего не ушло" not in said


def test_the_card_the_ledger_and_the_queue_come_by_mail() -> None:
    status = letter("confirmation-status", "ru", ticket())
    assert "Карточка CRM-000042" in _plain(status) and "Подтверждение клиенту" in _plain(status)
    assert set(files_of(status)) == {"счёт.png", "журнал.txt"}
    assert "Почему так: CRM-000042" in _plain(_confirmed(ledger=("intake.toml:12: консультация",)))
    queue = letter("confirmation-queue", "ru", ticket())
    assert "Очередь: 3 заявки" in _plain(queue) and queue.ticket is None and queue.audience is None
    assert "Очередь пуста" in _plain(_confirmed(queue=()))
    long = notify.confirmation(desk(), None, NOW, KOTOVA, key="k", report=Report(queue=(ticket(),) * 100))
    assert files_of(long)["очередь.txt"].decode().count("CRM-000042 ") == 100
    assert "И ещё 70: они во вложении очередь.txt." in _plain(long) and len(html_of(long.raw).encode()) <= 60 * 1024


def test_a_ledger_that_is_too_long_is_attached() -> None:
    much = _confirmed(ledger=tuple(f"пн 23 ноября, 10:15: {n} <&\"'>" for n in range(3_000)), card=True)
    assert len(html_of(much.raw).encode()) <= 60 * 1024
    assert files_of(much)["история.txt"].count(b"\n") == 2_999 and "они во вложении история.txt." in _plain(much)


def test_the_quality_desk_is_told_its_own_commands() -> None:
    wrong = (Failure("#x", Fact("not a command")),)
    assert "#решено" not in _plain(_confirmed(to=QUALITY, failed=wrong))
    complaint = ticket(category="quality", mailbox="control")
    assert "#решено" in _plain(_confirmed(complaint, to=QUALITY, failed=wrong))


def _facts_of_the_desk() -> list[tuple[str, str, set[str]]]:
    """Every Fact that the desk makes: its file, key, and the names of its values."""
    found = []
    for path in Path(maild.desk.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Fact" and node.args:
                choice = node.args[0]
                keys = [choice.body, choice.orelse] if isinstance(choice, ast.IfExp) else [choice]
                given = node.args[1] if len(node.args) > 1 else None
                names = (
                    {key.value for key in given.keys if isinstance(key, ast.Constant)}
                    if isinstance(given, ast.Dict)
                    else set()
                )
                found += [
                    (path.name, key.value, {str(name) for name in names})
                    for key in keys
                    if isinstance(key, ast.Constant)
                ]
    return found


def test_every_fact_of_the_desk_has_words_and_the_words_their_values() -> None:
    facts = _facts_of_the_desk()
    assert len(facts) > 20
    for file, key, values in facts:
        assert key in WORDS["ru"], (file, key)
        gaps = {part.partition("}")[0] for part in WORDS["ru"][key].split("{")[1:]}
        assert gaps <= values | {"line"}, (file, key)


def test_no_wording_hides_another_of_the_same_name() -> None:
    seen: set[str] = set()
    for table in (labels._WORDS, *(part.WORDS for part in labels._PARTS)):
        assert not seen & set(table["ru"])
        seen |= set(table["ru"])
