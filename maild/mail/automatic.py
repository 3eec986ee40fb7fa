"""Whether a letter was written by a machine, and which kind of machine.

RFC 3834 (automatic responses), 3464 and 6522 (reports), 2919 and 2369 (lists), 3798 (receipts), and what programs do
instead. The rule above all: a person's letter is never taken for a machine's. What people's own programs and servers
add (List-Unsubscribe alone, X-Auto-Response-Suppress, words like «автоответ» in a question) is never enough by itself.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from maild.mail.clients import is_forwarded_subject, is_reply_subject
from maild.mail.headers import Headers
from maild.mail.message import Automatic
from maild.mail.structure import Part

_DAEMON = re.compile(
    r"^(?:mailer-daemon|mail-daemon|mailerdaemon|mail\.daemon|mmdf|microsoftexchange[0-9a-f]{32})$", re.IGNORECASE
)
_POSTMASTER = re.compile(r"^(?:postmaster|postmaster[-+.].*|mdaemon|bounces?)$", re.IGNORECASE)
_NO_REPLY = re.compile(r"^(?:no|do[-_.]?not|не)[-_.]?(?:reply|respond|answer)(?:\+.*)?$", re.IGNORECASE)
_LIKE_NO_REPLY = re.compile(r"(?:^|[-_.+])(?:no|do[-_.]?not)[-_.]?reply(?:$|[-_.+\d])", re.IGNORECASE)

_BOUNCE_SUBJECT = re.compile(
    r"^\s*(?:undeliver(?:able|ed)|mail delivery (?:fail|status|system)|delivery (?:status notification|failure"
    r"|has failed|delayed"
    r"|incomplete)|returned mail|failure notice|mail failure|message could not be delivered"
    r"|warning: (?:could not send|message)"
    r"|delayed mail|rejected:|не ?доставлено|недоставлен|сбой доставки|невозможно доставить|ошибка доставки"
    r"|не удалось доставить"
    r"|уведомление о (?:недоставке|состоянии доставки|доставке)|не вдалося доставити|недоставлен|помилка доставки"
    r"|повідомлення про недоставку|отчет о доставке|отчёт о доставке)",
    re.IGNORECASE,
)
_BOUNCE_TEXT = re.compile(
    r"this is the qmail-send program|could not be delivered to|delivery to the following recipients? failed"
    r"|has been undeliverable"
    r"|unable to deliver your message|couldn.t be delivered|permanent(?:ly)? (?:fatal )?error|user unknown"
    r"|mailbox (?:is )?full"
    r"|mailbox unavailable|recipient address rejected|сообщение не может быть доставлено"
    r"|письмо не может быть доставлено"
    r"|не удалось доставить|не было доставлено|не доставлено следующим|адрес получателя не найден"
    r"|почтовый ящик переполнен"
    r"|сбой доставки|не вдалося доставити|не може бути доставлен",
    re.IGNORECASE,
)
_VACATION_PREFIX = re.compile(
    r"^\s*\W?(?:авто\W?ответ\w*|автоматическ\w+ ответ|авто\W?відповідь|автоматична відповідь"
    r"|auto(?:matic)?\W?(?:reply|response|"
    r"answer)|out of (?:the )?office(?: (?:reply|autoreply))?|нет на (?:рабочем )?месте|вне офиса"
    r"|не в офисе)\W*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ABSENT_SUBJECT = re.compile(
    r"\b(?:в отпуске|нахожусь в отпуске|в командировке|на больничном|вне офиса|у відпустці|у відрядженні"
    r"|на лікарняному|out of (?:the )?"
    r"office|on (?:vacation|holiday|leave|annual leave)|away from (?:the |my )?(?:office|desk))\b",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"\b(?:я|сейчас|временно|нахожусь|буду|отсутствую|i am|i.m|i will be|я зараз"
    r"|перебуваю)\b.{0,60}?\b(?:в отпуске|отпуске|в командировке|"
    r"на больничном|отсутств\w+|вне офиса|недоступ\w+|у відпустці|відпустці|у відрядженні|на лікарняному"
    r"|відсутн\w+|out of (?:the )?office|"
    r"on (?:vacation|holiday|leave|annual leave|maternity leave|a business trip)|away)\b|\bотсутствую\b"
    r"|\bнахожусь (?:в|вне)\b"
    r"|\bвернусь\b|\bповернуся\b|\bwill (?:return|be back)\b|\bв отпуске (?:до|с|по)\b",
    re.IGNORECASE | re.DOTALL,
)
_RECEIVED = re.compile(
    r"(?:ваше (?:письмо|сообщение|обращение)|your (?:e-?mail|message|letter)|ваш лист).{0,40}(?:получен|принят"
    r"|received|отриман)"
    r"|автоматическ\w+ (?:ответ|уведомлен|сообщени|письм)|automatic(?:ally)? (?:generated |sent )?(?:reply"
    r"|response|message|generated)"
    r"|автоматичн\w+ (?:відповідь|повідомлення)|не отвечайте на (?:это|данное) (?:письмо|сообщение)"
    r"|do not reply to this",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\?|\b(?:подскажите|помогите|прошу|просим|нужн[оаы]?|как (?:настроить|сделать|отключить|включить)"
    r"|не работает|ошибк\w+|проблем\w+"
    r"|допоможіть|підкажіть|потрібно|не працює|помилк\w+|please (?:help|advise|tell)|how (?:do|can|to)|does(?:n.t"
    r"| not) work|рег\W{0,3}номер)",
    re.IGNORECASE,
)
_READ_SUBJECT = re.compile(
    r"^\s*(?:прочтено|прочитано|не прочтено|уведомление о прочтении|отч[её]т о прочтении|подтверждение прочтения"
    r"|read|not read|read receipt|"
    r"return receipt|читання|прочитане|сповіщення про прочитання)\s*(?:\(.{0,40}\)\s*)?(?::|$)",
    re.IGNORECASE,
)
_READ_TEXT = re.compile(
    r"(?:сообщение|письмо|повідомлення|message).{0,400}?(?:было |was |had been )?(?:прочитано|прочтено|прочитане"
    r"|удалено без|read on|read at|"
    r"was read|displayed|відкрито)|this is a (?:return|read) receipt|уведомление о (?:прочтении|том)",
    re.IGNORECASE | re.DOTALL,
)
_UNSUBSCRIBE = re.compile(r"отписат\w+|unsubscribe|відписат\w+|отказаться от рассылки", re.IGNORECASE)
_OUR_NUMBER = re.compile(r"\b[A-Z]{2,8}-\d{3,}\b")
_RESPONDER = re.compile(r"^x-(?:[\w-]*-)?auto-?(?:reply|respond|responder|responce|response|replied)(?:-from)?$")
_LIST_FIELDS = ("list-post", "list-help", "list-subscribe", "list-owner", "list-archive", "list-unsubscribe")
_NO = frozenset({"no", "false", "0", "none", "off"})


@dataclass(frozen=True)
class Evidence:
    """What the rules look at. `own` is the writer's own text; `sender` a bare address or ""."""

    headers: Headers
    root: Part
    sender: str
    subject: str
    own: str
    text: str

    @property
    def local(self) -> str:
        """The sender's local part."""
        return self.sender.rpartition("@")[0]

    @property
    def null_path(self) -> bool:
        """A null reverse path (RFC 5321, 4.5.5): sent by a machine."""
        path = self.headers.first("return-path")
        return path is not None and path.strip() in (b"<>", b"< >")

    @property
    def auto_submitted(self) -> str:
        """The keyword of Auto-Submitted (RFC 3834, 5), "" where it is absent or `no`."""
        word = self.headers.text("auto-submitted").partition(";")[0].split("(")[0].strip().lower()
        return "" if word in _NO else word

    def has(self, name: str) -> bool:
        """Whether a field is there."""
        return self.headers.first(name) is not None

    @property
    def plain_subject(self) -> bool:
        """Whether the subject was neither answered nor passed on: then its words are the sender's."""
        return not is_reply_subject(self.subject) and not is_forwarded_subject(self.subject)


