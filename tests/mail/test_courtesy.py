"""Only thanks, and nothing but thanks."""

import pytest
from maild.mail.courtesy import only_thanks


@pytest.mark.parametrize(
    "text",
    [
        "Спасибо!",
        "Спасибо большое, ждём.",
        "Добрый день! Благодарю, всё получилось",
        "Дякую",
        "Добрий день, колеги. Щиро дякуємо за швидку допомогу, все вийшло!",
        "Thanks a lot!",
        "thank you",
    ],
)
def test_thanks(text: str) -> None:
    assert only_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Спасибо, но не работает",
        "Спасибо, а когда?",
        "Спасибо. 801000017",
        "Спасибо, версия 3.1.25.4",
        "ок",
        "Понятно",
        "Дякую, але досі не працює",
        "Thanks, but the error is still there",
        "Заранее спасибо за скорый ответ по нашей проблеме с печатью счёта из карточки",
    ],
)
def test_more_than_thanks(text: str) -> None:
    assert not only_thanks(text)
