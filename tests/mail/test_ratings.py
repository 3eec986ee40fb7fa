"""The first line of a client's reply to «is it solved?»."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from maild.mail import ratings
from maild.mail.ratings import Assessment, read_rating
from maild.mail.thread import Signer

CODE = Signer(b"a secret of the tests alone").code("ivan@client.example", "client", "CRM-000042")


def rated(reply: str) -> int | None:
    """The rating of a reply that is one, None where nothing is read."""
    found = read_rating(reply)
    if found is None:
        return None
    assert not found.unsolved
    return found.rating


RATED = {
    5: """5|５|5️⃣|⑤|5.|5!|5!!!|5+|5++|5)|5 :)|5)))|5 👍|**5**|#5|"5"|«5»|(5)|- 5|5 -|5,|5 баллов|5 балів
        |5 points|5 stars|5 звёзд|5 зірок|5 ⭐|5⭐️|5/5|5 / 5|5 из 5|5 из пяти|5 баллов из 5|5 из 5 баллов
        |5 of 5|5 out of 5|5 з 5|пять|Пять!|п'ять|П’ЯТЬ|п`ять|five|пять баллов|пять из пяти|five out of five
        |five stars|на пятёрку|на пятерку|на п'ятірку|пятёрка|твёрдая пятёрка|на отлично|ставлю 5
        |Ставлю вам 5|ставлю пятёрку|оценка 5|Оценка: 5|оценка - 5|оценка -5|Моя оценка — 5|моя оценка пять
        |оцінка: 5|rating: 5|my rating is 5|I give 5|I rate it a 5
        |⭐⭐⭐⭐⭐|⭐️⭐️⭐️⭐️⭐️|⭐ ⭐ ⭐ ⭐ ⭐|★★★★★|⭐⭐⭐⭐⭐ 5
        |5 (отлично)|5 - отлично|5  отлично|5 (пять)|Отлично, 5|5, excellent|отлично|Отлично!|ОТЛИЧНО
        |oтличнo|отли\u00adчно|\ufeffотлично|Всё отлично|супер|Прекрасно!|excellent|Excellent!|great|perfect
        |відмінно|чудово|Отлично, супер!|Отлично, спасибо!|Спасибо, отлично|Супер, спасибо большое!
        |Great, thanks!|Excellent. Thank you very much!|Відмінно, дякую!|5, спасибо|5 спасибо|Спасибо, 5
        |Большое спасибо! 5|5! Спасибо за помощь|Спасибо за помощь, 5|5, thanks for your help|5 и спасибо
        |Да, 5|Решено, 5|Вопрос решён. 5|Да, вопрос решён, спасибо. Оценка 5|Yes, 5|Здравствуйте! 5
        |Здравствуйте, 5|Здравствуйте, Анна! 5|Hi, 5|Hi Ann, 5|Добрый день, Анна Петровна! Отлично, спасибо.
        |Відмінно. Дуже дякую за допомогу!|Добридень! 5|Так, усе вирішено. Оцінка 5|П’ятірка, щиро дякую!|5 з 5, спасибі
        |Great support!|5 😊""",
    4: """4|4+|4 из 5|4/5|четыре|чотири|four|на четвёрку|хорошо|Хорошо.|ХОРОШО!|добре|Добре|good|Good!
        |Good, thanks|4, спасибо|4 хорошо|4, хорошо, спасибо|Оценка: хорошо|★★★★☆|⭐⭐⭐⭐|очень хорошо
        |very good|оценка: 4|четвірка|4 балла""",
    3: """3|три|three|нормально|Нормально|Нормально, спасибо|fair|Fair.|удовлетворительно|задовільно|3 из 5
        |★★★☆☆|тройка|на тройку|3 нормально""",
    2: """2|два|two|плохо|Плохо!|poor|bad|погано|неудовлетворительно|незадовільно|двойка|ставлю двойку|2 из 5
        |⭐⭐|Poor support|К сожалению, 2|2 плохо|2/5""",
    1: """1|один|one|очень плохо|Очень плохо!!!|very poor|very bad|дуже погано|ужасно|terrible|жахливо|единица
        |⭐|★☆☆☆☆|1 из 5|1 балл|1 star|1  очень плохо|оценка 1|ставлю единицу""",
}


def test_no_phrase_has_two_meanings() -> None:
    tables = (ratings._RATINGS, ratings._NUMBERS, ratings._AROUND)
    phrases = [
        (phrase, kind) for table in tables for kind, written in table.items() for phrase in ratings._phrases(written)
    ]
    assert len(dict(phrases)) == len(set(phrases))


def listed(table: str) -> list[str]:
    return [line.strip("\n ") for line in table.split("|")]


@pytest.mark.parametrize(
    ("line", "rating"), [(line, rating) for rating, table in RATED.items() for line in listed(table)]
)
def test_ratings(line: str, rating: int) -> None:
    for reply in (line, f"\n\u00a0\n  {line}\u00a0\r\n", f"Здравствуйте!\n\n{line}", f"{line}\n\n{CODE}"):
        assert read_rating(reply) == Assessment(rating, False, "")


@pytest.mark.parametrize(
    "line",
    listed(
        """5 ошибок осталось|5 дней не работает|Хорошо бы ещё отчёт|не отлично|Не хорошо
        |Отлично, но теперь не печатается|Хорошо, но|Отлично, а когда остальное|Хорошо, спасибо
        |Хорошо, спасибо!|Спасибо, хорошо|Добре, дякую|5, проте знову помилка|5, досі чекаємо
        |Спасибо!|Дякую|Thanks|Спасибо за помощь!|ок|Ок, 5
        |Понятно|4-5|4–5|4 - 5|3.5|3,5|4.5 из 5|5.0|5,5|5 5|5, 5|4 5|5:30|0|6|10|00|05|55|-5|- -5|−5|5%|5?
        |Отлично?|5 из 10|10/10|5/10|4 из 5 проблем решено|Решено 4 из 5|4 из 5 решено|решено 2
        |один вопрос решён|1 вопрос решён|из 5|/5|баллов|5 :(|5 :-(|5((|5 👎|👍|5, плохо|плохо, отлично
        |5, не решено|не решено, 2|1 не работает|Нет, отлично|No good|All good|Не помогло, ошибка та же
        |Решено|Да|да, решено|Осталось 5|Здравствуйте, Осталось 5|Здравствуйте! Осталось 5
        |Здравствуйте, это 5|№5|5 шт.|5 мин|5 января|2-я линия|5-й день жду|5 лет|1С|1С:CRM|пять ошибок
        |три раза перезагружали|One more question|Two things|Плохо видно кнопку|Хорошо видно|very|очень
        |5 = 5|☆☆☆☆☆|⭐⭐⭐⭐⭐⭐|⭐⭐ 5|★★★☆|не|--|…|*|stars|5, но долго отвечали
        |2, 3 пункт|? 5, спасибо|5 и ещё вопрос|оценка|оценка: позже
        |5 с минусом|Fair enough|Not bad|Bad gateway|٥5|http://5|5@5|<5>|5°|5²|1. Не печатается"""
    ),
)
def test_no_ratings(line: str) -> None:
    assert read_rating(line) is None
    assert read_rating(f"Здравствуйте!\n{line}") is None


@pytest.mark.parametrize(
    "line",
    listed(
        """reopen|Reopen|#reopen|REOPEN.|reopen please|не решено|Не решено!|Не решён|не решен|Вопрос не решён
        |Не помогло|не помогло.|Нет|Нет, не помогло|К сожалению, не помогло|Увы, не решено
        |Спасибо, не помогло|не работает|Всё ещё не работает|По-прежнему не работает|Вернуть в работу
        |вернуть в работу|#переоткрыть|not solved|Not resolved|it is not solved|It's not solved
        |It’s not solved|Unfortunately, not solved|No|No, it didn't help|doesn't work|не вирішено
        |Не вирішено!|Проблему не вирішено|На жаль, усе ще не працює|Проблема залишилася
        |поверніть в роботу|питання не вирішено|не допомогло|На жаль, не допомогло|Ні|повернути в роботу
        |перевідкрити|Здравствуйте, не решено|Hello Ann, not solved|нe peшeнo"""
    ),
)
def test_unsolved(line: str) -> None:
    assert read_rating(line) == Assessment(None, True, "")
    reply = f"Добрый день!\n{line}\n\nОшибка та же.\n5 раз проверили\n{CODE}"
    assert read_rating(reply) == Assessment(None, True, "Ошибка та же.\n5 раз проверили")


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (f"5\r\n{CODE}", Assessment(5, False, "")),
        (f"2\r\n\r\n{CODE}\r\n", Assessment(2, False, "")),
        (f"2\r\nДолго отвечали\r\n{CODE}", Assessment(2, False, "Долго отвечали")),
        (f"2\r\n\r\nДолго отвечали\r\nи не по делу\r\n{CODE}", Assessment(2, False, "Долго отвечали\nи не по делу")),
        (f"{CODE}\n1", Assessment(1, False, "")),
        (f"reopen\r\n{CODE}", Assessment(None, True, "")),
        ("Отлично\n\nС уважением,\nИван", Assessment(5, False, "С уважением,\nИван")),
        ("Спасибо!\n5", Assessment(5, False, "")),
        ("Да, решено\n5", Assessment(5, False, "")),
        ("Оценка:\n4", Assessment(4, False, "")),
        ("Здравствуйте, Анна Петровна!\n\nХорошо", Assessment(4, False, "")),
        ("Hi Ann,\n\nexcellent", Assessment(5, False, "")),
        ("Уважаемые коллеги!\nплохо", Assessment(2, False, "")),
        ("5,\nспасибо", Assessment(5, False, "спасибо")),
        ("Отлично,\nно теперь не печатается", None),
        ("Хорошо.\nСпасибо!", None),
        ("Хорошо,\nспасибо", None),
        ("Хорошо, спасибо\nИван", None),
        ("Хорошо\nОтвечали быстро", Assessment(4, False, "Отвечали быстро")),
        ("Здравствуйте!", None),
        ("HI", None),
        ("Hi,\nnot solved", Assessment(None, True, "")),
        ("НІ", Assessment(None, True, "")),
        ("Здравствуйте!\nСпасибо!", None),
        ("Здравствуйте!\nСнова ошибка\n5", None),
        ("Снова ошибка\n5", None),
        (CODE, None),
        ("", None),
        ("> 5", None),
        ("5 " + "!" * 300, None),
    ],
)
def test_whole_replies(reply: str, found: Assessment | None) -> None:
    assert read_rating(reply) == found


