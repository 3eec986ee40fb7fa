"""Bytes to text, whatever the label says.

Order: the declared charset (through an alias table), UTF-8, then the best of the Cyrillic single-byte sets by
letter frequency. A label that the bytes contradict is overruled and named. Limits: of the single-byte sets only
Cyrillic and Western European ones are told apart; a word of one or two letters follows its label, else cp1251.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

_ALIASES = {
    "cp-1251": "cp1251",
    "cp_1251": "cp1251",
    "win-1251": "cp1251",
    "win1251": "cp1251",
    "windows1251": "cp1251",
    "windows_1251": "cp1251",
    "x-cp1251": "cp1251",
    "ansi_1251": "cp1251",
    "1251": "cp1251",
    "koi8": "koi8-r",
    "koi8r": "koi8-r",
    "koi-8": "koi8-r",
    "koi8-ru": "koi8-u",
    "koi8u": "koi8-u",
    "x-koi8-r": "koi8-r",
    "x-cp866": "cp866",
    "cp-866": "cp866",
    "dos-866": "cp866",
    "x-mac-cyrillic": "mac-cyrillic",
    "maccyrillic": "mac-cyrillic",
    "x-mac-ukrainian": "mac-cyrillic",
    "iso8859-5": "iso-8859-5",
    "iso88595": "iso-8859-5",
    "utf8mb4": "utf-8",
    "utf8mb3": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "x-utf-8": "utf-8",
    "utf-8-sig": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "unicode": "utf-8",
    "ansi": "cp1251",
    "x-user-defined": "",
    "x-unknown": "",
    "unknown-8bit": "",
    "unknown": "",
    "binary": "",
    "8bit": "",
    "default": "",
    "_autodetect": "",
    "_iso-2022-jp$esc": "iso-2022-jp",
    "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030",
    "iso-8859-8-i": "iso-8859-8",
}
_LABEL = re.compile(r"[a-z0-9_$][a-z0-9_.:$+-]{0,39}")
_NOT_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
_SHIFTED = ("utf-7", "utf-16", "utf-32", "iso2022", "hz")
"""Charsets whose text may consist of ASCII bytes that mean something else."""

CYRILLIC = ("cp1251", "koi8-r", "koi8-u", "cp866", "iso-8859-5", "mac-cyrillic")
"""Candidates of the guess; of equal ones the first wins."""

_WESTERN = frozenset({"ascii", "iso8859-1", "cp1252", "iso8859-15", "iso8859-9", "cp1254", "iso8859-2", "cp1250"})
_SAMPLE = 700
"""Bytes beyond ASCII that the guess looks at."""

_UKRAINIAN_KOI8 = re.compile(rb"[\xc0-\xff][\xa4\xa6\xa7\xad]|[\xa4\xa6\xa7\xad][\xc0-\xff]")
_ASCII = bytes(range(128))
_NOT_LATIN = bytes(code for code in range(256) if not bytes([code]).isalpha())
_RUN = re.compile(rb"[\x80-\xff]{3,}|(?<![A-Za-z])[\xc0-\xff]{2}(?![A-Za-z])")
_WORD = re.compile(rb".?[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*.?", re.DOTALL)

# Which letters commonly follow a letter in Russian and Ukrainian words.
_FOLLOWERS = {
    "а": "бвгдежзийклмнопрстфхцчшщюяїє",
    "б": "аеиілнорсущыьюяй",
    "в": "авгдеиізклмнопрстуыьчшяїє",
    "г": "аеилноруід",
    "д": "авеиіжзклмнопрстуцыьюяйї",
    "е": "абвгдежзийклмнопрстуфхцчшщюяє",
    "ё": "втлнмрхжд",
    "ж": "адеиіклноую",
    "з": "абвгдеиікломнруыьюя",
    "и": "абвгдежзийклмнопрстуфхцчшщюяєї",
    "й": "дклмнотсшце",
    "к": "авеиілнорстуцх",
    "л": "абгдежикломнсуыьюяіїє",
    "м": "абвеиілмнопрсуыяї",
    "н": "авгдежиікнорстуфцчщыьюяїє",
    "о": "абвгдежзийклмнопрстуфхцчшщюяєії",
    "п": "аеилнорстуыьюяі",
    "р": "абвгдежзийклмнопрстуфхцчшщыьюяії",
    "с": "авгдежиклмнопрстуфхцчшыьюяії",
    "т": "авгдежиіклмнопрстуфцчшыьюяє",
    "у": "абвгдежзийклмнопрстуфхцчшщюяєї",
    "ф": "аеилорстуі",
    "х": "авдеиілмнорсту",
    "ц": "аеиівоуыьяю",
    "ч": "аеиіклнортуь",
    "ш": "аеиіклмнопртуь",
    "щ": "аеиіноуьд",
    "ъ": "еяю",
    "ы": "бвгдежзйклмнпрстхчшщюя",
    "ь": "бвгдезикмнопрстфцчшщюяє",
    "э": "вклмнпрстхф",
    "ю": "бвгдежзклмнрстхцчшщюєя",
    "я": "бвгдежзийклмнпрстхцчшщює",
    "і": "абвгдежзийклмнопрстуфхцчшщяюєї",
    "ї": "внхмйздтжлр",
    "є": "вмтднрюкпцяш",
    "ґ": "авнору",
}
_COMMON = frozenset("оеаинтсрвлкіуд")
_BETWEEN_WORDS = frozenset("«»„“”–—…№’\xa0")
_PRIOR = {"cp1251": 0.5, "mac-cyrillic": -4.0, "cp866": -1.0, "iso-8859-5": -1.0, "koi8-u": -0.5}


def known_charset(label: str | None) -> str | None:
    """The Python codec of a charset label, None where the label is absent, unknown or no charset at all."""
    return _codec((label or "").strip().strip("\"'").lower()) if label else None


@lru_cache(maxsize=512)
def _codec(label: str) -> str | None:
    label = _ALIASES.get(label, label)
    if not label or not _LABEL.fullmatch(label):
        return None
    try:
        name = codecs.lookup(label).name
        "x".encode(name)
    except (LookupError, ValueError, UnicodeError, ImportError, TypeError):
        return None
    return None if name in _NOT_CHARSETS else name


def decode(data: bytes, label: str | None = None, hint: str | None = None) -> tuple[str, str | None]:
    """The text of `data`, and a note where the label was absent, unknown or false (None where it was right).

    `hint` is a charset seen elsewhere in the letter; it breaks ties of short texts. U+FFFD appears only for bytes
    that no charset here can read.
    """
    name = known_charset(label)
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
        name = "utf-8"
    elif name is None and data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    if name and name.startswith(_SHIFTED):
        shifted = _strict(data, name)
        if shifted is not None and "\0" not in shifted:
            return shifted, None
        name = None
    if data.isascii():
        return data.decode("ascii"), None
    text = _strict(data, "utf-8")
    if text is not None and _believable(text, name) and not (_foreign(name) and name and _strict(data, name)):
        return text, _note(label, name, "utf-8")
    if name == "utf-8" or name is None:
        text = _nearly_utf8(data)
        if text is not None:
            return text, f"charset: damaged utf-8 ({label or 'no label'})"
    real = _choose(data, name, known_charset(hint))
    return _lenient(data, real), _note(label, name, real)


def _note(label: str | None, name: str | None, real: str) -> str | None:
    if name == real or (name, real) in (("iso8859-1", "cp1252"), ("koi8-r", "koi8-u")):
        return None
    return f"charset: {_shown(label)}, read as {real}"


def _shown(label: str | None) -> str:
    return f"declared {label[:40]!r}" if label else "not declared"


def _strict(data: bytes, name: str) -> str | None:
    try:
        text = data.decode(name)
    except (UnicodeError, LookupError, ValueError, OverflowError):
        return None
    return None if name.startswith("utf-7") and _surrogate(text) else text


def _foreign(name: str | None) -> bool:
    return name is not None and name != "utf-8" and name not in _WESTERN and name not in _CYRILLIC_CODECS


def _believable(text: str, name: str | None) -> bool:
    """Bytes of another charset that happen to be UTF-8 make rare ideographs or controls of a few characters."""
    if name == "utf-8" or len(text) > 40:
        return True
    return not any("\x80" <= char <= "\x9f" or char >= "\U00020000" for char in text)


def _surrogate(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _lenient(data: bytes, name: str) -> str:
    text = data.decode(name, "replace")
    return text.encode("utf-8", "replace").decode("utf-8") if _surrogate(text) else text


def _nearly_utf8(data: bytes) -> str | None:
    """UTF-8 with a few damaged places, such as a letter cut in the middle of a character; None where it is not."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for char in text[: _SAMPLE * 4] if char > "\x7f") - bad
    if good < 4 or bad * 8 > good:
        return None
    if bad == 1 and text.endswith("\ufffd"):
        return text[:-1]
    return text


