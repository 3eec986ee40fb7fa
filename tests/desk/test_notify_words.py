"""What the letters say, and what they must not say to whom."""

import os
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from maild.data import data_dir
from maild.desk import notify
from maild.desk.facts import Facts, Said
from maild.desk.outgoing import Outgoing
from maild.domain.calendar import Calendar
from maild.domain.ticket import Hold
from maild.mail.compose import Rendered, Templates
from maild.mail.markers import MARKERS
from maild.mail.phrase import LANGUAGES
from maild.mail.samples import KINDS as TEMPLATES_OF
from maild.mail.samples import sample_context
from tests.desk.notify_desk import ZONE, desk, moment, rules
from tests.desk.notify_samples import (
    CLIENT_KINDS,
    KINDS,
    LIMITS,
    NOW,
    fewest,
    html_of,
    letter,
    parsed,
    text_of,
    ticket,
)
from tests.desk.notify_staff_samples import STAFF_KINDS

GOLDEN = Path(__file__).resolve().parents[1] / "mail" / "golden"


def _plain(out: Outgoing) -> str:
    """The text part on one line, without its marker."""
    return " ".join(text_of(out.raw).split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_text_parts_are_as_a_person_has_approved_them(kind: str, language: str) -> None:
    """Set MAILD_GOLDEN=1 to write them anew after a change of wording, and read the difference."""
    file = GOLDEN / f"{kind}.{language}.txt"
    text = text_of(letter(kind, language, ticket()).raw)
    if os.environ.get("MAILD_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "kind, language, words",
    [
        ("acknowledgement", "ru", "Обращение CRM-000042 принято к обслуживанию"),
        ("acknowledgement", "en", "Request CRM-000042 is accepted for service"),
        ("receipt", "ru", "Обращение CRM-000042 зарегистрировано"),
        ("receipt", "en", "Request CRM-000042 is registered"),
        ("acknowledgement", "ru", "планируем решить его до среды, 25 ноября, 16:15 (мск)."),
        ("receipt", "ru", "Подтвердим, что берём его, не позднее пн 23 ноября, 18:15 (мск)."),
        ("quality-receipt", "ru", "Отдел контроля качества получил ваше обращение. Ответим до"),
        ("request-information", "ru", "Чтобы принять обращение, не хватает двух сведений"),
        ("request-information", "en", "Two things are missing before we can accept this"),
        ("request-information", "ru", "Просто ответьте на это письмо."),
        ("request-information", "ru", "Пока мы ждём ответа, срок не идёт."),
        ("refusal", "ru", "Не можем принять обращение: договор 1С:КП Отраслевой закончился"),
        ("refusal", "ru", "действовал до 30 сентября 2026 включительно"),
        ("refusal-hold", "ru", "Чтобы продолжить, нужен ваш ответ"),
        ("notice", "ru", "Письмо больше 35 МБ, мы его не получили целиком."),
        ("warning", "ru", "Решить до 16:00, осталось 5 ч 43 мин рабочего времени"),
        ("warning-reaction", "en", "Confirm by 11:00, 43 min of working time left"),
        ("escalation", "ru", "Решение просрочено на 4 ч 17 мин"),
        ("escalation", "ru", "Если ничего не изменится, напомним: вт 24 ноября, 10:00 (мск)"),
        ("escalation-reminder", "ru", "Решение: –; стоит с чт 19 ноября, 12:00"),
        ("escalation-bundle", "ru", "Просрочено 42 заявки"),
        ("acknowledgement", "uk", "Звернення CRM-000042 прийнято до обслуговування Вітаємо."),
        ("acknowledgement", "uk", "плануємо вирішити його до середи, 25 листопада, 16:15 (за Москвою)."),
        ("receipt", "uk", "Звернення CRM-000042 зареєстровано"),
        ("receipt", "uk", "Підтвердимо, що беремо його в роботу, не пізніше пн 23 листопада, 18:15 (за Москвою)."),
        ("request-information", "uk", "Щоб прийняти звернення, бракує двох деталей"),
        ("refusal", "uk", "Не можемо прийняти звернення: договір 1С:КП Отраслевой закінчився"),
        ("refusal", "uk", "діяв до 30 вересня 2026 включно"),
        ("notice", "uk", "Лист більший за 35 МБ, ми не отримали його повністю."),
        ("warning", "uk", "Вирішити до 16:00, залишилося 5 год 43 хв робочого часу"),
        ("request", "uk", "Команди першим рядком відповіді #"),
        ("escalation", "uk", "Вирішення прострочено на 4 год 17 хв"),
        ("escalation-reminder", "uk", "Вирішення: –; зупинено з чт 19 листопада, 12:00"),
        ("escalation-bundle", "uk", "Прострочено 42 заявки"),
        ("confirmation", "uk", "Зроблено: CRM-000042, відповідальний ви"),
    ],
)
def test_the_fixed_words(kind: str, language: str, words: str) -> None:
    assert words in _plain(letter(kind, language, ticket()))


@pytest.mark.parametrize(
    "kind, language, subject",
    [
        ("acknowledgement", "ru", "Re: [CRM-000042] Не печатается счёт из сделки"),
        ("warning", "ru", "[CRM-000042] Осталось 5 ч 43 мин: Не печатается счёт из сделки"),
        ("escalation", "ru", "[CRM-000042] Просрочено: Не печатается счёт из сделки"),
        ("escalation-bundle", "en", "Overdue: 42 tickets"),
        ("operator", "ru", "Ящик не отвечает"),
        ("warning", "uk", "[CRM-000042] Залишилося 5 год 43 хв: Не печатается счёт из сделки"),
    ],
)
def test_subjects(kind: str, language: str, subject: str) -> None:
    assert parsed(letter(kind, language, ticket()).raw)["Subject"] == subject


def test_an_empty_subject_and_a_bare_one() -> None:
    assert parsed(letter("receipt", "en", ticket(subject="")).raw)["Subject"] == "Re: [CRM-000042] (no subject)"
    assert parsed(letter("receipt", "en", fewest()).raw)["Subject"] == "Re: [CRM-000042] (no subject)"
    assert parsed(letter("receipt", "uk", ticket(subject="")).raw)["Subject"] == "Re: [CRM-000042] (без теми)"
    bare = ticket(acquaintance="bare")
    assert parsed(letter("receipt", "ru", bare).raw)["Subject"] == "Re: [CRM-000042] Ваше обращение"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CLIENT_KINDS)