Rule = Callable[[Evidence], Automatic | None]


def automatic_kind(evidence: Evidence) -> Automatic | None:
    """The first rule that recognises a machine says which; None is a person's letter."""
    for rule in RULES:
        kind = rule(evidence)
        if kind is not None:
            return kind
    return None


def is_delivery_report(root: Part) -> bool:
    """A report about delivery by its structure (RFC 6522), wherever in the letter it stands at the top."""
    kind = root.parameters.get("report-type", "").lower()
    if root.content_type == "multipart/report" and kind in ("", "delivery-status"):
        return kind != "" or any(part.content_type == "message/delivery-status" for part in root.children)
    return any(part.content_type == "message/delivery-status" for part in [root, *root.children])


def _report(e: Evidence) -> Automatic | None:
    if is_delivery_report(e.root):
        return Automatic.BOUNCE
    kind = e.root.parameters.get("report-type", "").lower()
    if e.root.content_type == "multipart/report":
        return Automatic.AUTO_REPLY if kind == "disposition-notification" else Automatic.AUTO_GENERATED
    if any(part.content_type == "message/disposition-notification" for part in [e.root, *e.root.children]):
        return Automatic.AUTO_REPLY
    return None


def _bounce(e: Evidence) -> Automatic | None:
    """A bounce without structure: qmail, Exchange, Exim. A person's «Undelivered: …» has an ordinary sender."""
    if _DAEMON.match(e.local):
        return Automatic.BOUNCE
    machine = e.null_path or e.auto_submitted or _POSTMASTER.match(e.local) or e.has("x-failed-recipients")
    if machine and (e.has("x-failed-recipients") or _BOUNCE_SUBJECT.match(e.subject)) and e.plain_subject:
        return Automatic.BOUNCE
    if _POSTMASTER.match(e.local) and not is_reply_subject(e.subject):
        return Automatic.BOUNCE if _BOUNCE_SUBJECT.match(e.subject) or _BOUNCE_TEXT.search(e.text[:4000]) else None
    return None


