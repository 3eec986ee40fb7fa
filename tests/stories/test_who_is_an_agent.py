"""Whose word counts: what our own mail server says of a sender, what a seal proves, and what anybody may write.

The forged letters ask for something that would be seen at once, were one of them obeyed.
"""

from email.message import EmailMessage

from tests.servers.basics import eventually
from tests.stories.line import Line, body
from tests.stories.test_people import CLIENT, WHOLE

PASS = "mx.example.test; dmarc=pass header.from=example.test"
FAIL = "mx.example.test; dmarc=fail (p=reject) header.from=example.test"
NONE = "mx.example.test; spf=pass smtp.mailfrom=example.test; dmarc=none"
TRUSTED = '[security]\nauthserv_id = "mx.example.test"\n'
SUBJECT = "[CRM-000001] счёт"
FORGED = "#решено\nПодделка: ваш договор расторгнут."


def test_our_mail_server_vouches_for_an_agent(line: Line) -> None:
    """A new letter without any thread is an agent's when the topmost result of our own server says so."""
    line.write_config(extra=TRUSTED)
    with line.running():
        line.write(CLIENT, WHOLE, "Счёт")
        line.letters_to(line.agent, kind="request")
        line.vouched(line.agent, "#взять\n", SUBJECT, PASS)
        line.letters_to(line.agent, kind="confirmation")
        assert line.tickets()[0]["assignee"] == line.agent
        # Another server of the operator stands above it; only ours is asked.
        line.vouched(line.agent, "#ждать\nКакой релиз?\n", SUBJECT, "lists.example.test; dmarc=none", PASS, FAIL)
        line.letters_to(CLIENT, kind="answer")
        line.vouched(
            line.agent, "#решено\nОбновите.\n", SUBJECT, "mx.example.test; dkim=pass header.d=example.test; dmarc=none"
        )
        line.letters_to(CLIENT, kind="rating")
        assert line.tickets()[0]["status"] == "assessment"


def test_nothing_that_a_stranger_can_write_is_obeyed(line: Line) -> None:
    """Eleven letters in the agent's name; a client who calls herself by it; somebody with an agent's letter."""
    line.write_config(extra=TRUSTED)
    with line.running():
        line.write(CLIENT, WHOLE, "Счёт")
        (mine,) = line.letters_to(line.agent, kind="request")
        (clients,) = line.letters_to(CLIENT, kind="acknowledgement")
        eventually(lambda: line.events()[-1] == "confirmed")
        before = line.events()
        forgeries = forged_letters(line, mine, clients)
        for results, headers in forgeries.values():
            line.vouched(line.agent, FORGED, headers.pop("Subject", SUBJECT), *results, **headers)
        line.reply(CLIENT, clients, *FORGED.split("\n"), From=f'"{line.agent}" <{line.at(CLIENT)}>')
        line.reply("eva@maple.test", mine, *FORGED.split("\n"))
        lines = line.letters_to(line.operator, len(forgeries), kind="operator")
        told = line.letters_to(line.agent, 3, kind="request")
        eventually(lambda: not line.mailbox(line.crm))
    assert sorted(line.events()) == sorted([*before, "client-wrote", "third-wrote"])
    assert line.went(CLIENT) == ["acknowledgement"]
    (ticket,) = line.tickets()
    assert (ticket["status"], ticket["rating"]) == ("open", None)
    assert line.went(line.agent) == ["request", "request", "request"], "nothing was confirmed to anybody"
    assert sum(line.at("eva@maple.test") in body(letter) for letter in told) == 1, "the line sees who wrote"
    assert not line.went("eva@maple.test"), "and the third person learns nothing"
    assert len(lines) == len(forgeries) and all(line.agent in body(letter) for letter in lines)


def forged_letters(
    line: Line, mine: EmailMessage, clients: EmailMessage
) -> dict[str, tuple[tuple[str, ...], dict[str, str]]]:
    """What may be tried in an agent's name: the results on top of the letter, and its own headers."""
    seal = str(mine["Message-ID"])
    return {
        "nothing at all": ((), {}),
        "a Message-ID that looks like ours": ((), {"In_Reply_To": mangled(seal)}),
        "the client's Message-ID": ((), {"In_Reply_To": str(clients["Message-ID"]), "Subject": "Re: счёт"}),
        "two senders": ((), {"From": f"{line.agent}, {line.at(CLIENT)}", "In_Reply_To": seal}),
        "our server says nothing of it": ((NONE,), {}),
        "another server vouches": (("mx.example.test.evil.test; dmarc=pass header.from=example.test",), {}),
        "a header below ours": ((NONE, PASS), {}),
        "a pass in a comment": (("mx.example.test; dmarc=none (dmarc=pass header.from=example.test)",), {}),
        "a pass for another domain": (("mx.example.test; dmarc=pass header.from=evil.test",), {}),
        "somebody else's signature": (("mx.example.test; dkim=pass header.d=evil.test; dmarc=none",), {}),
        "a real reply that failed": ((FAIL,), {"In_Reply_To": seal}),
    }


def mangled(message_id: str) -> str:
    """A seal with one letter of its last part changed."""
    head, _, domain = message_id.strip().partition("@")
    return f"{head[:-1]}{'a' if head[-1] != 'a' else 'b'}@{domain}"


def test_trust_from_makes_from_alone_a_proof_but_not_of_what_failed(line: Line) -> None:
    line.write_config(extra=f"{TRUSTED}trust_from = true\n")
    with line.running():
        line.write(CLIENT, WHOLE, "Счёт")
        line.letters_to(line.agent, kind="request")
        line.vouched(line.agent, FORGED, SUBJECT, FAIL)
        line.letters_to(line.operator, kind="operator")
        line.write(line.agent, "#взять\n", SUBJECT)
        line.letters_to(line.agent, kind="confirmation")
    (ticket,) = line.tickets()
    assert (ticket["assignee"], ticket["status"]) == (line.agent, "open")
    assert line.went(line.agent) == ["request", "confirmation"]
    checked = line.maild("check", "-c", str(line.config), check=False)
    assert "trust_from" in checked.stdout + checked.stderr, "check warns"