def test_letters_are_short(kind: str, language: str) -> None:
    """Words without marker, card, links and footer (letters are measured with the fullest ticket)."""
    body = text_of(letter(kind, language, ticket()).raw).partition("-" * 40)[2].partition("\n-- \n")[0]
    own = re.sub(r"(?m)^(.+\nhttps://\S+|[^\s:.]{3,22}( [^\s:.]+)?: .*(\n {3,}.*)*)$", "", body)
    limit = LIMITS.get(kind) or LIMITS[kind.partition("-")[2] if kind.startswith("quality") else kind.partition("-")[0]]
    assert len(own.split()) <= limit, own


def test_a_time_that_has_passed_is_never_promised() -> None:
    late = ticket(reaction_due=moment(20, 12), resolution_due=moment(20, 12), arrived=moment(18, 9))
    for kind in ("acknowledgement", "receipt", "quality-receipt"):
        said = _plain(letter(kind, "ru", late))
        assert "12:00" not in said and "не позднее" not in said and "Планируемое" not in said
    assert "Вам ответит специалист." in _plain(letter("acknowledgement", "ru", late))


def test_no_target_is_said_so() -> None:
    assert "Срок регламентом не задан. Напишем, когда разберёмся." in _plain(letter("acknowledgement", "ru", fewest()))
    assert "No time is set for this." in _plain(letter("acknowledgement", "en", fewest()))
    assert "Срок подтверждения регламентом не задан." in _plain(letter("receipt", "ru", fewest()))


def test_a_provisional_time_is_said_to_be_one() -> None:
    doubtful = ticket(resolution_due=datetime(2027, 1, 12, 12, tzinfo=ZONE), provisional=True)
    said = _plain(letter("acknowledgement", "ru", doubtful))
    assert "до вт 12 января 2027, 12:00 (мск)" in said
    assert "предварительно: календарь на 2027 год ещё не утверждён" in said
    doubtful = replace(doubtful, reaction_due=doubtful.resolution_due, resolution_due=None)
    for kind in ("receipt", "quality-receipt"):
        assert "предварительно: календарь на 2027 год" in _plain(letter(kind, "ru", doubtful))
    near = replace(doubtful, reaction_due=ticket().reaction_due, resolution_due=doubtful.reaction_due)
    assert _plain(letter("receipt", "ru", near)).count("предварительно") == 1, "the confirmation is within the calendar"


