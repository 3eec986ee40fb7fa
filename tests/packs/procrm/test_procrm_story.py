"""A day of the Bitrix24 desk: receipts, hand-overs, the eight reasons, ready answers, ratings, the quality desk."""

import re
from pathlib import Path

import pytest
from maild.domain.ticket import Status
from maild.store.database import Database
from tests.desk.office import QUALITY, Answer, Office

CONSULTANT, MANAGER, ENGINEER = "shevchuk@example.test", "hnatiuk@example.test", "bondar@example.test"
OURS, OTHERS, STRANGER = "olha@zmist.test", "inna@lymonad.test", "denys@nevidomi.test"
NOTIFICATIONS = (
    "Доброго дня! У двох співробітників не приходять сповіщення про нові завдання. Портал zmist.bitrix24.test, хмара.\n"
)
RUSSIAN = "Здравствуйте! Не приходят уведомления о новых задачах. Портал portal.zmist.test, коробка 25.700.0.\n"
ENGLISH = "Hello, notifications about new tasks do not come any more. Portal https://zmist.bitrix24.test\n"
QUESTIONS = {"uk": NOTIFICATIONS, "ru": RUSSIAN, "en": ENGLISH}
REASONS = {
    "A14": ("not-reproducible", "hold"),
    "A15": ("unlicensed", "refuse"),
    "A16": ("not-enough-information", "hold"),
    "A17": ("unsupported-setup", "refuse"),
    "A18": ("unclear", "hold"),
    "A19": ("insults", "hold"),
    "A20": ("separate-work", "refuse"),
    "A21": ("out-of-scope", "refuse"),
}


@pytest.fixture
def procrm(tmp_path: Path) -> Office:
    """The desk at work on SQLite, Monday 09:15 in Kyiv."""
    database = Database(f"sqlite:///{tmp_path / 'procrm.db'}")
    database.migrate()
    return Office(database, tmp_path, "procrm")


def asked(office: Office, text: str = NOTIFICATIONS, sender: str = OURS, to: str = CONSULTANT) -> Answer:
    """A client's letter as an agent got it."""
    office.arrive(sender, text, "Сповіщення")
    return office.last(to, "request")


def plain(letter: Answer) -> str:
    """A letter's words on one line, no-break spaces as spaces."""
    return " ".join(letter.text.split())


def vendors_support(office: Office, language: str) -> list[str]:
    """What the letters may say of the vendor's own support, by edition (A2)."""
    return [hint.text[language] for hint in office.desk.regulation.desk.hints if "edition" in hint.fields]


def own_words(letter: Answer) -> str:
    """What a letter says above its card and footer."""
    body = letter.text.split("-- \n")[0].split("-" * 40)[1]
    return body.split("\nНомер")[0].split("\nNumber")[0]


def test_a_person_confirms_and_the_receipt_says_by_when(procrm: Office) -> None:  # A6, A9
    asked(procrm)
    receipt = plain(procrm.last(OURS))
    assert procrm.kinds(OURS) == ["receipt"]
    assert "Звернення PRO-000001 зареєстровано" in receipt
    assert "не пізніше пн 23 листопада, 11:15 (за Києвом)" in receipt
    assert "прийнято" not in receipt


def test_the_receipt_helps_meanwhile(procrm: Office) -> None:  # A2, A10, A12, A13
    asked(procrm)
    receipt = plain(procrm.last(OURS))
    assert "https://vendor.example.test/support/cloud" in receipt
    assert "support/box" not in receipt
    assert "https://help.example.test/notifications" in receipt
    assert "help.example.test/restore" not in receipt
    assert "AnyDesk" in receipt
    assert "знімок екрана або відео" in receipt
    assert "адреса сторінки" not in receipt  # it is there


def test_four_hours_are_a_beginning(procrm: Office) -> None:  # A7
    text = "Доброго дня! Потрібна порада менеджера проєкту: одна воронка чи три для різних напрямів?"
    asked(procrm, text, to=MANAGER)
    assert "від 4 робочих годин, орієнтир пн 23 листопада, 13:15 (за Києвом)" in plain(procrm.last(OURS))
    assert (procrm.ticket().line, procrm.ticket().level) == ("managers", "sla2")


def test_handing_over_changes_line_and_level(procrm: Office) -> None:  # A5, A8
    procrm.reply(asked(procrm), "#дальше")
    assert (procrm.ticket().line, procrm.ticket().level) == ("managers", "sla2")
    assert "від 4 робочих годин" in plain(procrm.last(OURS, "notice"))
    procrm.reply(procrm.last(MANAGER, "request"), "#далі")
    assert (procrm.ticket().line, procrm.ticket().level) == ("engineers", "sla3")
    assert procrm.kinds(ENGINEER) == ["request"]


def test_a_level_set_by_hand_stays(procrm: Office) -> None:  # A5
    procrm.reply(asked(procrm), "#рівень sla1\n#взяти")
    procrm.reply(procrm.last(CONSULTANT, "request"), "#дальше")
    assert (procrm.ticket().line, procrm.ticket().level) == ("managers", "sla1")


def test_a_category_of_clients_may_have_its_own_level(procrm: Office) -> None:  # A5
    rules = procrm.rules / "desk.toml"
    before, mark, after = rules.read_text(encoding="utf-8").partition('[[level_for]]\nline = ["managers"]')
    own = '[[level_for]]\nclient = { client_category = "key" }\nlevel = "sla1"\n\n'
    rules.write_text(before + own + mark + after, encoding="utf-8")
    procrm.reload()
    asked(procrm, "Нужен совет менеджера проекта: как лучше разделить воронки?\n", to=MANAGER)
    assert (procrm.ticket().line, procrm.ticket().level) == ("managers", "sla1")