_PIECES = [table_line for table in RATED.values() for table_line in listed(table)]
_BITS = st.one_of(
    st.sampled_from(_PIECES),
    st.sampled_from(
        [*"012345678 \n\n,.!?/+-:;()#⭐☆", "не ", "но ", "спасибо", "Здравствуйте, ", "не решено", CODE, "\ud800"]
    ),
    st.text(max_size=6),
)


@given(st.lists(_BITS, max_size=12).map("".join))
def test_any_reply_is_read_or_not(reply: str) -> None:
    found = read_rating(reply)
    if found:
        assert found.unsolved == (found.rating is None)
        assert found.rating in (None, 1, 2, 3, 4, 5)
        assert "maild:" not in found.words or CODE not in found.words


@given(
    st.sampled_from(_PIECES),
    st.sampled_from(["но", "не", "а ещё", "ошибок", "осталось", "почему", "6", "?", "but", "ні"]),
)
def test_one_strange_word_and_it_is_no_rating(line: str, strange: str) -> None:
    if not re.match(r"\W*[1-5]\W*[,;!]|\W*[1-5] (спасибо|thank|дякую)", line, re.IGNORECASE):  # words may follow these
        assert rated(f"{line} {strange}") is None
    assert rated(f"{strange} {line}") is None


@pytest.mark.parametrize(
    "reply", ["5" * 100_000, "⭐" * 100_000, "Здравствуйте!\n" * 5_000, "5 " * 100_000, "\n" * 100_000]
)
def test_hostile_replies_end(reply: str) -> None:
    assert read_rating(reply) is None


@pytest.mark.parametrize(
    ("reply", "words"),
    [("2, долго отвечали", "долго отвечали"), ("1; не помогли\nЖдём третий день", "не помогли\nЖдём третий день")],
)
def test_the_reason_behind_a_low_figure_is_its_words(reply: str, words: str) -> None:
    assert read_rating(reply) == Assessment(int(reply[0]), False, words)


@pytest.mark.parametrize(
    ("reply", "rating"),
    [
        ("5, спасибо, всё получилось!", 5),
        ("5 спасибо, помогло", 5),
        ("5, thank you, it works now", 5),
        ("4! Дуже дякую, працює", 4),
        ("5, но не работает", None),
        ("5, спасибо, но осталась ошибка", None),
        ("5, thanks, but it still fails", None),
        ("4, долго?", None),
    ],
)
def test_glad_words_behind_a_high_figure(reply: str, rating: int | None) -> None:
    assert rated(reply) == rating
