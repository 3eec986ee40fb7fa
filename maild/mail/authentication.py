"""What our own mail server says about a sender: Authentication-Results (RFC 8601).

Anyone may write such a header. Only the topmost one that bears the configured authserv-id counts.
"""

import re

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"^\s*(dmarc|dkim)\s*=\s*(\w+)(.*)$", re.IGNORECASE | re.DOTALL)
_FROM = re.compile(r"\bheader\.from\s*=\s*\"?(?:[^\s@;\"]*@)?([^\s;\"]+)", re.IGNORECASE)
_SIGNER = re.compile(r"\bheader\.(?:d|i)\s*=\s*\"?(?:[^\s@;\"]*@)?([^\s;\"]+)", re.IGNORECASE)


def authentication(results: tuple[str, ...], authserv_id: str | None, domain: str) -> str:
    """Says "pass", "fail" or "none" for mail that claims to come from `domain`.

    dmarc decides where the server says it; else a DKIM signature of exactly that domain passes.
    """
    trusted = next((text for text in results if _server(text) == (authserv_id or "").lower()), None)
    if trusted is None or not authserv_id:
        return "none"
    found = [match for part in _plain(trusted).split(";")[1:] if (match := _RESULT.match(part))]
    dmarc = [match for match in found if match.group(1).lower() == "dmarc"]
    if any(match.group(2).lower() == "fail" for match in dmarc):
        return "fail"
    if any(_aligned(match, domain) or _signed_by(match, domain) for match in found):
        return "pass"
    return "none"


def _plain(text: str) -> str:
    """The header without comments, nested ones too."""
    while (stripped := _COMMENT.sub(" ", text)) != text:
        text = stripped
    return text


def _server(text: str) -> str:
    words = _plain(text).split(";")[0].split()
    return words[0].lower() if words else ""


def _aligned(match: re.Match[str], domain: str) -> bool:
    """dmarc=pass, and for this very From where the server names it (RFC 8601, 2.7.2: header.from)."""
    if match.group(1).lower() != "dmarc" or match.group(2).lower() != "pass":
        return False
    named = _FROM.findall(match.group(3))
    return not named or any(each.lower() == domain.lower() for each in named)


def _signed_by(match: re.Match[str], domain: str) -> bool:
    if match.group(1).lower() != "dkim" or match.group(2).lower() != "pass":
        return False
    return any(signer.lower() == domain.lower() for signer in _SIGNER.findall(match.group(3)))