def _choose(data: bytes, name: str | None, hint: str | None) -> str:
    """The charset of bytes that are not UTF-8, given what the label and the rest of the letter say."""
    if name and name != "utf-8" and name not in _CYRILLIC_CODECS and name not in _WESTERN:
        if _strict(data, name) is not None:
            return name
        name = None
    if name == "koi8-r" and _UKRAINIAN_KOI8.search(data):
        name = "koi8-u"
    if name in _CYRILLIC_CODECS and _reads_well(data[: _SAMPLE * 2], name):
        return name
    if not _looks_cyrillic(data[: _SAMPLE * 4], declared_western=name in _WESTERN and name != "ascii"):
        return _western(data, name)
    pairs = Counter(pair for word in _words_beyond_ascii(data) for pair in pairwise(b" " + word + b" "))
    scores = {codec: _score(pairs, codec) for codec in _CYRILLIC_CODECS}
    for trusted, weight in ((name, 6.0), (hint, 3.0)):
        if trusted in scores:
            scores[trusted] += weight
    return max(scores, key=lambda codec: scores[codec])


def _reads_well(data: bytes, name: str) -> bool:
    """A quick yes for a right label: mostly small Cyrillic letters, the common ones often."""
    letters = data.translate(None, _ASCII).decode(name, "replace")
    small = sum(map(_FOLLOWERS.__contains__, letters))
    common = sum(map(_COMMON.__contains__, letters))
    return len(letters) >= 24 and small >= 0.75 * len(letters) and common >= 0.5 * len(letters)


