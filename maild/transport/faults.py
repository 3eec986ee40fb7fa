"""What went wrong on the wire, in one line that an operator can act on. No password ever gets into it."""

import ipaddress
import re
import socket
import ssl

# OpenSSL's verification results (x509_vfy.h); stable numbers.
_EXPIRED, _NOT_YET, _WRONG_NAME, _WRONG_ADDRESS = 10, 9, 62, 64


def explain(error: BaseException, host: str, port: int) -> str:
    """One line for an error of socket, ssl, imaplib, imapclient or aiosmtplib, naming the server."""
    return f"{host}:{port}: {_reason(error, host)}"


def _reason(error: BaseException, host: str) -> str:
    cause = _root(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _certificate(cause, host)
    if isinstance(cause, ssl.SSLError):
        if "WRONG_VERSION_NUMBER" in str(cause) or "RECORD_LAYER" in str(cause):
            return 'the server does not speak TLS on this port; perhaps security = "starttls" is meant'
        return f"TLS failed: {one_line(cause.reason or cause)}"
    if isinstance(cause, socket.gaierror):
        return "the host name is not known; check its spelling and the DNS"
    if isinstance(cause, ConnectionRefusedError):
        return "nobody listens there: the server is down, or the port is wrong"
    if isinstance(cause, TimeoutError):
        return "the server is silent: no answer in time"
    if isinstance(cause, MemoryError | OverflowError):
        return "the server announced more data than fits into memory"
    text = one_line(cause)
    if "EOF" in text or isinstance(cause, ConnectionError):
        return f"the connection was lost ({text or type(cause).__name__})"
    return text or type(cause).__name__


def _root(error: BaseException) -> BaseException:
    """The ssl or socket error below a library's own wrapping."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError | socket.gaierror | ConnectionRefusedError):
            return seen
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return error


def _certificate(error: ssl.SSLCertVerificationError, host: str) -> str:
    if error.verify_code == _EXPIRED:
        return "the server's certificate has expired; its owner must renew it"
    if error.verify_code == _NOT_YET:
        return "the server's certificate is not valid yet; check the clocks"
    if error.verify_code in (_WRONG_NAME, _WRONG_ADDRESS):
        return f"the server's certificate is for another name than {host}; use the name that it was made for"
    reason = one_line(error.verify_message or error.reason)
    return f"the server's certificate is not trusted ({reason}); add its CA to the system or point SSL_CERT_FILE to it"


def one_line(text: object, secret: str = "", limit: int = 300) -> str:
    """A server's text made fit for one line of a log: no control characters, not endless, `secret` blotted out."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    words = str(text).encode("utf-8", "replace").decode("utf-8")
    if secret:
        words = words.replace(secret, "***")
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", words).strip()[:limit]


def is_loopback(host: str) -> bool:
    """Whether the host is this machine itself, the one place where passwords may travel unencrypted."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
