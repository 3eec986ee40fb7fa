"""A certification authority of our own and what it signs: a good certificate, one for another name, an expired one."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.servers.basics import program


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    cert: Path
    key: Path


@dataclass(frozen=True)
class Certs:
    """`ca` is what SSL_CERT_FILE must name for `good` (localhost, 127.0.0.1) to be trusted."""

    ca: Path
    good: Pair
    other_name: Pair
    expired: Pair


def make_certs(folder: Path) -> Certs:
    """Make all of them in `folder`. Raises Missing where there is no openssl."""
    openssl = program("openssl", "openssl")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index").write_text("")
    (folder / "index.attr").write_text("unique_subject = no\n")
    (folder / "serial").write_text("1000\n")
    config = folder / "ca.cnf"
    config.write_text(_CA_CONFIG.format(folder=folder))
    _run(openssl, "req", "-x509", *_KEY, "-keyout", folder / "ca.key", "-out", folder / "ca.pem", "-days", "30",
         "-subj", "/CN=maild test authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip
    good = _sign(openssl, folder, "good", "DNS:localhost,IP:127.0.0.1")
    other = _sign(openssl, folder, "other", "DNS:mail.elsewhere.test")
    expired = _sign(openssl, folder, "expired", "DNS:localhost,IP:127.0.0.1", "20200101000000Z", "20200201000000Z")
    return Certs(folder / "ca.pem", good, other, expired)


_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_CA_CONFIG = """
[ca]
default_ca = own
[own]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
default_days = 20
policy = any
copy_extensions = copy
[any]
commonName = supplied
"""


def _sign(openssl: str, folder: Path, name: str, names: str, start: str = "", end: str = "") -> Pair:
    pair = Pair(folder / f"{name}.pem", folder / f"{name}.key")
    request = folder / f"{name}.csr"
    _run(openssl, "req", *_KEY, "-keyout", pair.key, "-out", request, "-subj", f"/CN={name}",
         "-addext", f"subjectAltName={names}")  # fmt: skip
    dates = ["-startdate", start, "-enddate", end] if start else []
    _run(openssl, "ca", "-batch", "-notext", "-config", folder / "ca.cnf", "-in", request, "-out", pair.cert, *dates)
    return pair


def _run(*command: object) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        raise RuntimeError(f"openssl {command[1]} failed: {done.stderr[-800:]}")
