"""What a letter is about in its writer's words, told from greetings, pleas and complaints that say nothing.

Words are counted, each once: not those of courtesy, not the small ones, not numbers, addresses, names of products,
values of other fields, and not the rule's fillers. A word that asks («как», "where") counts double, because a short
question says more than a short complaint. Limits: whether the words make sense is for a person to judge.
"""

import re
from dataclasses import dataclass

from maild.domain.fields import FieldRule
from maild.domain.phrases import compile_words
from maild.mail.field_labels import Mark
from maild.mail.field_numbers import Value
from maild.mail.field_text import HIDDEN, TAKEN, Source, Span, blank
from maild.mail.field_values import Candidate, Findings, candidate
from maild.mail.message import Place

CUT = 120
"""Characters of the sentence that are shown."""

_COURTESY = compile_words(
    """здравствуйте здравствуй добрый доброе доброго добрая день дня утро утра вечер вечера ночи времени суток привет*
    приветств* уважаем* коллеги коллега господа спасибо благодарю благодарим благодарност* заранее пожалуйста
    плиз пожал* помогите помоги помочь помощь помощи помощью подскажите подскажи подсказать посоветуйте прошу
    просим просьба срочно срочная срочный очень хорошего всего жду ждем ответ ответа ответьте надеюсь надеемся
    извините простите алло ау перезвоните позвоните свяжитесь связаться разобраться разберитесь уважением вітаю
    вітаємо ранку ранок вечора вечір привіт* шановн* колеги дякую дякуємо вдячн* наперед заздалегідь будьласка
    ласка будь допоможіть допоможи допомога допомогу допомогти допомоги підкажіть підскажіть порадьте прохання
    терміново термінов* дуже чекаю чекаємо відповід* зателефонуйте передзвоніть розібратися гарного повагою
    добридень hello hi hey dear sir sirs madam team all colleagues support good morning afternoon evening day
    thanks thank please pls plz kindly help helps urgent urgently asap regards best sincerely yours cheers
    appreciate appreciated advance looking forward reply soon possible re fw fwd""".split()
)
_SMALL = compile_words(
    """я мы ты вы он она оно они меня мне мной нас нам нами вас вам вами их им его ее ей наш* ваш* мой моя мое мои
    моего моей это этот эта эти этого этой этом вот и а но да нет же бы ли то ну или у в во на с со по о об от
    до из за к ко для при под над про без через тут здесь там уже еще просто так все ми ти ви він вона воно вони
    мене мені їх її його їй мій моє мої моєму це цей ця ці цього ось і й та але ж б чи або з із зі вже ще крізь
    i we you she it they us me them my our your its his her this that these those a an the and or but so in
    on at of to for from with by is are am be been was were do does did have has had can could would will shall
    may s t re ll ve m d just there here""".split()
)
_ASKING = compile_words(
    """как каким какая какой какие каком где куда откуда зачем почему когда сколько можно кто як яким яка який які
    якому де куди звідки навіщо чому коли скільки можна хто how where why when which what who""".split()
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_SIGNS = re.compile(r"\t|  |[ \t]*[:=№#\x02-\x04]|[ \t]*[-(][ \t]*[\x02-\x04]|[ \t]*\n?[ \t]*[\x02-\x04]")
_END = re.compile(r"[!?…]+|\.+(?=\s|$)|;|\n[ \t]*\n|\n(?=[ \t]*(?:[-–—•*>]|\d{1,2}[.)]|[A-ZА-ЯЁІЇЄҐ]))")
_ABBREVIATED = re.compile(r"(?:^|[\s(])[^\W\d_]{1,3}$")
_SHOWN = re.compile(r"\[(?:cid|image):[^\]\n]{0,250}\]", re.IGNORECASE)
_LEAD = re.compile(r"[\s\-–—•*>.,:;!)]+|\d{1,2}[.)]\s+")


@dataclass(frozen=True)
class Reading:
    """A text that was read: with the labels and values found in it."""

    source: Source
    marks: list[Mark]
    values: list[Value]


@dataclass(frozen=True)
class _Sentence:
    """A sentence at [start, end) of a text, and the words in it that say something, with their weights."""

    reading: Reading
    span: Span
    words: dict[str, int]

    @property
    def weight(self) -> int:
        return sum(self.words.values())


def read_description(text: Reading, subject: Reading | None, rule: FieldRule, findings: Findings) -> None:
    """Add the first sentence that says something, where text and subject together say enough.

    A letter that was forwarded speaks where the writer added next to nothing.
    """
    told = _sentences(subject, rule, "subject") if subject else []
    for place in (Place.OWN, Place.FORWARDED):
        said = [*_sentences(text, rule, place), *told]
        words = {word: weight for sentence in said for word, weight in sentence.words.items()}
        if sum(words.values()) < rule.least:
            continue
        best = next((sentence for sentence in said if sentence.weight >= rule.least), None)
        best = best or max(said, key=lambda sentence: sentence.weight)
        if item := _shown(best, rule):
            findings.add(rule.name, item)
        return


def _shown(sentence: _Sentence, rule: FieldRule) -> Candidate | None:
    """The sentence on one line, cut between two words where it is long."""
    original = sentence.reading.source.original
    start, end = sentence.span
    if len(original[start:end]) > CUT:
        space = max(original.rfind(" ", start, start + CUT), original.rfind("\n", start, start + CUT))
        end = space if space > start else start + CUT
    value = " ".join(original[start:end].split())
    return candidate(sentence.reading.source, rule, value, (start, end))


def _sentences(reading: Reading, rule: FieldRule, place: str) -> list[_Sentence]:
    """The sentences of a place that have words which say something."""
    text = _own_words(reading)
    telling = blank(text, [(start, end) for start, end, _ in rule.fillers.find(text)], TAKEN)
    found: list[_Sentence] = []
    for start, end in _spans(reading.source.original):
        if reading.source.place(start) != place:
            continue
        words = [word for word in _WORD.findall(telling, start, end) if len(word) > 1 and word not in _COURTESY]
        weights = {word: 2 if word in _ASKING else 1 for word in words if word not in _SMALL}
        if weights:
            found.append(_Sentence(reading, (_first_word(text, start, end), end), weights))
    return found


def _first_word(text: str, start: int, end: int) -> int:
    """Where a sentence goes on behind greetings, pleas, and a field with its value."""
    first = (word.start() for word in _WORD.finditer(text, start, end) if word.group() not in _COURTESY)
    begun = next(first, start)
    return begun - 1 if begun > start and text[begun - 1] in '"([' else begun


def _own_words(reading: Reading) -> str:
    """The folded text without addresses, products, values, and the labels that announce one."""
    source = reading.source
    text = blank(source.masked, [found.span() for found in _SHOWN.finditer(source.original)], HIDDEN)
    text = blank(text, sorted((value.start, value.end) for value in reading.values), TAKEN)
    return blank(text, [(mark.start, mark.end) for mark in reading.marks if _SIGNS.match(text, mark.end)], TAKEN)


def _spans(text: str) -> list[Span]:
    """Where the sentences of a text stand, without the signs before their first word."""
    spans: list[Span] = []
    begun = 0
    for stop in [*_END.finditer(text), None]:
        end = stop.end() if stop else len(text)
        if stop and _goes_on(text, stop):
            continue
        start = begun
        while lead := _LEAD.match(text, start, end):
            start = lead.end()
        if start < end:
            spans.append((start, start + len(text[start:end].rstrip())))
        begun = end
    return spans


def _goes_on(text: str, stop: re.Match[str]) -> bool:
    """Whether a full stop only shortens a word, as in «рег. номер»."""
    if stop.group() != "." or not _ABBREVIATED.search(text[max(0, stop.start() - 6) : stop.start()]):
        return False
    following = text[stop.end() : stop.end() + 2].strip()[:1]
    return following.islower() or following.isdigit()
