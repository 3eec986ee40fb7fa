"""Letters: templates to words, words to the bytes that SMTP takes.

Rendering is Jinja2's home in this program: sandboxed, strict about names, escaping in HTML. Encoding is done by hand,
because the standard library's EmailMessage costs several times the price of everything else a letter needs and writes
long Message-IDs as encoded words, which breaks threads.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from maild.errors import ConfigError, PermanentError
from maild.mail import phrase
from maild.mail.message import Address
from maild.mail.mime import (
    File,
    body_part,
    date,
    file_part,
    folded,
    mailbox_header,
    mailboxes_header,
    message_ids,
    safe_value,
    text_header,
)
from maild.mail.parts import Asked, Cell, Head, Item, Link, Quote, Row, Site, Target, card_text
from maild.mail.samples import KINDS, sample_context
from maild.mail.thread import shorten
from maild.mail.wrap import NBSP, indent, wrap

_BLANK_LINES = re.compile(r"\n{3,}")
_HARMLESS = frozenset({Cell, Row, Target, Link, Item, Quote, Head, Asked, Site, LoopContext, TemplateModule})
"""Frozen values of ours that hold nothing but text, and Jinja2's own loop and macro file."""
TEXT_ONLY = frozenset({"operator"})
LANGUAGES = ("ru", "en", "uk")


@dataclass(frozen=True)
class Rendered:
    """The two parts of a letter; `html` is None for kinds that go out as plain text."""

    text: str
    html: str | None


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, with short ways for what templates do most: values of ours that are harmless, and macros."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`obj.attribute` in a template; what is not known as harmless goes through the sandbox's own checks."""
        if type(obj) in _HARMLESS and attribute[:1] != "_" and hasattr(obj, attribute):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """`obj(…)` in a template. A macro is template text itself, so there is nothing to check."""
        if type(obj) is Macro:
            kwargs.pop("_loop_vars", None)  # compiled templates hand these two to functions that take a context
            kwargs.pop("_block_vars", None)
            return obj(context.eval_ctx, *args, **kwargs)
        return super().call(context, obj, *args, **kwargs)


