"""The daemon as an operator meets it: signals, broken rules, wrong passwords, poisoned letters, restored servers."""

import json
import shutil
import signal
import socket
import time
from datetime import UTC, datetime, timedelta

import pytest
from maild.data import data_dir
from tests.servers.basics import eventually
from tests.servers.letters import deliver, letter
from tests.stories.line import Line, body
from tests.stories.test_main_road import MAPLE, WHOLE


def test_sigterm_ends_it_within_five_seconds(line: Line) -> None:
    process = line.start(shell=True)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=5) == 0
    assert time.monotonic() - began < 5
    assert json.loads(line.maild("status", "-c", str(line.config), "--json", check=False).stdout)["pid"] is None


def test_systemd_hears_that_it_is_ready_alive_and_stopping(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    address = str(line.folder / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(address)
        ear.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        monkeypatch.setenv("WATCHDOG_USEC", "1500000")
        with line.running(shell=True):
            assert ear.recv(100) == b"READY=1"
            assert ear.recv(100) == b"WATCHDOG=1"
        said = b""
        while said != b"STOPPING=1":
            said = ear.recv(100)


def test_one_daemon_serves_two_desks(line: Line) -> None:
    second = line.dovecot.user("help")
    shutil.copytree(line.rules, line.folder / "other")
    rules = (line.folder / "other" / "desk.toml").read_text(encoding="utf-8")
    (line.folder / "other" / "desk.toml").write_text(rules.replace('"CRM"', '"HELP"'), encoding="utf-8")
    line.write_config(
        extra=f'[desks.other]\nrules = "other"\n[desks.other.mailboxes.help]\nrole = "support"\naddress = "{second}"\n'
        f'host = "127.0.0.1"\nport = {line.dovecot.imap}\nsecurity = "none"\nusername = "{second}"\n'
        'password_file = "password"\n'
    )
    with line.running():
        line.write("olga@birch.test", WHOLE)
        line.write("eva@maple.test", MAPLE, to=second)
        line.letters_to("olga@birch.test", kind="acknowledgement")
        (answer,) = line.letters_to("eva@maple.test", kind="acknowledgement")
    assert answer["From"].addresses[0].addr_spec == second
    found = {(ticket["desk"], ticket["number"]) for ticket in line.tickets()}
    assert found == {("rarus", "CRM-000001"), ("other", "HELP-000001")}


def test_a_second_daemon_is_refused_with_one_line(line: Line) -> None:
    with line.running(shell=True) as first:
        second = line.maild("run", "-c", str(line.config), check=False)
    assert second.returncode == 2
    assert str(first.pid) in second.stderr and len(second.stderr.strip().splitlines()) == 1


def test_broken_rules_leave_the_old_ones_in_force(line: Line) -> None:
    with line.running() as process:
        good = (line.rules / "desk.toml").read_text(encoding="utf-8")
        (line.rules / "desk.toml").write_text(good.replace('prefix = "CRM"', "prefix = 7"), encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        (told,) = line.letters_to(line.operator, kind="operator")
        line.write("olga@birch.test", WHOLE)
        line.letters_to("olga@birch.test", kind="acknowledgement")
        (line.rules / "desk.toml").write_text(good.replace('"CRM"', '"HELP"'), encoding="utf-8")
        eventually(lambda: "rules-loaded" in line.log(), timeout=5)
        line.write("eva@maple.test", MAPLE)
        line.letters_to("eva@maple.test", kind="acknowledgement")
    says = "".join(body(told).split())
    assert "desk.toml:" in says and "prefix" in says
    assert [ticket["number"] for ticket in line.tickets()] == ["CRM-000001", "HELP-000002"]


def test_a_wrong_password_is_one_line_and_the_other_mailbox_is_served(line: Line) -> None:
    (line.folder / "wrong").write_text("wrong")
    config = line.config.read_text(encoding="utf-8")
    at = config.index("[desks.rarus.mailboxes.control]")
    line.config.write_text(config[:at] + config[at:].replace('"password"', '"wrong"', 1), encoding="utf-8")
    process = line.maild("run", "--once", "-c", str(line.config), check=False)
    assert process.returncode == 1
    assert line.control in process.stderr and "wrong" not in process.stderr
    line.write("olga@birch.test", WHOLE)
    eventually(lambda: line.mailbox(line.crm))
    line.maild("run", "--once", "-c", str(line.config), check=False)
    line.letters_to("olga@birch.test", kind="acknowledgement")
    status = line.maild("status", "-c", str(line.config), "--json", check=False)
    assert status.returncode == 1
    assert json.loads(status.stdout)["desks"]["rarus"]["mailboxes"]["control"]["state"] == "login-refused"


def test_a_letter_that_fails_for_ever_does_not_stop_the_next(line: Line) -> None:
    # A template that cannot be rendered for one subject: the fault is real, and hits one letter only.
    own = line.folder / "templates" / "ru"
    own.mkdir(parents=True)
    shipped = (data_dir("templates") / "ru" / "acknowledgement.txt.j2").read_text(encoding="utf-8")
    (own / "acknowledgement.txt.j2").write_text(
        "{% if 'яд' in rows|string %}{{ 1 // 0 }}{% endif %}\n" + shipped, encoding="utf-8"
    )
    config = line.config.read_text(encoding="utf-8")
    line.config.write_text(
        config.replace('rules = "rules"', 'rules = "rules"\ntemplates = "templates"'), encoding="utf-8"
    )
    with line.running():
        line.write("olga@birch.test", WHOLE, "яд")
        line.write("eva@maple.test", MAPLE, "мёд")
        line.letters_to("eva@maple.test", kind="acknowledgement")
        eventually(lambda: line.log().count("letter-failed") == 2, timeout=60)
    assert not line.mailbox(line.operator), "it is still being tried"
    line.once(datetime.now(UTC) + timedelta(minutes=1))  # the third time is half a minute later, and the last
    (told,) = line.letters_to(line.operator, kind="operator")
    assert "Quarantine" in body(told)
    assert len(line.mailbox(line.crm, "Quarantine")) == 1
    assert [ticket["client"] for ticket in line.tickets()] == [line.at("eva@maple.test")]
    status = line.maild("status", "-c", str(line.config), "--json", check=False)
    assert json.loads(status.stdout)["quarantine"] == 1 and status.returncode == 1


def test_what_was_there_before_is_left_alone_and_a_new_uidvalidity_changes_nothing(line: Line) -> None:
    line.write("old@birch.test", WHOLE)
    eventually(lambda: line.mailbox(line.crm))
    line.once()
    assert line.tickets() == [], "backlog = none"
    line.write_config(mailbox="")
    config = line.config.read_text(encoding="utf-8").replace('done = "Archive"\n', "")
    line.config.write_text(config, encoding="utf-8")
    line.write("new@birch.test", WHOLE)
    eventually(lambda: len(line.mailbox(line.crm)) == 2)
    line.once()
    line.letters_to("new@birch.test", kind="acknowledgement")
    line.dovecot.renew_uidvalidity(line.crm, 4711)
    line.once()
    line.once()
    assert [ticket["client"] for ticket in line.tickets()] == [line.at("new@birch.test")]
    assert len(line.mailbox("new@birch.test")) == 1
    assert not line.mailbox("old@birch.test")


def test_the_mail_server_is_away_for_a_while(line: Line) -> None:
    with line.running():
        line.postfix.stop()
        try:
            raw = letter("Вопрос", WHOLE, line.crm, From=line.at("olga@birch.test"), Message_ID="<away@birch.test>")
            deliver(line.dovecot, raw, line.crm, sender=line.at("olga@birch.test"))
            eventually(lambda: line.tickets())
            eventually(lambda: '"unreachable": true' in line.log())
        finally:
            line.postfix.start()
        line.letters_to("olga@birch.test", kind="acknowledgement", timeout=15)
    (ticket,) = line.tickets()
    assert ticket["reaction_met"]


def test_the_mailbox_is_away_for_a_while(line: Line) -> None:
    """Reconnected with back-off; the status says so meanwhile, and letters that came since are served."""

    def state() -> str:
        answer = line.maild("status", "-c", str(line.config), "--json", check=False)
        return str(json.loads(answer.stdout)["desks"]["rarus"]["mailboxes"]["crm"]["state"])

    with line.running():
        line.dovecot.stop()
        try:
            eventually(lambda: state() == "failing")
        finally:
            line.dovecot.start()
        line.write("olga@birch.test", WHOLE)
        line.letters_to("olga@birch.test", kind="acknowledgement", timeout=60)
        assert state() == "connected"


def test_a_bounced_acknowledgement_voids_the_reaction(line: Line) -> None:
    """B19: the client has to have the confirmation. Some servers report even what came with the null return path."""
    with line.running():
        line.write("olga@birch.test", WHOLE)
        (answer,) = line.letters_to("olga@birch.test", kind="acknowledgement")
        eventually(lambda: line.tickets()[0]["reaction_met"])
        report = REPORT.format(to=line.crm, whom=line.at("olga@birch.test"), id=answer["Message-ID"].strip())
        deliver(line.dovecot, report.replace("\n", "\r\n").encode(), line.crm, sender="")
        eventually(lambda: "voided" in [entry["event"] for entry in line.ticket("CRM-000001")["history"]])
    (ticket,) = line.tickets()
    assert ticket["reaction_met"] is None


REPORT = """\
From: Mail Delivery Subsystem <mailer-daemon@mx.birch.test>
To: {to}
Subject: Delivery Status Notification (Failure)
Message-ID: <report@mx.birch.test>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain

The mailbox is full.
--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.birch.test

Final-Recipient: rfc822; {whom}
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 mailbox full
--part
Content-Type: text/rfc822-headers

Message-ID: {id}
Subject: Re: [CRM-000001]
--part--
"""
