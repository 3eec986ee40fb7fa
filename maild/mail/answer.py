"""What of an agent's letter may go to the client: own words, their files, and nothing that stood around them.

Never the quotation, the signature, a forwarded letter or our code line. Where quotation signs are missing and our
marker is gone, nothing can be cut for certain: then lines of our letters to staff are found among the words, and the
caller sends nothing. Nothing is lost without a word either: what looks like the agent's inside a quotation is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from maild.mail.clients import QUOTE_PREFIX, is_quoted, mark_at
from maild.mail.leaks import Known, leaked
from maild.mail.markers import fold
from maild.mail.message import Attachment, Message, Place
from maild.mail.mime import File
from maild.mail.parse import parse
from maild.mail.pictures import Line, lines_with_pictures, marks_in, named_files, picture_names, rich_lines
from maild.mail.signatures import signature_start
from maild.mail.written import text_of, without_code

_SEALS = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
"""Parts that sign the agent's letter as it was; in another letter they are only a file that fits nothing."""

_TO_CLIENTS = frozenset({"acknowledgement", "receipt", "request-information", "refusal", "answer", "rating", "notice"})
_MOST_UNSENT = 20
_MOST_LINES = 3000
_RULES = "-–—_=* \n\xa0"


@dataclass(frozen=True)
class Written:
    """What an agent wrote.

    `text`: the own words, commands as written, "" where there are none. `attachments`: without pictures that belong to
    the signature or the quotation. `leaks`: lines of ours to staff in it, or attached letters of that kind; with any,
    nothing may be sent. `unsent`: lines inside the quotation that nobody else wrote, so perhaps answers of the agent;
    they are not in `text`.
    """

    text: str
    attachments: tuple[File, ...] = ()
    leaks: tuple[str, ...] = ()
    unsent: tuple[str, ...] = ()


def written(
    raw: bytes,
    message: Message,
    staff_letters: Sequence[str],
    client_words: Sequence[str],
    own_words: Sequence[str] = (),
) -> Written:
    """What of an agent's letter may go to the client. `message` is `parse(raw)`.

    `staff_letters`: texts of our letters to staff about this ticket, see `pictures.both_texts`. `client_words`: what
    the client knows: their letters and our answers to them. `own_words`: earlier letters of this agent, which a
    confirmation gives back to be sent again. Never raises, whatever the letter holds.
    """
    files = named_files(raw)
    pictures = picture_names(files)
    rich = rich_lines(raw, message, pictures)
    lines = _unwrapped(lines_with_pictures(message, pictures, rich), rich)
    staff, client, own = Known(staff_letters), Known(client_words), Known(own_words)
    text = _said(text_of(without_code("\n".join(_kept(lines, client)))))
    mine = [line for line in text.split("\n") if not is_quoted(line)]
    leaks = (*leaked(mine, staff, (client, own)), *_leaking_letters(files))
    kept = tuple(_kept_files(files, _unwanted(lines, rich, pictures, text)))
    return Written(text, kept, leaks, tuple(_unsent(lines, (staff, client, own))))


def _unwrapped(lines: list[Line], rich: list[Line]) -> list[Line]:
    """The lines of HTML where they say the same in fewer lines: Gmail breaks the lines of its plain twin."""
    plain_own, rich_own = _own(lines), _own(rich)
    same = len(rich_own) < len(plain_own) and fold(" ".join(rich_own)) == fold(" ".join(plain_own))
    return rich if same else lines


def _own(lines: Sequence[Line]) -> list[str]:
    return [line for line, place in lines if place is Place.OWN and line.strip()]


def _said(text: str) -> str:
    """The text, "" where it is a signature and nothing else."""
    return text if text.strip(_RULES) and signature_start(text.split("\n"), whole=False) > 0 else ""