def _spam(e: Evidence) -> Automatic | None:
    """The mark of the receiving server's filter."""
    flag, status = e.headers.text("x-spam-flag").lower(), e.headers.text("x-spam-status").lower()
    return Automatic.SPAM if flag.startswith("yes") or status.startswith("yes") else None


def _list(e: Evidence) -> Automatic | None:
    """RFC 2919, 2369. List-Unsubscribe alone is put into ordinary letters by some corporate servers."""
    if e.has("list-id") or e.has("mailing-list") or e.has("x-mailing-list"):
        return Automatic.LIST
    fields = [name for name in _LIST_FIELDS if e.has(name)]
    precedence = _precedence(e)
    if precedence == "list" or (precedence and fields):
        return Automatic.LIST
    if len(fields) > 1 and "list-post" in fields:
        return Automatic.LIST
    if "list-unsubscribe" in fields and (
        e.has("list-unsubscribe-post")
        or e.has("feedback-id")
        or _LIKE_NO_REPLY.search(e.local)
        or _UNSUBSCRIBE.search(e.text[-3000:])
    ):
        return Automatic.LIST
    return None


def _precedence(e: Evidence) -> str:
    word = e.headers.text("precedence").strip().lower().replace("-", "_")
    return word if word in ("bulk", "junk", "list", "auto_reply") else ""


