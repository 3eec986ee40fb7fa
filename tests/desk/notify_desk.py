"""A desk made of values alone: rules, people, fields and refusals, for the tests of the letters."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from maild.data import data_dir
from maild.desk.desk import Desk, Mailbox
from maild.domain.calendar import Calendar, Year
from maild.domain.fields import FieldRule, FieldRules, Kind
from maild.domain.intake import Category, IntakeRules, Signs
from maild.domain.people import Agent, Line, People
from maild.domain.rules import DeskRules, Refusal, SelfHelp
from maild.domain.service import Level, Registry
from maild.mail.compose import Templates
from maild.mail.thread import Signer
from maild.regulation.load import Regulation

ZONE = ZoneInfo("Europe/Moscow")
TEMPLATES = Templates([data_dir("templates")])
SECRET = b"a secret of thirty-two bytes...."


def moment(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A time of 2026 in Moscow."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def _text(ru: str, en: str, uk: str) -> dict[str, str]:
    return {"ru": ru, "en": en, "uk": uk}


Words = tuple[str, str, str]


def _field(name: str, kind: Kind, title: Words, hint: Words | None = None, digits: int = 0) -> FieldRule:
    says = _text(*hint) if hint else {}
    return FieldRule(name, kind, _text(*title), says, frozenset({digits} if digits else ()))


FIELDS = {
    rule.name: rule
    for rule in (
        _field(
            "registration_number",
            Kind.NUMBER,
            ("Регистрационный номер программы", "Registration number of the program", "Реєстраційний номер програми"),
            (
                "девять цифр, указан на регистрационной карточке",
                "nine digits, printed on the registration card",
                "дев’ять цифр, зазначено на реєстраційній картці",
            ),
            9,
        ),
        _field(
            "version",
            Kind.VERSION,
            ("Версия программы", "Version of the program", "Версія програми"),
            (
                "четыре числа через точку. В программе: Справка → О программе. Номер платформы не подходит",
                "four numbers with dots between. In the program: Help → About. The platform's number does not fit",
                "чотири числа через крапку. У програмі: Довідка → Про програму. Номер платформи не підходить",
            ),
        ),
        _field("organisation", Kind.ORGANISATION, ("Организация", "Organisation", "Організація")),
        _field("product", Kind.CHOICE, ("Программа", "Program", "Програма")),
        _field(
            "inn",
            Kind.INN,
            ("ИНН", "INN", "ІПН"),
            ("десять или двенадцать цифр", "ten or twelve digits", "десять або дванадцять цифр"),
        ),
        _field("update_user", Kind.LOGIN, ("Имя пользователя", "User name", "Ім’я користувача")),
    )
}


def _refusal(key: str, effect: str, title: dict[str, str], text: dict[str, str], cure: dict[str, str]) -> Refusal:
    return Refusal(key, title, text, cure, effect)


REFUSALS = {
    rule.key: rule
    for rule in (
        _refusal(
            "contract-expired",
            "refuse",
            _text("договор закончился", "the contract has lapsed", "договір закінчився"),
            _text(
                "Срок одного из договоров прошёл.",
                "One of the contracts has run out.",
                "Строк одного з договорів минув.",
            ),
            _text(
                "Продлите договор у своего франчайзи.",
                "Extend the contract with your franchisee.",
                "Продовжте договір у свого франчайзі.",
            ),
        ),
        _refusal(
            "contract-missing",
            "refuse",
            _text("нет договора", "there is no contract", "немає договору"),
            _text("Одного из договоров нет.", "One of the contracts does not exist.", "Одного з договорів немає."),
            _text(
                "Заключите договор у своего франчайзи.",
                "Sign the contract with your franchisee.",
                "Укладіть договір у свого франчайзі.",
            ),
        ),
        _refusal(
            "unproven",
            "refuse",
            _text(
                "право на поддержку не подтверждено",
                "the right to support is not confirmed",
                "право на підтримку не підтверджено",
            ),
            _text(
                "Не смогли подтвердить право на поддержку по этому номеру.",
                "We could not confirm a right to support for this number.",
                "Не змогли підтвердити право на підтримку за цим номером.",
            ),
            _text(
                "Напишите с адреса своей организации или спросите у франчайзи.",
                "Write from your organisation's address or ask your franchisee.",
                "Напишіть з адреси своєї організації або запитайте у франчайзі.",
            ),
        ),
        _refusal(
            "out-of-scope",
            "refuse",
            _text("вне рамок линии", "outside the scope of this line", "поза межами лінії"),
            _text(
                "Линия помогает с типовыми возможностями. Настройка на вашем компьютере сюда не входит.",
                "The line helps with the standard functions. Set-up on your computer is not part of it.",
                "Лінія допомагає з типовими можливостями. Налаштування на вашому комп’ютері сюди не входить.",
            ),
            _text(
                "Такую работу делает ваш франчайзи по 1С:КП.",
                "Your franchisee does such work under 1С:КП.",
                "Таку роботу виконує ваш франчайзі за 1С:КП.",
            ),
        ),
        _refusal(
            "not-reproducible",
            "hold",
            _text("ошибка не воспроизводится", "the error cannot be reproduced", "помилка не відтворюється"),
            _text(
                "Мы повторили действия на актуальном релизе, и ошибка не появилась.",
                "We repeated the steps on the current release and the error did not appear.",
                "Ми повторили дії на актуальному релізі, і помилка не з’явилася.",
            ),
            _text(
                "Пришлите действия по шагам или запись экрана.",
                "Send the steps or a recording of the screen.",
                "Надішліть дії крок за кроком або запис екрана.",
            ),
        ),
    )
}


def rules(**changes: Any) -> DeskRules:
    """The sample `desk.toml`."""
    week = dict.fromkeys(range(5), ((9 * 3600, 18 * 3600),))
    values: dict[str, Any] = {
        "name": "Линия консультаций 1С:CRM",
        "prefix": "CRM",
        "languages": ("ru", "en"),
        "calendar": Calendar(ZONE, week, {2026: Year()}),
        "levels": {
            "standard": Level(
                "standard", "стандартный", 8 * 3600, 24 * 3600, titles={"ru": "стандартный", "uk": "стандартний"}
            ),
            "urgent": Level(
                "urgent", "оперативный", 4 * 3600, 8 * 3600, titles={"ru": "оперативный", "uk": "терміновий"}
            ),
            "open": Level("open", "без срока", None, None, titles={"ru": "без срока", "uk": "без терміну"}),
        },
        "hold": {"details": frozenset({"reaction", "resolution"}), "client": frozenset({"resolution"})},
        "quality_reaction": 8 * 3600,
        "refusals": REFUSALS,
        "telephone": "+7 495 000-00-00",
        "hours_text": _text(
            "пн–пт, 9:00–18:00 (мск), кроме праздников",
            "Mon–Fri, 9:00–18:00 (MSK), not on holidays",
            "пн–пт, 9:00–18:00 (за Москвою), крім свят",
        ),
        "contract_titles": {"its": "1С:ИТС", "kp": "1С:КП Отраслевой"},
        "self_help": (
            SelfHelp(_text("Частые вопросы", "Frequent questions", "Часті питання"), "https://crm.example.test/help"),
            SelfHelp(
                _text("Форум пользователей", "The users' forum", "Форум користувачів"), "https://forum.example.test/crm"
            ),
        ),
        "notes": {
            "always": _text(
                "Вопросы по лицензированию решаем и без договоров: просто напишите.",
                "Questions about licensing are answered without contracts too: just write.",
                "Питання щодо ліцензування вирішуємо й без договорів: просто напишіть.",
            )
        },
    }
    return DeskRules(**{**values, **changes})


def desk(language: str = "ru", templates: Templates = TEMPLATES, **changes: Any) -> Desk:
    """The sample desk; `language` is its first, `changes` go into `desk.toml`."""
    people = People(
        agents=(
            Agent("ivanov@example.test", "Иван Иванов", ("consultants",)),
            Agent("kotova@example.test", "Анна Котова", ("consultants", "managers")),
        ),
        lines={
            "consultants": Line("consultants", "Консультанты", True, "managers"),
            "managers": Line("managers", "Менеджеры", False, None),
        },
        quality=("quality@example.test",),
    )
    intake = IntakeRules(
        fields=FieldRules(fields=FIELDS),
        categories={
            "consultation": Category("consultation", _text("консультация", "consultation", "консультація"), "standard")
        },
        signs=Signs(()),
        out_of_scope={},
        default="consultation",
        quality="quality",
        refusals={"expired": "contract-expired", "missing": "contract-missing", "unproven": "unproven"},
    )
    changes.setdefault("languages", {"ru": ("ru", "en"), "en": ("en", "ru"), "uk": ("uk", "ru", "en")}[language])
    regulation = Regulation(data_dir("rules"), rules(**changes), intake, people, Registry({}, {}, {}, {}, {}))
    boxes = {
        "crm": Mailbox("crm", "support", "crm@example.test"),
        "control": Mailbox("control", "quality", "control@example.test"),
    }
    return Desk("rarus", regulation, boxes, templates, Signer(SECRET), operator="postmaster@example.test")
