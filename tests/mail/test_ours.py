"""What our own letters say: the words between marker and footer, whatever they hold."""

import pytest
from maild.mail.markers import MARKERS
from maild.mail.ours import opening, own_words

RULE = "-" * 40
FOOT = "-- \nЛиния консультаций\ncrm@example.test"


@pytest.mark.parametrize("marker", MARKERS.values())
def test_between_marker_and_footer(marker: str) -> None:
    assert own_words(f"{marker}\n{RULE}\n\nСнимите флажок.\n\nАнна\n\n{FOOT}\n") == "Снимите флажок.\n\nАнна"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Просто слова.\n", "Просто слова."),
        (f"Слова.\n--\nПодпись агента\n\n{FOOT}", "Слова.\n--\nПодпись агента"),
        (f"{MARKERS['client', 'ru']}\n{RULE}\n\n{FOOT}", f"{MARKERS['client', 'ru']}\n{RULE}\n\n{FOOT}"),
        (f"{MARKERS['client', 'en']}\n{RULE}\nOne\n{RULE}\nTwo\n", "One\nTwo"),
        (f"Слова.\n\n{MARKERS['client', 'ru']}", f"Слова.\n\n{MARKERS['client', 'ru']}"),
        ("", ""),
    ],
)
def test_odd_letters(text: str, words: str) -> None:
    """Nothing left: the full text; the last separator ends the letter, a writer's own one does not."""
    assert own_words(text) == words


def test_the_opening_is_whole_paragraphs() -> None:
    text = f"{MARKERS['client', 'ru']}\n{RULE}\n\n" + "\n\n".join(("Первый.", "Второй.", "в" * 500)) + f"\n\n{FOOT}"
    assert opening(text) == "Первый.\n\nВторой."
    assert opening("в" * 500) == "в" * 500
