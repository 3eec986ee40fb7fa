"""Ready answers of a regulation: how they are read, at which words they are offered, and what rarus ships."""

import shutil
from pathlib import Path

import pytest
from maild.data import data_dir
from maild.domain.lookup import find_canned
from maild.errors import ConfigErrors
from maild.regulation.answers import load_answers, offered
from maild.regulation.load import Regulation, fingerprint, load_regulation

RARUS = data_dir("rules") / "rarus"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(RARUS, tmp_path / "rules")
    return tmp_path / "rules"


@pytest.fixture(scope="module")
def rarus() -> Regulation:
    return load_regulation(RARUS)


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / "answers" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_regulation_needs_no_answers(folder: Path) -> None:
    shutil.rmtree(folder / "answers")
    found = load_regulation(folder)
    assert found.desk.canned == {}
    assert offered(found.offers, "Как скрыть поле?", language="ru") == ()


def test_an_answer_as_it_is_read(tmp_path: Path) -> None:
    put(
        tmp_path,
        "перенос-2.toml",
        'suggest = ["move"]\ntext = { en = "Move it.", uk = "\\n Так.\\n\\nОсь.\\n" }\ntitle = "т"\n',
    )
    book = load_answers(tmp_path, "uk", {})
    found = book.canned["перенос-2"]
    assert (found.key, found.title, found.suggest) == ("перенос-2", {"uk": "т"}, ("move",))
    assert list(found.text.items()) == [("uk", "Так.\n\nОсь."), ("en", "Move it.")]
    assert found.rule == "answers/перенос-2.toml:2"
    assert book.warnings == ()
    assert offered(book.offers, "Moving to another server", "we move", language="en") == ("перенос-2",)


def test_what_is_no_answer_is_left_alone_with_a_warning(folder: Path) -> None:
    before = set(load_regulation(folder).desk.canned)
    for name in ("readme.txt", ".hide.toml.swp", ".hidden.toml", "hide-field.toml~", "upper.TOML"):
        put(folder, name, "not toml at all")
    (folder / "answers" / "more.toml").mkdir()
    found = load_regulation(folder).desk
    assert set(found.canned) == before
    assert [says.partition(":")[0] for says in found.warnings] == [
        "answers/.hidden.toml",
        "answers/.hide.toml.swp",
        "answers/hide-field.toml~",
        "answers/more.toml",
        "answers/readme.txt",
        "answers/upper.TOML",
    ]


def test_two_spellings_of_one_name(tmp_path: Path) -> None:
    """A system that writes «й» as two characters makes no other answer of it."""
    put(tmp_path, "и\u0306од.toml", 'title = "a"\ntext = "b"\n')
    assert list(load_answers(tmp_path, "ru", {}).canned) == ["йод"]


def test_lists_of_words_may_be_named(folder: Path) -> None:
    put(folder, "refund.toml", 'title = "refund"\ntext = "x"\nsuggest = ["<howto> .. возврат"]\n')
    regulation = load_regulation(folder)
    assert offered(regulation.offers, "Подскажите, как оформить возврат товара?", language="ru") == ("refund",)
    assert offered(regulation.offers, "Не подскажите про возврат", language="ru") == ()


def test_every_fault_of_the_whole_folder_is_told_at_once(folder: Path) -> None:
    """A broken desk.toml hides no broken answer, and names of words are not held against it where intake.toml fails."""
    for name in ("desk.toml", "intake.toml"):
        path = folder / name
        path.write_text("unknown = 1\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    put(folder, "bad.toml", 'title = "bad"\n')
    put(folder, "good.toml", 'title = "good"\ntext = "x"\nsuggest = ["<howto> good"]\n')
    with pytest.raises(ConfigErrors) as caught:
        load_regulation(folder)
    found = str(caught.value).replace(f"{folder}/", "").splitlines()
    assert [line.rpartition(":")[0] for line in found] == [
        "desk.toml:1: unknown",
        "intake.toml:1: unknown",
        "answers/bad.toml: text",
    ]


@pytest.mark.parametrize("text", ["not toml [", 'title = "a"\ntext = ""\n'])
def test_an_intake_that_cannot_be_read_does_not_hide_a_broken_answer(folder: Path, text: str) -> None:
    (folder / "intake.toml").write_bytes(b"\xff")
    put(folder, "bad.toml", text)
    with pytest.raises(ConfigErrors) as caught:
        load_regulation(folder)
    assert [Path(fault.file).name for fault in caught.value.faults] == ["intake.toml", "bad.toml"]


def test_a_changed_answer_is_taken_up(folder: Path) -> None:
    before = fingerprint(folder)
    put(folder, "new.toml", 'title = "a"\ntext = "b"\n')
    assert fingerprint(folder) != before


def test_every_rarus_answer_speaks_both_languages(rarus: Regulation) -> None:
    canned = rarus.desk.canned
    assert set(canned) >= {"hide-field", "update-how-to", "licence-activation", "send-screenshot"}
    for item in canned.values():
        for words in (item.title, item.text):
            assert list(words) == ["ru", "en"], item.key
            assert not any("!" in text or "сожалению" in text for text in words.values())
        assert item.suggest
        assert all(find_canned(rarus.desk, name) is item for name in (item.key, *item.title.values()))


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Подскажите, как скрыть поле в карточке сделки?", "ru", ("hide-field",)),
        ("How can I hide a column in the list of deals?", "en", ("hide-field",)),
        ("Як приховати поле у картці?", "uk", ("hide-field",)),
        ("Как обновить программу до нового релиза?", "ru", ("update-how-to",)),
        ("How do I update the program?", "en", ("update-how-to",)),
        ("После замены материнской платы слетела лицензия.", "ru", ("licence-activation",)),
        ("We cannot activate the licence on the new server.", "en", ("licence-activation",)),
        ("При проведении документа выходит ошибка.", "ru", ("send-screenshot",)),
        ("При проведении документа выходит ошибка, скриншот во вложении.", "ru", ()),
        ("Как сделать рассылку по сегменту?", "ru", ()),
        ("Прошу предоставить доступ к обновлениям.", "ru", ()),
    ],
)
def test_when_the_rarus_answers_are_offered(
    text: str, language: str, expected: tuple[str, ...], rarus: Regulation
) -> None:
    assert offered(rarus.offers, "Вопрос", text, language=language) == expected
