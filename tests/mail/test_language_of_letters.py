"""Russian, Ukrainian, English."""

import pytest
from maild.mail.language import language_of, read_language

SAMPLES = [
    ("Добрый день! Не печатается счёт, подскажите.", "ru"),
    ("не работает", "ru"),
    ("Помогите!!!", "ru"),
    ("Добрый день, обновите 1С:CRM PROF please до версии 3.1.25.4", "ru"),
    ("Здравствуйте, компания Acme Consulting International Limited, не входит в базу", "ru"),
    ("Добрий день! Не приходять сповіщення про нові завдання.", "uk"),
    ("не працює", "uk"),
    ("Допоможіть", "uk"),
    ("Доброго дня. Хочу поскаржитися на роботу.", "uk"),
    ("Де знайти звіт по угодах?", "uk"),
    ("Прошу надати доступ до оновлень порталу, дякую", "uk"),
    ("Номер 801000017, версія 3.1.25.4, ТОВ «Берёза», 1С:CRM ПРОФ", "uk"),
    ("Портал пише «Не удалось подключиться к серверу, попробуйте ещё раз», підкажіть", "uk"),
    ('Ошибка: "Unable to connect to the server"', "ru"),
    ("«Не працює звіт»", "uk"),
    ("Hello, how do I change the interface language?", "en"),
    ("Hi there,\nwe use 1C:CRM PROF. Company: ООО «НордПак»\nThanks", "en"),
    ("please help", "en"),
    ("", "ru"),
    ("?!", "ru"),
    ("801234567", "ru"),
    ("3.1.25.4 801234567 https://stepove.bitrix24.test i@romashka.test", "ru"),
]


@pytest.mark.parametrize("text, language", SAMPLES)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text, subject, language",
    [("", "Не працює портал", "uk"), ("801234567", "Question", "en"), ("ок", "Помилка у звіті", "uk")],
)
def test_the_subject_helps_short_texts(text: str, subject: str, language: str) -> None:
    assert language_of(text, subject) == language


def test_a_long_text_outweighs_its_subject() -> None:
    assert language_of("Не печатается счёт из сделки, подскажите, пожалуйста, что делать. " * 10, "Bug report") == "ru"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("801000017, 3.1.25.4", False),
        ("1C:CRM PROF 3.1.25.4, LLC Romashka", False),
        ("номер 801000017", False),
        ("The number is 801000017", True),
        ("Ось номер: 801000017, дякую", True),
        ("Это номер 801000017", True),
    ],
)
def test_whether_anything_tells_the_language(text: str, told: bool) -> None:
    assert read_language(text)[1] is told