class Templates:
    """The templates of a desk. Earlier directories override later ones, file by file.

    Everything is compiled once, when first used; a change on disk needs a new Templates. `languages` are those that
    have every kind.
    """

    def __init__(self, directories: Sequence[Path]) -> None:
        self.directories = tuple(directories)
        self.languages = tuple(
            one for one in phrase.LANGUAGES if all(self._has(f"{one}/{kind}.txt.j2") for kind in KINDS)
        )
        self._environment = _Environment(
            loader=FileSystemLoader([str(directory) for directory in self.directories]),
            undefined=StrictUndefined,
            autoescape=lambda name: bool(name) and str(name).endswith("html.j2"),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            auto_reload=False,
            cache_size=-1,
        )
        self._environment.filters.update(wrap=wrap, indented=indent, lines=_html_lines, card=card_text, cut=_cut)

    def render(self, kind: str, language: str, context: Mapping[str, Any]) -> Rendered:
        """Both parts of a letter. Raises ConfigError with file and line where a template is missing or at fault."""
        text = self._part(f"{language}/{kind}.txt.j2", context)
        html = None if kind in TEXT_ONLY else self._part(f"{language}/{kind}.html.j2", context)
        return Rendered(_BLANK_LINES.sub("\n\n", text).strip("\n").replace(NBSP, " ") + "\n", html)

    def language(self, *wanted: str) -> str:
        """The first wanted language that has templates; the shipped first one where none has."""
        return next((one for one in wanted if one in self.languages), LANGUAGES[0])

    def check(self) -> list[ConfigError]:
        """Render every kind in every language with sample data; the faults, one for each letter that fails."""
        faults = []
        begun = [one for one in phrase.LANGUAGES if any((folder / one).is_dir() for folder in self.directories)]
        for language in begun or LANGUAGES:
            for kind in KINDS:
                try:
                    self.render(kind, language, sample_context(kind, language))
                except ConfigError as fault:
                    faults.append(fault)
        return faults

    def _has(self, name: str) -> bool:
        return any((folder / name).is_file() for folder in self.directories)

    def _part(self, name: str, context: Mapping[str, Any]) -> str:
        try:
            return self._environment.get_template(name).render(context)
        except TemplateNotFound as error:
            where = ", ".join(str(directory) for directory in self.directories)
            raise ConfigError(str(error.name or name), f"the template is missing in {where}") from None
        except TemplateSyntaxError as error:
            raise ConfigError(error.filename or name, f"template: {error.message}", line=error.lineno) from None
        except (TemplateError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
            file, line = _where(error, name)
            raise ConfigError(file, f"template: {error}", line=line) from None


def _where(error: Exception, name: str) -> tuple[str, int | None]:
    """File and line of the innermost template in a traceback (Jinja2 rewrites the frames to template lines)."""
    place: tuple[str, int | None] = (name, None)
    trace = error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(".j2"):
            place = (file, trace.tb_lineno)
        trace = trace.tb_next
    return place


def _html_lines(text: str) -> Markup:
    """Text with its own line ends as `<br>`: the only mark-up that ever comes from a value."""
    return Markup("<br>\n").join(escape(line) for line in text.split("\n"))


def _cut(text: str, length: int) -> str:
    """Cut at a word. Mark-up becomes plain text first, so that no entity is cut in two; it is escaped again later."""
    return shorten(" ".join((text.unescape() if isinstance(text, Markup) else text).split(" ")), length)


@dataclass(frozen=True)
class Letter:
    """A letter before encoding. Ids keep their angle brackets; `envelope_from` is "" for machine mail; `date` aware.

    `attachments` follow the text, in order; each arrives byte for byte.
    """

    kind: str
    to: Address
    sender: Address
    envelope_from: str
    subject: str
    text: str
    html: str | None
    message_id: str
    in_reply_to: str | None
    references: tuple[str, ...]
    ticket: str | None
    automatic: bool
    date: datetime
    cc: tuple[Address, ...] = ()
    attachments: tuple[File, ...] = ()


def encode(letter: Letter) -> bytes:
    """RFC 5322 bytes with CRLF, ready for SMTP. Raises PermanentError for a header value that cannot be sent."""
    head = "".join(_headers(letter)).encode("utf-8")
    own = letter.message_id[1:].partition("@")[0][-24:].encode("ascii", "replace").replace(b"?", b"_")
    body = _text_parts(letter, own)
    if not letter.attachments:
        return head + body
    edge = b"=_mixed_" + own
    files = (file_part(file, edge) for file in letter.attachments)
    return head + _multipart(b"mixed", edge, (body, *files))


def _text_parts(letter: Letter, own: bytes) -> bytes:
    """The text, with its HTML twin if there is one."""
    text = body_part("text/plain", letter.text)
    if letter.html is None:
        return text
    return _multipart(b"alternative", b"=_maild_" + own, (text, body_part("text/html", letter.html)))


def _multipart(kind: bytes, edge: bytes, parts: Sequence[bytes]) -> bytes:
    """Parts with a boundary. "=_" is in neither base64 nor quoted-printable, so no part holds it (RFC 2045, 6.7)."""
    head = b"Content-Type: multipart/" + kind + b';\r\n boundary="' + edge + b'"\r\n\r\n'
    return head + b"".join(b"--" + edge + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + edge + b"--\r\n"


def _headers(letter: Letter) -> Iterator[str]:
    if not message_ids((letter.message_id,)):
        raise PermanentError(f"not a Message-ID: {letter.message_id!r}")
    yield mailbox_header("From", letter.sender)
    yield mailbox_header("To", letter.to)
    if letter.cc:
        yield mailboxes_header("Cc", letter.cc)
    yield text_header("Subject", letter.subject)
    yield f"Date: {date(letter.date)}\r\n"
    yield f"Message-ID: {letter.message_id}\r\n"
    yield from _thread(letter)
    if letter.automatic:
        # RFC 3834, 5: an answer to a letter or not. DR … AutoReply leave non-delivery reports alone: we need those.
        yield f"Auto-Submitted: {'auto-replied' if letter.in_reply_to else 'auto-generated'}\r\n"
        yield "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply\r\n"
    yield f"X-Maild-Kind: {safe_value(letter.kind)}\r\n"
    if letter.ticket:
        yield f"X-Maild-Ticket: {safe_value(letter.ticket)}\r\n"
    yield "MIME-Version: 1.0\r\n"


def _thread(letter: Letter) -> Iterator[str]:
    """In-Reply-To and References (RFC 5322, 3.6.4); ids that are none are left out, they came from outside."""
    answered = message_ids((letter.in_reply_to,) if letter.in_reply_to else ())
    if answered:
        yield folded("In-Reply-To", answered)
    chain = message_ids(dict.fromkeys((*letter.references, *answered)))
    if len(chain) > 21:
        chain = [chain[0], *chain[-20:]]
    if chain:
        yield folded("References", chain)
