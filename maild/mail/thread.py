"""How a letter finds its ticket: sealed Message-IDs, code lines, numbers in subjects.

A Message-ID that maild mints cannot be forged: it is bound to ticket, recipient and role by a keyed hash. The
short form of the same seal, the code line, ends the body of every `mailto:` letter, which comes without
In-Reply-To. A number in a subject proves nothing; `subject_number` only says what stands there.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from maild.mail.message import Message

ROLES = {"client": "c", "agent": "a", "quality": "q", "operator": "o"}
_ROLE_OF = {letter: role for role, letter in ROLES.items()}
_NO_NUMBER = "-"
_ID_LENGTH = 119
_SEAL = {"id": 24, "code": 16}
_PERSON = {"id": 16, "code": 8}

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]"
_HASH = "([a-z2-7]{%d})"
_ID = re.compile(rf"<({_ATEXT}{{1,60}})\.([caqo])\.{_HASH % 16}\.{_HASH % 16}\.{_HASH % 24}@[^<>@]{{1,255}}>")
_CODE = re.compile(rf"(?m)^[ \t\u00a0]*maild:({_ATEXT}{{1,60}})\.([caqo])\.{_HASH % 8}\.{_HASH % 16}[ \t\u00a0\r]*$")


@dataclass(frozen=True)
class Token:
    """A seal that was read and found genuine. `number` is None for letters about no ticket.

    `person` is the keyed hash of the recipient; compare it with `Signer.token_is_for`, never by hand.
    """

    number: str | None
    role: str
    message_id: str
    person: str = ""


class Signer:
    """Mints and reads seals. Whoever holds `secret` can forge them; it never leaves the daemon."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 16:
            raise ValueError("the secret for Message-IDs must have at least 16 bytes")
        self._secret = secret

    def mint(self, domain: str, recipient: str, role: str, number: str | None, nonce: str) -> str:
        """A Message-ID `<…@domain>` under 120 characters, the same for the same arguments (RFC 5322, 3.6.4).

        `nonce` is the key of the outbox row, so that a letter composed anew keeps its id.
        Raises ValueError for a role that does not exist or a number too long to carry.
        """
        who, once = self._hash("person", recipient.lower(), 16), self._hash("nonce", nonce, 16)
        head = f"{_written(number)}.{ROLES[role]}.{who}.{once}"
        local = f"{head}.{self._hash('id', head, _SEAL['id'])}"
        return f"<{local}@{_short_domain(domain, _ID_LENGTH - len(local) - 3)}>"

    def read(self, message_id: str) -> Token | None:
        """The token in a Message-ID of ours, None for any other. Folding blanks and the domain do not matter."""
        plain = re.sub(r"\s+", "", message_id)
        found = _ID.fullmatch(plain)
        if not found:
            return None
        number, letter, who, once, seal = found.group(1, 2, 3, 4, 5)
        if not hmac.compare_digest(seal, self._hash("id", f"{number}.{letter}.{who}.{once}", _SEAL["id"])):
            return None
        local, _, domain = plain.rpartition("@")
        return Token(_read(number), _ROLE_OF[letter], f"{local}@{domain.lower()}", who)

    def code(self, recipient: str, role: str, number: str | None) -> str:
        """The code line of a `mailto:` letter: the seal without nonce, one ASCII line without blanks."""
        head = f"{_written(number)}.{ROLES[role]}.{self._hash('person', recipient.lower(), _PERSON['code'])}"
        return f"maild:{head}.{self._hash('code', head, _SEAL['code'])}"

    def read_code(self, text: str) -> Token | None:
        """The last genuine code line of a text, None where there is none. A quoted line is no code line."""
        for found in reversed(list(_CODE.finditer(text))):
            number, letter, who, seal = found.group(1, 2, 3, 4)
            if hmac.compare_digest(seal, self._hash("code", f"{number}.{letter}.{who}", _SEAL["code"])):
                return Token(_read(number), _ROLE_OF[letter], found.group().strip(), who)
        return None

    def token_is_for(self, token: Token | str, address: str) -> bool:
        """Whether a token (or a Message-ID, or a code line) was made for this address, whatever its case."""
        held = (self.read(token) or self.read_code(token)) if isinstance(token, str) else token
        if held is None or not held.person:
            return False
        return hmac.compare_digest(held.person, self._hash("person", address.lower(), len(held.person)))

    def _hash(self, purpose: str, text: str, length: int) -> str:
        mac = hmac.new(self._secret, f"maild {purpose} 1\0{text}".encode("utf-8", "surrogatepass"), hashlib.sha256)
        return base64.b32encode(mac.digest())[:length].decode("ascii").lower()