def _declared(e: Evidence) -> Automatic | None:
    """Auto-Submitted, and the fields that responders wrote before there was an RFC."""
    word = e.auto_submitted
    if word == "auto-replied" or (word and _is_vacation(e)):
        return Automatic.AUTO_REPLY
    if word:
        return Automatic.AUTO_GENERATED
    for name, values in e.headers.fields.items():
        if _RESPONDER.match(name) and values[0].strip().lower().decode("ascii", "replace") not in _NO:
            return Automatic.AUTO_REPLY
    if "autoresponder" in (e.headers.text("x-post-messageclass") + e.headers.text("delivered-to")).lower():
        return Automatic.AUTO_REPLY
    if e.has("x-autogenerated") or e.has("x-cron-env") or e.headers.text("x-maild-kind") not in ("", "answer"):
        return Automatic.AUTO_GENERATED
    return None


def _bulk(e: Evidence) -> Automatic | None:
    """Precedence without anything else: old responders write it, people's programs do not."""
    if not _precedence(e):
        return None
    replied = _precedence(e) == "auto_reply" or _is_vacation(e) or e.has("in-reply-to")
    return Automatic.AUTO_REPLY if replied else Automatic.AUTO_GENERATED


def _nobody(e: Evidence) -> Automatic | None:
    """A sender that takes no answer: a null reverse path, or an address that says so."""
    if e.null_path:
        if _BOUNCE_TEXT.search(e.text[:4000]) and not _is_vacation(e):
            return Automatic.BOUNCE
        return Automatic.AUTO_REPLY if e.has("in-reply-to") or _is_vacation(e) else Automatic.AUTO_GENERATED
    if _NO_REPLY.match(e.local):
        return Automatic.AUTO_REPLY if _is_vacation(e) else Automatic.AUTO_GENERATED
    more = e.has("list-unsubscribe") or e.has("feedback-id") or e.has("x-auto-response-suppress")
    if _LIKE_NO_REPLY.search(e.local) and (more or _RECEIVED.search(e.text)):
        return Automatic.AUTO_GENERATED
    return None


def _vacation(e: Evidence) -> Automatic | None:
    return Automatic.AUTO_REPLY if _is_vacation(e) else None


def _is_vacation(e: Evidence) -> bool:
    """An out-of-office answer by its words: the subject must say so, and the text must not ask for anything."""
    if not e.plain_subject or e.headers.text("auto-submitted").lower() == "no":
        return False
    own = e.own[:1500]
    prefix = _VACATION_PREFIX.match(e.subject)
    if prefix:
        says_so = bool(_ABSENT.search(own) or _RECEIVED.search(own))
        suppressed = e.has("x-auto-response-suppress")
        rest = prefix.group("rest")
        answers = is_reply_subject(rest) or bool(_OUR_NUMBER.search(rest)) or e.has("in-reply-to") or suppressed
        return (says_so and (answers or not _ASKS.search(own))) or (answers and not _ASKS.search(own))
    return bool(_ABSENT_SUBJECT.search(e.subject)) and bool(_ABSENT.search(own)) and not _ASKS.search(own)


def _receipt(e: Evidence) -> Automatic | None:
    """A read receipt without structure, as Exchange and web mail send it, and a calendar's answer."""
    if (
        e.plain_subject
        and _READ_SUBJECT.match(e.subject)
        and _READ_TEXT.search(e.text[:2000])
        and not _ASKS.search(e.own)
    ):
        return Automatic.AUTO_REPLY
    for part in e.root.outer():
        if part.content_type == "text/calendar" and _method(part) in ("reply", "counter", "declinecounter"):
            return Automatic.AUTO_REPLY if not _says_something(e.own) else None
    return None


def _method(part: Part) -> str:
    named = part.parameters.get("method", "").lower()
    if named:
        return named
    found = re.search(rb"^METHOD:(\w+)", part.payload()[:5000], re.MULTILINE | re.IGNORECASE)
    return found.group(1).decode("ascii").lower() if found else ""


def _says_something(own: str) -> bool:
    """Whether a person added words to an answer that a click sends."""
    return bool(_ASKS.search(own)) or len(own.split()) > 30


RULES: Sequence[Rule] = (_report, _bounce, _spam, _declared, _list, _bulk, _nobody, _receipt, _vacation)
