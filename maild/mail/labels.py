"""The small words of letters, by language: labels of tables and what stands in their cells.

Whole sentences stand in the templates; here is what the program itself has to put together. The words of one audience
alone are in the other files of this name.
"""

from collections.abc import Mapping

from maild.mail import labels_client, labels_deeds, labels_links, labels_staff, labels_summary

_PARTS = (labels_client, labels_staff, labels_deeds, labels_links, labels_summary)

_LABELS: Mapping[str, Mapping[str, str]] = {
    "ru": {
        "number": "Номер",
        "subject": "Тема",
        "question": "Вопрос",
        "received": "Получено",
        "confirmation": "Подтверждение",
        "answer": "Ответ",
        "planned": "Планируемое решение",
        "product": "Программа",
        "organisation": "Организация",
        "contracts": "Договоры",
        "stated": "Указано",
        "reaction": "Реакция",
        "resolution": "Решение",
    },
    "en": {
        "number": "Number",
        "subject": "Subject",
        "question": "Question",
        "received": "Received",
        "confirmation": "Confirmation",
        "answer": "Answer",
        "planned": "Planned solution",
        "product": "Product",
        "organisation": "Organisation",
        "contracts": "Contracts",
        "stated": "Stated",
        "reaction": "Reaction",
        "resolution": "Resolution",
    },
    "uk": {
        "number": "Номер",
        "subject": "Тема",
        "question": "Питання",
        "received": "Отримано",
        "confirmation": "Підтвердження",
        "answer": "Відповідь",
        "planned": "Заплановане вирішення",
        "product": "Програма",
        "organisation": "Організація",
        "contracts": "Договори",
        "stated": "Зазначено",
        "reaction": "Реакція",
        "resolution": "Вирішення",
    },
}

_WORDS: Mapping[str, Mapping[str, str]] = {
    "ru": {
        "no subject": "(без темы)",
        "your request": "Ваше обращение",
        "until": "до {when}",
        "not later": "не позднее {when}",
        "at least": "от {span}, ориентир {when}",
        "version": "версия {version}",
        "registration number": "рег. номер {number}",
        "contract until": "{title} — до {day}",
        "provisional": "предварительно: календарь на {year} год ещё не утверждён",
        "megabytes": "МБ",
        "unproven": "право на поддержку не подтверждено",
        "whom to ask": "К кому обратиться: {who}.",
        "lapsed, one": "договор {titles} закончился",
        "lapsed, many": "договоры {titles} закончились",
        "never there, one": "нет договора {titles}",
        "never there, many": "нет договоров {titles}",
        "several numbers": "В письме несколько номеров. Напишите тот, о котором речь.",
        "unknown number": "Номера{number} нет в нашем реестре. {check}",
        "check number": "Проверьте его.",
        "not recognised": "Написано «{value}»: это не подходит.",
        "not recognised, bare": "Присланное не подходит.",
        "too short": "{value} короче {digits}.",
        "too long": "{value} длиннее {digits}.",
        "digits": "{count} цифр",
    },
    "en": {
        "no subject": "(no subject)",
        "your request": "Your request",
        "until": "by {when}",
        "not later": "no later than {when}",
        "at least": "from {span}, about {when}",
        "version": "version {version}",
        "registration number": "reg. number {number}",
        "contract until": "{title} — until {day}",
        "provisional": "provisional: the calendar for {year} is not approved yet",
        "megabytes": "MB",
        "unproven": "the right to support is not confirmed",
        "whom to ask": "Whom to ask: {who}.",
        "lapsed, one": "the contract {titles} has ended",
        "lapsed, many": "the contracts {titles} have ended",
        "never there, one": "there is no contract {titles}",
        "never there, many": "there are no contracts {titles}",
        "several numbers": "There are several numbers in the letter. Write the one that it is about.",
        "unknown number": "The number{number} is not in our registry. {check}",
        "check number": "Please check it.",
        "not recognised": "What came is “{value}”: it does not fit.",
        "not recognised, bare": "What came does not fit.",
        "too short": "{value} is shorter than {digits}.",
        "too long": "{value} is longer than {digits}.",
        "digits": "{count} digits",
    },
    "uk": {
        "no subject": "(без теми)",
        "your request": "Ваше звернення",
        "until": "до {when}",
        "not later": "не пізніше {when}",
        "at least": "від {span}, орієнтир {when}",
        "version": "версія {version}",
        "registration number": "реєстр. номер {number}",
        "contract until": "{title} — до {day}",
        "provisional": "попередньо: календар на {year} рік ще не затверджено",
        "megabytes": "МБ",
        "unproven": "право на підтримку не підтверджено",
        "whom to ask": "До кого звернутися: {who}.",
        "lapsed, one": "договір {titles} закінчився",
        "lapsed, many": "договори {titles} закінчилися",
        "never there, one": "немає договору {titles}",
        "never there, many": "немає договорів {titles}",
        "several numbers": "У листі кілька номерів. Напишіть той, про який ідеться.",
        "unknown number": "Номера{number} немає в нашому реєстрі. {check}",
        "check number": "Перевірте його.",
        "not recognised": "Написано «{value}»: це не підходить.",
        "not recognised, bare": "Надіслане не підходить.",
        "too short": "У «{value}» менше {digits}.",
        "too long": "У «{value}» більше {digits}.",
        "digits": "{count} цифр",
    },
}

LABELS: Mapping[str, Mapping[str, str]] = {
    language: {**own, **{key: text for part in _PARTS for key, text in part.LABELS[language].items()}}
    for language, own in _LABELS.items()
}
"""Labels of rows by language and key."""

WORDS: Mapping[str, Mapping[str, str]] = {
    language: {**own, **{key: text for part in _PARTS for key, text in part.WORDS[language].items()}}
    for language, own in _WORDS.items()
}
"""Small wordings by language and key; what stands in braces is filled in by `word`."""


def label(key: str, language: str) -> str:
    """The label of a table row."""
    return LABELS[language][key]


def word(key: str, language: str, /, **values: object) -> str:
    """A small wording with its values put in. Values are never read as formats."""
    return WORDS[language][key].format(**values)
