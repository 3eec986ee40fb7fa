"""A Dovecot 2.3 of our own: IMAP plain and with TLS, LMTP for delivery, any user with the password "secret".

Runs as an ordinary user or as root (then its processes are nobody's). Everything lies in one short folder under
/tmp, as Unix sockets' paths end at 108 bytes; ports are free ones on loopback.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tests.servers.basics import HOST, Missing, eventually, free_port, listening, program, tail
from tests.servers.certs import Certs

PASSWORD = "secret"
CYRILLIC_USER, CYRILLIC_PASSWORD = "letters@example.test", "пароль-№7"


class Dovecot:
    """`start`, `stop`, again `start`: mail and ports stay. `prefix` and `separator` shape the namespace;
    `capability` is what it claims to be able to do (None: all it can)."""

    def __init__(self, certs: Certs, *, prefix: str = "", separator: str = "/", capability: str | None = None) -> None:
        self._dovecot = program("dovecot", "dovecot-imapd dovecot-lmtpd")
        self._doveadm = program("doveadm", "dovecot-imapd")
        self.certs = certs
        self.imap, self.imaps, self.lmtp, self.auth = (free_port() for _ in range(4))
        self.dir = Path(tempfile.mkdtemp(prefix="dv", dir="/tmp"))
        self._shape = (prefix, separator, capability)
        self._write()

    @property
    def host(self) -> str:
        """Where it listens."""
        return HOST

    def user(self, word: str = "user") -> str:
        """An address that no other test uses; its mailbox comes into being by itself."""
        return f"{word}-{secrets.token_hex(4)}@example.test"

    def start(self) -> None:
        """Start, and wait until it answers. Raises Missing where this Dovecot cannot be used."""
        said = self.dir / "start"
        with said.open("w") as file:  # not a pipe: the daemon keeps it open
            command = [self._dovecot, "-c", str(self.dir / "dovecot.conf")]
            done = subprocess.run(command, stdout=file, stderr=file, timeout=30, check=False)
        if done.returncode:
            raise Missing(f"dovecot did not start: {tail(said)}")
        try:
            eventually(lambda: all(listening(port) for port in (self.imap, self.imaps, self.lmtp)), timeout=15)
        except AssertionError:
            raise RuntimeError(f"dovecot does not answer: {tail(self.dir / 'dovecot.log')}") from None

    def stop(self) -> None:
        """Stop it, break its connections, wait for the end of its master process."""
        file = self.dir / "run" / "master.pid"
        if not file.exists():
            return
        pid = int(file.read_text())
        children = _children(pid)
        os.kill(pid, signal.SIGTERM)
        for child in children:  # those that serve a client would go on for a while
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)
        eventually(lambda: not _alive(pid), timeout=15)

    def remove(self) -> None:
        """Stop it and forget its mail."""
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def renew_uidvalidity(self, user: str, value: int) -> None:
        """Make the server give INBOX another UIDVALIDITY, as after a restore from a backup."""
        self.admin("mailbox", "update", "-u", user, "--uid-validity", str(value), "INBOX")

    def admin(self, *words: str) -> str:
        """A doveadm command, its output."""
        command = [self._doveadm, "-c", str(self.dir / "dovecot.conf"), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout

    def _write(self) -> None:
        me = pwd.getpwuid(os.getuid())
        owner = pwd.getpwnam("nobody") if me.pw_uid == 0 else me
        group = "nogroup" if me.pw_uid == 0 else str(me.pw_gid)
        for name in ("run", "state", "mail"):
            (self.dir / name).mkdir()
        (self.dir / "users").write_text(f"{CYRILLIC_USER}:{{PLAIN}}{CYRILLIC_PASSWORD}\n", encoding="utf-8")
        (self.dir / "dovecot.conf").write_text(self._config(owner.pw_name, group))
        (self.dir / "run").chmod(0o755)
        self.dir.chmod(0o755)
        if me.pw_uid == 0:
            for path in (self.dir, *self.dir.iterdir()):
                os.chown(path, owner.pw_uid, owner.pw_gid)

    def _config(self, user: str, group: str) -> str:
        prefix, separator, capability = self._shape
        return _CONFIG.format(
            dir=self.dir, user=user, group=group, imap=self.imap, imaps=self.imaps, lmtp=self.lmtp, auth=self.auth,
            cert=self.certs.good.cert, key=self.certs.good.key, prefix=prefix, separator=separator,
            capability=f"imap_capability = {capability}" if capability else "", password=PASSWORD,
        )  # fmt: skip


def _alive(pid: int) -> bool:
    try:
        return "Z (zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in tasks.read_text().split()] if tasks.exists() else []


_CONFIG = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{dir}/mail/%u
mail_max_userip_connections = 100
maildir_very_dirty_syncs = no
lmtp_save_to_detail_mailbox = no
{capability}
passdb {{
  driver = passwd-file
  args = username_format=%u {dir}/users
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={dir}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service auth {{
  inet_listener {{
    port = {auth}
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
"""
