"""Column types that make SQLite and PostgreSQL behave alike, whatever a hostile letter holds.

Times keep their zone, text that no database takes is repaired, indexed text stays short enough for an index.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

KEY_BYTES = 700
"""The longest key that is stored as it is, in bytes of UTF-8: PostgreSQL's B-tree takes 2704 for a whole entry."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # made once: json.dumps makes one a call

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Instant(TypeDecorator[datetime]):
    """A moment: takes aware times of any zone, gives aware UTC. A naive time raises ValueError.

    SQLite drops the offset of a time silently, so it is taken to UTC before.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Python to database."""
        return None if value is None else utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Database to Python."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text of any length. See `clean` for what is repaired."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Python to database."""
        return None if value is None else clean(value)


class Key(TypeDecorator[str]):
    """Text that is looked up by equality. See `short` for what becomes of an endless one."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Python to database."""
        return None if value is None else short(value)


def utc(value: datetime) -> datetime:
    """The same moment in UTC. Raises ValueError for a time without a zone."""
    if value.utcoffset() is None:
        raise ValueError(f"a time without a zone cannot be stored: {value.isoformat()}")
    return value.astimezone(UTC)


def clean(text: str) -> str:
    """The text as every database takes it: NUL becomes U+FFFD, half a surrogate pair becomes "?"."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def short(text: str) -> str:
    """The text as an index takes it: over KEY_BYTES its beginning with a digest of the whole, still one to one."""
    text = clean(text)
    if len(text) * 4 <= KEY_BYTES or len(text.encode()) <= KEY_BYTES:
        return text
    return f"{text[:100]}…sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def folded(address: str) -> str:
    """A mail address as two are compared: without regard to case, as `short` stores it."""
    return short(address.strip().lower())


def dumps(value: Any) -> str:
    """JSON text as every database takes it: no NUL, no half surrogate pair, in keys and values alike."""
    text = _ENCODER.encode(value)
    if "\\u0000" not in text and clean(text) is text:
        return text
    return _ENCODER.encode(_cleaned(value))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value
