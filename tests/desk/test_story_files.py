"""The raw letters of a ticket, for who wants to see them as they came: byte for byte, as many as a letter carries."""

import pytest
from maild.desk import story
from maild.desk.story import raw_files
from maild.mail.labels_story import size_word
from maild.mail.mime import File
from tests.desk.office import MONDAY, Office
from tests.desk.ticket_life import OLGA, letter_of, wrote


def test_the_raw_letters(office: Office) -> None:
    office.arrive(OLGA)
    wrote(office, OLGA, "Ещё письмо\n")
    with office.database.read() as tx:
        files = raw_files(tx, office.ticket())
    assert [file.name for file in files] == ["письмо-1.eml", "письмо-2.eml"]
    assert files[1] == File("письмо-2.eml", "message/rfc822", letter_of(OLGA, "Ещё письмо\n"))


def test_raw_letters_that_do_not_fit_are_named(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "RAW_BYTES", 10_000)
    office.arrive(OLGA)
    wrote(office, OLGA, "большое", file=("a.png", b"x" * 20_000))
    wrote(office, OLGA, "малое")
    with office.database.read() as tx:
        *files, rest = raw_files(tx, office.ticket())
    assert [file.name for file in files] == ["письмо-1.eml", "письмо-3.eml"]
    assert rest.name == "не-поместилось.txt"
    named = rest.data.decode()
    assert f"письмо-2.eml: {MONDAY.isoformat(timespec='minutes')}, {OLGA}, " in named
    assert "maild ticket CRM-000001 --raw" in named


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 Б"), (1023, "1023 Б"), (1024, "1 КБ"), (1_500_000, "1,4 МБ"), (20 * 1024**2, "20,0 МБ")]
)
def test_sizes(size: int, words: str) -> None:
    assert size_word(size, "ru") == words
