"""Addresses of pages: with or without https://, in prose, behind a label, in the target of a link.

An address counts where its host is one of the field's, where the whole of it fits the field's pattern, or where a label
announces it; any other is some web site. Wrappers by which mail programs watch clicks are taken off. Limits: an address
that is broken over two lines ends where the line does; a host in Cyrillic counts with https:// or behind a label only.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatchcase
from urllib.parse import parse_qsl, urlsplit

from maild.domain.fields import FieldRule
from maild.domain.folding import fold
from maild.mail.field_labels import Mark
from maild.mail.field_text import Source, Span
from maild.mail.field_values import Candidate, Findings, candidate

LONGEST = 300
"""Characters of an address that are kept: a longer one loses its query, then its end."""

_HOST = r"(?:[^\W_](?:[\w\-]{0,61}[^\W_])?\.){1,8}(?:xn--[a-z0-9\-]{2,40}|[^\W\d_]{2,24})"
_ADDRESS = re.compile(
    r"(?P<scheme>https?://)[^\s<>\"«»“”„]{3,4000}"
    rf"|(?<![\w.@/\-+=]){_HOST}(?![\w@+\-]|\.[^\W_])(?::\d{{2,5}})?(?:[/?][^\s<>\"«»“”„]{{0,4000}})?",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|od[ts]|txt|csv|log|xml|json|jpe?g|png|gif|bmp|tiff?|heic|webp|mp4|avi|mov|zip|rar|7z|"
    r"epf|erf|cfe?|dt|exe|msi|bak|eml|msg|html?|js|php|py)$",
    re.IGNORECASE,
)
_CYRILLIC = re.compile(r"[а-яёіїєґ]", re.IGNORECASE)
_ZONES = (".рф", ".укр", ".бел", ".рус", ".қаз", ".срб", ".мкд", ".онлайн", ".сайт")
_WORD = re.compile(r"[^\W\d_]+")
_STOP = re.compile(r"[,;!?]|\.\s|\n\s*\n")
_BEHIND = re.compile(rf"[>\"»”)]{{0,2}}[ \t]{{0,3}}[-(:=][ \t]{{0,3}}(?:(?:{fold('это|наш|это наш|це|our|is')}) )?")
_REACH = 60
_WRAPPED = ("url", "u", "q", "target", "to", "link", "redirect", "redirect_url", "dest", "destination")


def read_links(source: Source, rule: FieldRule, marks: list[Mark], findings: Findings) -> None:
    """Add the addresses of pages that fit the field's hosts or pattern, or that its labels announce."""
    known = [mark for mark in marks if mark.rule is rule]
    ends = [mark.end for mark in known]
    found: list[Candidate] = []
    for start, end in link_spans(source.original):
        link = unwrapped(source.original[start:end])
        host = host_of(link)
        if not host or rule.refused.search(link.lower()):
            continue
        labelled = _announced(source, (start, end), known, ends)
        served = on_host(host, rule.hosts)
        if not served and not labelled and not rule.pattern.search(link.lower()):
            continue
        if not served and _unlikely(link, host):
            continue
        value = shortened(link)
        end = start + len(value) if source.original.startswith(value, start) else end
        if item := candidate(source, rule, value, (start, end), labelled=labelled, rank=0 if served or labelled else 2):
            found.append(item)
    deeper = {(item.place, host_of(item.value)) for item in found if _path(item.value)}
    for item in found:  # the start page of a portal comes after a page of it
        later = not item.rank and not _path(item.value) and (item.place, host_of(item.value)) in deeper
        findings.add(rule.name, replace(item, rank=1) if later else item)


def link_spans(text: str) -> Iterable[Span]:
    """Where everything in a text stands that has the form of an address, without the signs that close a sentence."""
    for hit in _ADDRESS.finditer(text):
        link = _closed(hit.group())
        if hit["scheme"] or not _FILE.search(link.partition("/")[0]):
            yield hit.start(), hit.start() + len(link)


def _closed(link: str) -> str:
    """A link without the punctuation, brackets and quotes that belong to the sentence around it."""
    while link:
        last = link[-1]
        if last in ".,;:!?'*_|…\\" or (
            last in ")]}" and link.count(last) > link.count({")": "(", "]": "[", "}": "{"}[last])
        ):
            link = link[:-1]
        else:
            break
    return link


def host_of(link: str) -> str:
    """The folded host of an address, without port and `www.`; "" where it has none."""
    return fold(plain_host(link)).removeprefix(fold("www."))


def plain_host(link: str) -> str:
    """The host of an address in small letters, as it stands there, without port; "" where it has none."""
    try:
        return urlsplit(link if "://" in link else f"//{link}").hostname or ""
    except ValueError:  # «http://[…»: no address at all
        return ""


def on_host(host: str, patterns: Iterable[str]) -> bool:
    """Whether a folded host is one of the folded patterns, or below one of them."""
    return any(fnmatchcase(host, pattern) or fnmatchcase(host, f"*.{pattern}") for pattern in patterns)


def unwrapped(link: str) -> str:
    """The address inside the wrapper of a mail program that watches clicks; the address itself where it is plain."""
    try:
        parts = urlsplit(link)
        queries = parse_qsl(parts.query, max_num_fields=40) if "=http" in parts.query.lower() else []
    except ValueError:
        return link
    inner = next((value for key, value in queries if key.lower() in _WRAPPED and _is_link(value)), None)
    if not inner and "urldefense" in (parts.hostname or "") and (plain := re.search(r"__(https?:/[^\s]+?)__", link)):
        inner = plain.group(1)
    return inner or link


def _is_link(value: str) -> bool:
    return value.lower().startswith(("http://", "https://")) and len(value) > 10 and not re.search(r"[\s<>\"]", value)


def shortened(link: str) -> str:
    """An address of `LONGEST` characters at most; always the beginning of the one given."""
    if len(link) <= LONGEST:
        return link
    return re.split(r"[?#]", link, maxsplit=1)[0][:LONGEST]


def _unlikely(link: str, host: str) -> bool:
    """Whether an address without https:// is more likely two words with a full stop between them."""
    return "://" not in link and _CYRILLIC.search(link) is not None and not host.endswith(tuple(map(fold, _ZONES)))


def _announced(source: Source, span: Span, marks: list[Mark], ends: list[int]) -> bool:
    """Whether a label of the field stands before a link in its clause, or right behind it."""
    index = bisect_right(ends, span[0])
    if index and span[0] - ends[index - 1] <= _REACH:
        gap = source.folded[ends[index - 1] : span[0]]
        told = len(_WORD.findall(source.bare[ends[index - 1] : span[0]]))
        if told <= 3 and not _STOP.search(gap) and _one_line(gap):
            return True
    if index == len(marks) or not span[1] <= marks[index].start <= span[1] + 12:
        return False
    return _BEHIND.fullmatch(source.folded[span[1] : marks[index].start]) is not None


def _one_line(gap: str) -> bool:
    """Over a line end only where the label's line says nothing more."""
    line, _, rest = gap.partition("\n")
    return not (rest or gap.endswith("\n")) or not _WORD.search(line)


def _path(link: str) -> bool:
    rest = link.partition("://")[2] or link
    return len(rest.partition("/")[2]) > 0