def _western(data: bytes, name: str | None) -> str:
    if name in (None, "ascii", "iso8859-1", "utf-8") or _strict(data, name) is None:
        return "cp1252" if _strict(data, "cp1252") is not None else "iso8859-1"
    return name


def _looks_cyrillic(sample: bytes, *, declared_western: bool) -> bool:
    """Cyrillic words are runs of bytes beyond ASCII; in Western words such a byte stands alone."""
    high = len(sample.translate(None, _ASCII))
    in_runs = len(b"".join(_RUN.findall(sample)))
    if declared_western:
        return in_runs * 2 > high
    return in_runs * 3 > high or high > len(sample.translate(None, _NOT_LATIN))


def _words_beyond_ascii(data: bytes) -> Iterator[bytes]:
    size = 0
    for match in _WORD.finditer(data):
        yield match.group()
        size += len(match.group())
        if size > _SAMPLE:
            return


def _score(pairs: Mapping[tuple[int, int], int], codec: str) -> float:
    """Higher is likelier: letters that follow each other in words; against it, odd capitals and symbols."""
    return _PRIOR.get(codec, 0.0) + sum(count * _pair(codec, *pair) for pair, count in pairs.items())


@lru_cache(maxsize=20_000)
def _pair(codec: str, first: int, second: int) -> float:
    left, right = bytes([first]).decode(codec, "replace"), bytes([second]).decode(codec, "replace")
    low, high = left.lower(), right.lower()
    if low in _FOLLOWERS and high in _FOLLOWERS:
        if left == low and right != high:
            return -4.0
        if high not in _FOLLOWERS[low]:
            return -2.0
        usual = 1.0 + 0.3 * (low in _COMMON) + 0.3 * (high in _COMMON)
        return usual if right == high else 0.8 * usual
    if low in _FOLLOWERS or high in _FOLLOWERS:
        letter, other = (low, right) if low in _FOLLOWERS else (high, left)
        if other.isalpha():
            return -3.0
        return (0.2 if letter in _COMMON else 0.0) - (2.0 if other > "\x7f" and other not in _BETWEEN_WORDS else 0.0)
    strange = sum(1 for char in (left, right) if char > "\x7f" and char not in _BETWEEN_WORDS)
    return -2.0 * strange


_CYRILLIC_CODECS = tuple(codecs.lookup(charset).name for charset in CYRILLIC)
_PRIOR = {codecs.lookup(charset).name: prior for charset, prior in _PRIOR.items()}