def test_the_client_is_answered_in_their_language_if_the_desk_has_it() -> None:
    for wanted, first, found in (("en", "ru", "en"), ("uk", "ru", "ru"), ("de", "en", "en"), ("en", "uk", "uk")):
        at = desk(first, languages=(first, "en" if first == "ru" else "ru"))
        out = notify.receipt(at, ticket(language=wanted), NOW, key="k")
        assert MARKERS["client", found] in text_of(out.raw)
    only_russian = notify.receipt(desk(languages=("ru",)), ticket(language="en"), NOW, key="k")
    assert MARKERS["client", "ru"] in text_of(only_russian.raw)


def test_staff_read_the_desks_first_language_whatever_the_client_writes() -> None:
    agent = desk("en").regulation.people.agents[0]
    out = notify.warning(desk("en"), ticket(), "resolution", NOW, agent, key="k", facts=Facts())
    assert MARKERS["colleagues", "en"] in text_of(out.raw)


def test_the_letter_answers_the_clients_letter() -> None:
    out = letter("acknowledgement", "ru", ticket())
    message = parsed(out.raw)
    assert message["In-Reply-To"] == "<client-1@romashka.test>"
    assert message["References"].split() == ["<client-0@romashka.test>", "<client-1@romashka.test>"]
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["From"].addresses[0].addr_spec == "crm@example.test"
    assert message["Reply-To"] is None


def test_a_letter_goes_where_the_client_wants_answers() -> None:
    out = letter("receipt", "ru", ticket(reply_to="archive@romashka.test"))
    assert out.recipient == "archive@romashka.test"
    token = desk().signer.read(out.message_id)
    assert token is not None and token.role == "client"


def test_roles_in_the_seal_follow_the_reader() -> None:
    at = desk()
    for kind, role in (("warning", "agent"), ("escalation", "quality"), ("escalation-reminder", "agent")):
        token = at.signer.read(letter(kind, "ru", ticket()).message_id)
        assert token is not None and token.role == role
    operator = at.signer.read(letter("operator", "ru", ticket()).message_id)
    assert operator is not None and (operator.role, operator.number) == ("operator", None)


def test_the_registry_name_and_the_assignee_stand_in_staff_letters() -> None:
    said = _plain(letter("escalation", "ru", ticket()))
    assert "ООО «Ромашка» · стандартный уровень · ответственный Анна Котова" in said
    assert "не назначен" in _plain(letter("escalation", "ru", ticket(assignee=None)))
    assert "Предупреждение ушло пт 20 ноября, 15:00: Иван Иванов, Анна Котова." in said


def test_a_long_quotation_is_cut_with_a_count() -> None:
    facts = Facts(client=Said("строка письма\n" * 2_000, moment(23, 9)))
    out = letter("warning", "ru", ticket(), facts=facts)
    assert len(html_of(out.raw).encode()) <= 60 * 1024
    assert re.search(r"Дальше ещё 1\d\d\d строк", _plain(out))


def test_a_bundle_names_every_number_and_the_worst_first() -> None:
    late = [ticket(number=f"CRM-{n:06d}", arrived=moment(2, 9) + timedelta(minutes=n)) for n in range(900)]
    out = notify.escalation_bundle(
        desk(), [notify.Breach(one, "reaction") for one in late], NOW, "quality@example.test", key="k"
    )
    text = text_of(out.raw)
    assert all(one.number in text for one in late)
    assert text.index("CRM-000000") < text.index("CRM-000029") < text.index("Ещё: CRM-000030")
    assert out.ticket is None and parsed(out.raw)["X-Maild-Ticket"] is None
    assert len(html_of(out.raw).encode()) <= 60 * 1024


def test_a_ticket_with_both_clocks_missed_counts_once_in_a_bundle() -> None:
    both = [notify.Breach(ticket(arrived=moment(2, 9)), clock) for clock in ("reaction", "resolution")]
    out = notify.escalation_bundle(desk(), both, NOW, "quality@example.test", key="k")
    assert "Просрочена 1 заявка" in _plain(out)


def test_who_has_the_ticket_already_is_not_offered_to_take_it() -> None:
    agent = desk().regulation.people.agents[1]
    mine = notify.warning(desk(), ticket(), "resolution", NOW, agent, key="k", facts=Facts())
    assert "#взять" not in text_of(mine.raw)
    assert "#взять" in text_of(letter("warning", "ru", ticket()).raw)