@pytest.mark.parametrize("clause", REASONS)
def test_each_reason_reads_well(procrm: Office, clause: str) -> None:
    key, effect = REASONS[clause]
    reason = procrm.desk.regulation.desk.refusals[key]
    assert (reason.clause, reason.effect) == (clause, effect)
    for number, (language, question) in enumerate(QUESTIONS.items(), 1):
        procrm.reply(asked(procrm, question), f"#refuse {key}")
        refusal = procrm.last(OURS, "refusal")
        assert all(
            " ".join(words[language].split()) in plain(refusal) for words in (reason.title, reason.text, reason.cure)
        )
        assert sum(hint in plain(refusal) for hint in vendors_support(procrm, language)) == 1  # A2, and only once
        assert len(re.findall(r"\w+", own_words(refusal))) <= 120
        status = Status.DETAILS if effect == "hold" else Status.REFUSED
        assert procrm.ticket(f"PRO-00000{number}").status is status


def test_what_is_out_of_scope_is_a_persons_and_prepared(procrm: Office) -> None:  # A4
    text = "Розробіть, будь ласка, бізнес-процес погодження договорів: юрист, бухгалтер, директор."
    request = asked(procrm, text, STRANGER)
    assert procrm.kinds(STRANGER) == ["receipt"]
    assert "#відмовити out-of-scope" in request.text
    procrm.reply(request, "#відмовити out-of-scope")
    assert "менеджер проєктів" in plain(procrm.last(STRANGER, "refusal"))


def test_our_own_implementation_is_corrected(procrm: Office) -> None:  # A3
    text = "Вы внедряли нам CRM. Нужна мелкая правка: поменяйте местами два реквизита в шаблоне договора.\n"
    asked(procrm, text, OURS, MANAGER)
    assert "implemented_by_us" not in procrm.last(MANAGER, "request").text.split("intake.toml")[0]
    asked(procrm, text, OTHERS, MANAGER)
    assert procrm.ticket("PRO-000001").doubt is None
    assert procrm.ticket("PRO-000002").doubt is not None


def test_a_ready_answer_is_suggested_and_sent(procrm: Office) -> None:  # A13
    request = asked(procrm)
    assert "#відповідь notifications" in request.text
    procrm.reply(request, "#відповідь сповіщення")
    answer = plain(procrm.last(OURS, "answer"))
    assert "Кожен налаштовує свої сповіщення сам" in answer
    assert "https://help.example.test/notifications" in answer


def test_a_letter_that_says_nothing_is_asked_and_the_answer_completes_it(procrm: Office) -> None:  # A10, A16
    procrm.arrive(OURS, "Не працює, допоможіть!", "не працює")
    question = procrm.last(OURS, "request-information")
    assert procrm.ticket().status is Status.DETAILS
    assert "Що саме сталося або що потрібно" in plain(question)
    assert "знімок екрана (JPG, GIF, PNG)" in plain(question)
    procrm.reply(question, "Не відкривається картка угоди, біла сторінка.")
    assert procrm.ticket().status is not Status.DETAILS
    assert procrm.kinds(CONSULTANT)[-1] == "request"


def test_a_good_rating_closes_and_a_bad_one_complains(procrm: Office) -> None:  # A22, A24
    procrm.reply(asked(procrm), "#вирішено\nОчистіть кеш браузера.")
    assert "Питання вирішено?" in procrm.last(OURS, "rating").text
    procrm.reply(procrm.last(OURS, "rating"), "5")
    assert (procrm.ticket().status, procrm.ticket().rating) == (Status.CLOSED, 5)
    second = asked(procrm, RUSSIAN)
    procrm.reply(second, "#решено\nСделано.")
    procrm.reply(procrm.last(OURS, "rating"), "2\nНе помогло.")
    assert procrm.kinds(QUALITY) == ["complaint"]


def test_what_is_not_settled_comes_back(procrm: Office) -> None:  # A23
    procrm.reply(asked(procrm), "#вирішено\nОчистіть кеш браузера.")
    procrm.reply(procrm.last(OURS, "rating"), "Ні, сповіщень усе одно немає.")
    assert procrm.ticket().status is Status.OPEN


def test_the_wish_for_quality_in_the_support_mailbox(procrm: Office) -> None:  # A24
    procrm.arrive(OURS, "Прошу передати моє звернення у відділ контролю якості, відповіді немає тиждень.", "Скарга")
    ticket = procrm.ticket()
    assert (ticket.category, ticket.status) == ("quality", Status.NEW)
    assert procrm.kinds(OURS) == ["receipt"]
    assert procrm.kinds(QUALITY) == ["complaint"]


def test_the_quality_mailbox(procrm: Office) -> None:  # A24
    procrm.arrive(OURS, "Звернення закрили без відповіді.", "Скарга", box="control")
    assert procrm.ticket().category == "quality"
    assert procrm.kinds(QUALITY) == ["complaint"]
    assert procrm.last(OURS, "receipt").message["From"].addresses[0].username == "control"


def test_what_was_said_by_telephone_is_not_registered(procrm: Office) -> None:  # A11
    request = asked(procrm)
    procrm.reply(request, f"#для {OTHERS}\nДзвонили, не бачать угод.")
    assert procrm.count() == 1
    assert procrm.kinds(OTHERS) == []
    assert "#для" in procrm.last(CONSULTANT, "confirmation").text