def find_tokens(message: Message, signer: Signer) -> list[Token]:
    """Every genuine token of a letter: In-Reply-To first, then References from the newest, then the code line."""
    ids = dict.fromkeys((*message.in_reply_to, *reversed(message.references)))
    tokens = [token for message_id in ids if (token := signer.read(message_id))]
    code = signer.read_code(message.reply or message.text)
    return [*tokens, code] if code else tokens


def _written(number: str | None) -> str:
    """A ticket number as a dot-atom."""
    written = quote(number, safe="") if number else _NO_NUMBER
    if len(written) > 40:
        raise ValueError(f"ticket number too long for a Message-ID: {number}")
    return written


def _read(written: str) -> str | None:
    return None if written == _NO_NUMBER else unquote(written)


def _short_domain(domain: str, room: int) -> str:
    """The domain in ASCII; of a long one the last labels that fit, since it proves nothing and only has to be legal."""
    try:
        plain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        plain = ""
    labels = [label for label in plain.split(".") if re.fullmatch(r"[a-z0-9_-]+", label)]
    while labels and len(".".join(labels)) > room:
        labels = labels[1:]
    return ".".join(labels) or "maild.invalid"


_LOOKS = str.maketrans("АВЕКМНОРСТУХІЈЅавекмнорстухіјѕ‐‑‒–—−", "ABEKMHOPCTYXIJSabekmhopctyxijs------")
_REPLY = (
    "re|aw|antw|sv|vs|rif|odp|ha|fwd?|wg|tr|rv|"
    "отв|ответ|на|відп|відповідь|пересл|переслано|пересланное сообщение|переадр"
)
_PREFIX = re.compile(rf"(?i)\s*(?:{_REPLY})\s*(?:\[\d+\]|\(\d+\)|[\^*]\d+)?\s*[:：]\s*")
_FOREIGN = re.compile(
    r"(?i)\s*(?:\[\s*(?:[^\W\d_]{1,12}[\s#:№-]*#?\d{1,12}|#\s*\d{1,12}|(?:ticket|тикет|заявка)[^\]]{0,30}\d"
    r"|ext|external|spam|внешн\w*(?:\s+письмо)?|спам)\s*\]|\*{2,}\s*(?:spam|спам)\s*\*{2,})\s*"
)
_CONTROLS = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
SUBJECT_LENGTH = 120


def subject_number(subject: str, prefix: str) -> str | None:
    """The ticket number that stands in a subject: `[CRM-000042]` anywhere, else a bare `CRM-000042`.

    Look-alike letters, case and kinds of hyphen do not matter. It attaches nothing by itself.
    """
    wanted = re.escape(prefix.translate(_LOOKS))
    plain = subject[:2000].translate(_LOOKS)
    found = re.search(rf"(?i)\[\s*{wanted}-(\d{{1,12}})\s*\]", plain) or re.search(
        rf"(?i)(?<![\w-]){wanted}-(\d{{6,12}})(?![\w-])", plain
    )
    return f"{prefix}-{int(found.group(1)):06d}" if found else None


def without_controls(text: str, blank: str = " ") -> str:
    """The text without control, zero-width and direction characters; each line end and tab becomes `blank`."""
    return _CONTROLS.sub(lambda found: blank if found.group() in "\t\n\r\v\f\x85\u2028\u2029" else "", text)


def clean_subject(subject: str, length: int = SUBJECT_LENGTH) -> str:
    """A client's subject as we show it: no reply prefixes, ticket brackets or control characters, cut at a word.

    "" where nothing is left; the letters then say «(без темы)».
    """
    plain = " ".join(without_controls(subject[:4000]).split())
    plain = _unprefixed(plain)
    plain = " ".join(_FOREIGN.sub(" ", plain).split())
    return shorten(plain, length)


def _unprefixed(subject: str) -> str:
    """The subject without what stands before it: prefixes and brackets in any order and number."""
    at = 0
    while found := _PREFIX.match(subject, at) or _FOREIGN.match(subject, at):
        at = found.end()
    return subject[at:]


def shorten(text: str, length: int) -> str:
    """At most `length` characters, cut at a word, with an ellipsis where something went."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > length // 2 else head).rstrip(" ,;:-") + "…"