def test_a_warning_that_comes_too_late_says_so() -> None:
    late = ticket(arrived=moment(18, 9))
    agent = desk().regulation.people.agents[0]
    out = notify.warning(desk(), late, "resolution", NOW, agent, key="k", facts=Facts())
    assert "Решение просрочено на 4 ч 17 мин" in text_of(out.raw)
    assert str(parsed(out.raw)["Subject"]).startswith("[CRM-000042] Просрочено: ")


def test_a_hold_does_not_count_as_overdue() -> None:
    hold = Hold(moment(19, 9), moment(20, 9), frozenset({"resolution"}), "client")
    out = notify.escalation(
        desk(), ticket(arrived=moment(17, 9), holds=(hold,)), "resolution", 0, NOW, "quality@example.test",
        key="k", facts=Facts(), repeat_at=None,
    )  # fmt: skip
    assert "Решение просрочено на 4 ч 17 мин" in text_of(out.raw)


def test_the_quality_desk_is_named_to_clients_and_not_in_its_own_letters() -> None:
    assert "О качестве нашей работы: control@example.test" in text_of(letter("receipt", "ru", ticket()).raw)
    own = letter("quality-receipt", "ru", ticket())
    assert parsed(own.raw)["From"].addresses[0].addr_spec == "control@example.test"
    assert "О качестве" not in text_of(own.raw)
    assert "1С:CRM ПРОФ" not in text_of(own.raw) and "ИТС" not in text_of(own.raw)


def test_notices_have_words_for_every_event_and_no_other() -> None:
    for event in ("too-large", "development", "level", "closed"):
        for language in LANGUAGES:
            out = notify.notice(desk(language), ticket(language=language), NOW, key="k", event=event)
            assert out.kind == "notice"
            body = text_of(out.raw).partition("-" * 40)[2].partition("\n-- \n")[0]
            assert 5 < len(body.split()) < 70
    assert "слишком большое" in _plain(notify.notice(desk(), ticket(), NOW, key="k", event="too-large"))
    with pytest.raises(ValueError, match="moved"):
        notify.notice(desk(), ticket(), NOW, key="k", event="moved")


def test_no_operator_no_letter() -> None:
    with pytest.raises(ValueError, match="operator"):
        notify.operator(replace(desk(), operator=None), "x", ["y"], NOW, key="k")


def test_the_zone_of_the_desk_is_the_letters_zone() -> None:
    from zoneinfo import ZoneInfo

    kyiv = Calendar(ZoneInfo("Europe/Kyiv"), rules().calendar.week)
    said = _plain(letter("acknowledgement", "ru", ticket(), desk(calendar=kyiv)))
    assert "до среды, 25 ноября, 15:15 (по Киеву)" in said


class _Recording(Templates):
    """The real templates, which also keep what they were given."""

    def render(self, kind: str, language: str, context: Any) -> Rendered:
        """Render, and note the shape of the context."""
        self.given: dict[str, Any]
        self.__dict__.setdefault("given", {})[kind] = context
        return super().render(kind, language, context)


def test_the_samples_have_the_shape_of_real_letters() -> None:
    templates = _Recording([data_dir("templates")])
    for kind in KINDS:
        letter(kind, "ru", ticket(), desk(templates=templates))
    assert set(templates.given) == set(TEMPLATES_OF) - {"answer", "rating"}  # see test_client_letters
    for kind, context in templates.given.items():
        missing = set(context) - set(sample_context(kind, "ru"))
        assert not missing, kind
        for name, value in context.items():
            sample = sample_context(kind, "ru")[name]
            assert value is None or sample is None or isinstance(sample, type(value) | tuple), (kind, name)


def test_the_marker_stands_first_in_every_letter_that_can_be_answered() -> None:
    for kind in KINDS:
        if kind in ("operator", "escalation-bundle", "confirmation-queue") or kind.startswith("digest"):
            continue
        to_client = kind in STAFF_KINDS and kind not in ("note", "request-urgent")
        audience = "client" if kind in CLIENT_KINDS else "agent" if to_client else "colleagues"
        first, second = text_of(letter(kind, "ru", ticket()).raw).split("\n")[:2]
        assert (first, second) == (MARKERS[audience, "ru"], "-" * 40)
