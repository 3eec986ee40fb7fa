"""Which organisation a letter names, once its contract is known: the contract's own, whatever else is spoken of.

Limits: a name is compared by what stands in its quotation marks, folded; an inflected one («Ромашке») is not found.
"""

import re

from maild.domain.admission import Found
from maild.domain.entitlement import Right, name_key
from maild.domain.folding import fold
from maild.domain.service import Contract, Verdict
from maild.mail.field_owners import PROSE
from maild.mail.fields import Candidate
from maild.mail.message import Message, Place

_READ = (Place.OWN, Place.SIGNATURE)


def own_first(items: list[Candidate], right: Right | None) -> list[Candidate]:
    """The organisations of a letter, the contract's own first; other names in running text are somebody else's.

    Without a contract that is the sender's, all of them as they are.
    """
    row = _contract(right)
    if row is None:
        return items
    key = name_key(row.organisation)
    own = [item for item in items if name_key(item.value) == key]
    return own + [item for item in items if item.rank < PROSE and item not in own]


def called_by(message: Message, right: Right | None) -> Found | None:
    """The contract's organisation where the letter names it without a legal form («Ромашка, ИНН …»), as registered.

    Only the sender's own text and signature count, and only a name that begins with a capital letter.
    """
    row = _contract(right)
    key = name_key(row.organisation) if row else ""
    if row is None or not key:
        return None
    name = re.compile(rf"(?<![\w@.\-]){re.escape(key)}(?![\w@\-])")
    for section in message.sections:
        written = message.text[section.start : section.end] if section.place in _READ else ""
        for hit in name.finditer(fold(written)):
            if written[hit.start()].isupper():
                start, end = section.start + hit.start(), section.start + hit.end()
                return Found("organisation", row.organisation, section.place.value, start, end, "")
    return None


def _contract(right: Right | None) -> Contract | None:
    return right.contract if right and right.verdict is not Verdict.AMBIGUOUS else None