def _kept(lines: Sequence[Line], client: Known) -> Iterator[str]:
    """Own lines, and between them what they answer: lines of the client's, each with `> ` before it."""
    spoken = [index for index, (line, place) in enumerate(lines) if place is Place.OWN and line.strip()]
    if not spoken:
        return
    first, last = _from_question(lines, spoken[0], spoken[-1], client), spoken[-1]
    pending = False
    for place, run in groupby(range(first, last + 1), lambda index: lines[index][1]):
        indexes = list(run)
        if place is Place.OWN:
            pieces = _trimmed([lines[index][0] for index in indexes])
        elif place is Place.QUOTED:
            pieces = _trimmed(_of_client([lines[index][0] for index in indexes], client))
        else:
            pieces = []
        if pieces and pending:
            yield ""
        pending = pending or bool(pieces)
        yield from pieces


def _from_question(lines: Sequence[Line], first: int, last: int, client: Known) -> int:
    """Where the kept lines begin: who answers between the lines answers the client's line above the first one too."""
    between = (line for line, place in lines[first:last] if place is Place.QUOTED)
    if lines[first][0].lstrip().startswith("#") or not any(client.says(_bare(line)) for line in between):
        return first
    while first > 0 and lines[first - 1][1] is Place.QUOTED and client.says(_bare(lines[first - 1][0])):
        first -= 1
    return first


def _of_client(quoted: Sequence[str], client: Known) -> list[str]:
    """Those quoted lines that are the client's words, in one depth of quotation."""
    kept = []
    for line in quoted:
        bare = _bare(line)
        if client.says(bare):
            kept.append(f"> {bare}")
        elif not bare and kept and kept[-1] != ">":
            kept.append(">")
    while kept and kept[-1] == ">":
        kept.pop()
    return kept


def _bare(line: str) -> str:
    """A line without quotation signs."""
    while found := QUOTE_PREFIX.match(line):
        line = line[found.end() :]
    return line.strip()


def _trimmed(lines: list[str]) -> list[str]:
    return text_of(lines).split("\n") if any(line.strip() for line in lines) else []


def _unwanted(lines: Sequence[Line], rich: Sequence[Line], pictures: Mapping[str, str], text: str) -> frozenset[str]:
    """The names of pictures that stand in signature or quotation, and nowhere among the words."""
    kept = marks_in(rich, pictures, Place.OWN) | {name for name in pictures.values() if f"[{name}]" in text}
    elsewhere = (Place.QUOTED, Place.SIGNATURE, Place.FORWARDED)
    return frozenset((marks_in(rich, pictures, *elsewhere) | marks_in(lines, pictures, *elsewhere)) - kept)


def _kept_files(files: Sequence[tuple[Attachment, File]], unwanted: frozenset[str]) -> Iterator[File]:
    for attachment, file in files:
        if attachment.content_type not in _SEALS and file.name not in unwanted:
            yield file


def _leaking_letters(files: Sequence[tuple[Attachment, File]]) -> Iterator[str]:
    """Attached letters that we sent to staff: some programs answer with the original as a file."""
    for attachment, file in files:
        if attachment.content_type == "message/rfc822" or file.name.lower().endswith(".eml"):
            kind = parse(file.data).headers.get("x-maild-kind")
            if kind is not None and kind not in _TO_CLIENTS:
                yield f"[{file.name}]"


def _unsent(lines: Sequence[Line], known: Sequence[Known]) -> Iterator[str]:
    """Lines in the quotation that stand in no letter we know, and are no heading of a mail program."""
    texts = [line for line, _ in lines]
    index, count = 0, 0
    while index < min(len(lines), _MOST_LINES) and count < _MOST_UNSENT:
        line, place = lines[index]
        mark = mark_at(texts, index) if place is Place.QUOTED else None
        if place is Place.QUOTED and mark is None and known[0] and _is_new(line, known):
            yield _bare(line)
            count += 1
        index += mark[1] if mark else 1


def _is_new(line: str, known: Sequence[Known]) -> bool:
    """Whether most words of a line are new: a line of ours that a program has mangled still has ours."""
    bare = _bare(line)
    if len(bare) > 1000 or any(sign in bare for sign in ("@", "://", "cid:", "mailto:")):
        return False
    words = fold(bare).split()
    strange = [word for word in words if not any(one.has_word(word) for one in known)]
    return len(strange) * 2 >= max(len(words), 1) and not any(one.says(bare) for one in known)
