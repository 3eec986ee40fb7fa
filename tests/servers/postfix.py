"""A Postfix of our own, for submission on loopback: port `smtp` without log-in, `submission` with STARTTLS and log-in,
`smtps` with TLS from the first byte and log-in. What it takes goes to Dovecot by LMTP; nothing ever leaves the machine.

Needs root, as Postfix does. Some addresses behave: dead@… is refused for good (550), later@… for now (450), and any
address at bounce.test is taken and then bounced.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.servers.basics import HOST, Missing, eventually, free_port, listening, program, tail
from tests.servers.dovecot import Dovecot


class Postfix:
    """`start`, `stop`, again `start`: queue and ports stay."""

    def __init__(self, dovecot: Dovecot) -> None:
        self._postfix = program("postfix", "postfix")
        self._postconf = program("postconf", "postfix")
        if os.getuid() != 0:
            raise Missing("postfix can be started by root only")
        self.smtp, self.submission, self.smtps = (free_port() for _ in range(3))
        self.dir = Path(tempfile.mkdtemp(prefix="pf", dir="/tmp"))
        self._etc = self.dir / "etc"
        self._write(dovecot)

    @property
    def host(self) -> str:
        """Where it listens."""
        return HOST

    def start(self) -> None:
        """Start, and wait until it answers on its three ports."""
        if self._command("start") != 0:
            raise RuntimeError(f"postfix did not start: {tail(self.dir / 'said')} {tail(self.dir / 'mail.log')}")
        try:
            eventually(lambda: all(map(listening, (self.smtp, self.submission, self.smtps))), timeout=15)
        except AssertionError:
            raise RuntimeError(f"postfix does not answer: {tail(self.dir / 'mail.log')}") from None

    def stop(self) -> None:
        """Stop it; what is in the queue stays there."""
        self._command("stop")
        eventually(lambda: self._command("status") != 0, timeout=15)

    def flush(self) -> None:
        """Try at once to deliver what waits in the queue."""
        self._command("flush")

    def remove(self) -> None:
        """Stop it and forget its queue."""
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def _command(self, word: str) -> int:
        command = [self._postfix, "-c", str(self._etc), word]
        with (self.dir / "said").open("a") as file:  # not a pipe: the daemon keeps it open
            return subprocess.run(command, stdout=file, stderr=file, timeout=60, check=False).returncode

    def _write(self, dovecot: Dovecot) -> None:
        self.dir.chmod(0o755)
        for name in ("etc", "spool", "data"):
            (self.dir / name).mkdir()
        shutil.chown(self.dir / "data", "postfix", "postfix")
        folders = subprocess.run(
            [self._postconf, "-c", "/etc/postfix", "daemon_directory", "command_directory", "shlib_directory"],
            capture_output=True, text=True, timeout=30, check=True,
        ).stdout  # fmt: skip
        values = {"dir": self.dir, "lmtp": dovecot.lmtp, "auth": dovecot.auth, "folders": folders}
        pair = dovecot.certs.good
        (self._etc / "main.cf").write_text(_MAIN.format(cert=pair.cert, key=pair.key, **values))
        ports = {"smtp": self.smtp, "submission": self.submission, "smtps": self.smtps}
        (self._etc / "master.cf").write_text(_MASTER.format(**ports))


_MAIN = """
compatibility_level = 3.6
{folders}
queue_directory = {dir}/spool
data_directory = {dir}/data
maillog_file = {dir}/mail.log
maillog_file_prefixes = /var, /dev/stdout, {dir}
syslog_name = maild-test-postfix
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.test
mydomain = example.test
myorigin = example.test
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
smtp_host_lookup = native
default_transport = lmtp:inet:127.0.0.1:{lmtp}
relay_transport = lmtp:inet:127.0.0.1:{lmtp}
local_transport = lmtp:inet:127.0.0.1:{lmtp}
transport_maps = inline:{{ bounce.test=error:5.1.1:no-such-user }}
smtpd_recipient_restrictions =
  check_recipient_access inline:{{ {{ dead@=550 5.1.1 no such user }}, {{ later@=450 4.2.1 greylisted come back }} }},
  permit_mynetworks, permit_sasl_authenticated, reject
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject
smtpd_peername_lookup = no
smtpd_reject_unlisted_recipient = no
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_sasl_auth_enable = no
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_tls_session_cache_database =
smtpd_client_connection_rate_limit = 0
smtpd_error_sleep_time = 0
message_size_limit = 60000000
mailbox_size_limit = 0
minimal_backoff_time = 2s
maximal_backoff_time = 5s
queue_run_delay = 2s
transport_retry_time = 2s
smtputf8_enable = yes
"""

_MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{submission} inet n - n - - smtpd
  -o syslog_name=submission
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
127.0.0.1:{smtps} inet n - n - - smtpd
  -o syslog_name=smtps
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
