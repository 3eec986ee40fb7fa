"""Fetching and searching on servers that misbehave: each trap once, on a hand-made server."""

import pytest
from maild.errors import TransientError
from maild.transport import fetching
from maild.transport.imap import Fetched
from tests.servers.bad_imap import ALL
from tests.servers.basics import eventually
from tests.servers.wire import Cut, Talk
from tests.transport.imap_tools import MB, Make, everything


def test_fifty_letters_with_renumbering(make: Make) -> None:
    server, session = make(50, done="Done")
    for one in everything(session):
        session.finish([one.uid])
    assert [kept.uid for kept in server.folders["Done"]] == list(range(1, 51))
    assert server.letters == []


def test_a_link_cut_within_a_literal_is_an_error_and_all_come_later(make: Make) -> None:
    server, session = make()
    cuts = [1]

    def cut_once(talk: Talk, tag: str, arguments: str) -> None:
        if "BODY" in arguments and cuts:
            cuts.pop()
            talk.send(b"* 1 FETCH (UID 1 BODY[] {5000}\r\nFrom: half a let")
            raise Cut
        server.do_uid_fetch(talk, tag, arguments)

    server.handlers["UID FETCH"] = cut_once
    with pytest.raises(TransientError):
        everything(session)
    session.open()
    assert [one.uid for one in everything(session)] == [1, 2, 3]


def test_a_letter_that_breaks_the_link_each_time_does_not_stop_the_mailbox(make: Make) -> None:
    server, session = make(3)

    def poison(talk: Talk, tag: str, arguments: str) -> None:
        if "BODY" in arguments and "2" in arguments.partition(" ")[0].split(","):
            raise Cut
        server.do_uid_fetch(talk, tag, arguments)

    server.handlers["UID FETCH"] = poison
    got: dict[int, Fetched] = {}
    tries = 0
    while len(got) < 3:
        tries += 1
        assert tries < 10
        try:
            for batch in session.fetch([uid for uid in session.uids_after(0) if uid not in got], limit=MB):
                got.update((one.uid, one) for one in batch)
        except TransientError:
            session.open()
    assert [uid for uid in sorted(got) if got[uid].fault] == [2]
    assert "broke" in str(got[2].fault)
    assert got[3].raw == server.letters[2].raw


def test_a_letter_that_the_server_refuses_is_named_and_the_others_come(make: Make) -> None:
    server, session = make(3)

    def refuse(talk: Talk, tag: str, arguments: str) -> None:
        if "BODY.PEEK[]" in arguments and "2" in arguments.partition(" ")[0].split(","):
            talk.send(f"{tag} NO [SERVERBUG] cannot read it\r\n")
        else:
            server.do_uid_fetch(talk, tag, arguments)

    server.handlers["UID FETCH"] = refuse
    one, two, three = everything(session)
    assert (one.fault, three.fault) == (None, None)
    assert two.fault and "cannot read it" in two.fault
    assert two.raw.startswith(b"From:") and two.truncated
    assert server.connections == 1


def test_uids_that_vanish_between_size_and_body_are_left_out(make: Make) -> None:
    server, session = make(3)

    def vanish(talk: Talk, tag: str, arguments: str) -> None:
        if "BODY" in arguments:
            server.letters = [kept for kept in server.letters if kept.uid != 2]
        server.do_uid_fetch(talk, tag, arguments)

    server.handlers["UID FETCH"] = vanish
    assert [one.uid for one in everything(session)] == [1, 3]


@pytest.mark.parametrize("claimed", [10, 2 * MB])
def test_a_size_that_is_not_true_harms_nobody(make: Make, claimed: int) -> None:
    server, session = make(1)
    server.letters[0].raw += b"z" * 700_000
    server.letters[0].size = claimed
    (one,) = everything(session)
    assert one.raw == server.letters[0].raw


def test_a_letter_that_turns_out_larger_than_claimed_stops_at_the_limit(make: Make) -> None:
    server, session = make(1)
    server.letters[0].raw += b"z" * (4 * MB)
    server.letters[0].size = fetching.LARGE + 1
    (one,) = everything(session, limit=2 * MB)
    assert one.truncated and len(one.raw) < MB


def test_an_impossible_arrival_is_no_reason_to_lose_a_letter(make: Make) -> None:
    server, session = make(1)
    server.letters[0].arrival = "99-Foo-2026 10:15:00 +0300"
    (one,) = everything(session)
    assert one.arrival.tzinfo is not None


def test_letters_of_others_in_the_answer_are_not_taken_for_ours(make: Make) -> None:
    server, session = make(2)

    def chatty(talk: Talk, tag: str, arguments: str) -> None:
        talk.send("* 9 FETCH (UID 99 FLAGS (\\Seen))\r\n* 5 EXISTS\r\n")
        server.do_uid_fetch(talk, tag, arguments)

    server.handlers["UID FETCH"] = chatty
    assert [one.uid for one in everything(session)] == [1, 2]


@pytest.mark.parametrize(
    "nonsense",
    [
        b"garbage\r\n",
        b"* 1 FETCH (UID 1 BODY[] {99999999999999999999}\r\n",
        b"* 1 FETCH (UID x)\r\n",
        b"* 1 FETCH (((((\r\n",
    ],
)
def test_nonsense_is_an_error_of_one_line(make: Make, nonsense: bytes) -> None:
    server, session = make(1)

    def talk_nonsense(talk: Talk, tag: str, arguments: str) -> None:
        talk.send(nonsense + f"{tag} OK done\r\n".encode())

    server.handlers["UID FETCH"] = talk_nonsense
    with pytest.raises(TransientError) as caught:
        everything(session)
    assert "\n" not in str(caught.value)
    assert session._client is None


def test_a_huge_folder_is_searched_in_windows(make: Make) -> None:
    server, session = make(2)

    def select(talk: Talk, tag: str, arguments: str) -> None:
        talk.send("* 200000 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 200001] ok\r\n")
        talk.send(f"{tag} OK [READ-WRITE] done\r\n")

    def search(talk: Talk, tag: str, arguments: str) -> None:
        low, _, high = arguments.split("UID ")[1].partition(":")
        last = 200_000 if high == "*" else int(high)
        found = " ".join(map(str, range(min(int(low), last), last + 1)))
        talk.send(f"* SEARCH {found}\r\n{tag} OK done\r\n")

    server.handlers.update({"SELECT": select, "UID SEARCH": search})
    session.open()
    assert session.uids_after(0) == list(range(1, 200_001))
    assert session.uids_after(200_000) == []


@pytest.mark.parametrize(("letters", "uidnext"), [(3, 4), (0, 1)])
def test_a_server_that_does_not_tell_uidnext_is_asked(make: Make, letters: int, uidnext: int) -> None:
    server, session = make(letters)

    def select(talk: Talk, tag: str, arguments: str) -> None:
        talk.send(f"* {letters} EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n{tag} OK [READ-WRITE] done\r\n")

    server.handlers["SELECT"] = select
    assert session.open().uidnext == uidnext


def test_a_stale_view_is_refreshed_before_the_search(make: Make) -> None:
    server, session = make(1)
    shown: list[str] = []

    def noop(talk: Talk, tag: str, arguments: str) -> None:
        shown[:] = ["1", "2"]
        talk.send(f"* 2 EXISTS\r\n{tag} OK done\r\n")

    def search(talk: Talk, tag: str, arguments: str) -> None:
        talk.send(f"* SEARCH {' '.join(shown)}".rstrip() + f"\r\n{tag} OK done\r\n")

    server.handlers.update({"NOOP": noop, "UID SEARCH": search})
    assert session.uids_after(0) == [1, 2]


def test_a_read_only_folder_is_told(make: Make) -> None:
    server, session = make(1)

    def select(talk: Talk, tag: str, arguments: str) -> None:
        talk.send(f"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n{tag} OK [READ-ONLY] done\r\n")

    server.handlers["SELECT"] = select
    with pytest.raises(TransientError, match="read-only"):
        session.open()


def test_uidvalidity_changes_while_away(make: Make) -> None:
    server, session = make(2)
    server.uidvalidity = 8
    server.cut_all()
    with pytest.raises(TransientError):
        session.uids_after(0)
    assert session.open().uidvalidity == 8


def test_untagged_lines_do_not_pile_up_over_weeks(make: Make) -> None:
    server, session = make(1)
    server.handlers["NOOP"] = lambda talk, tag, arguments: talk.send("* 4 EXISTS\r\n" * 50 + f"{tag} OK done\r\n")
    for _ in range(20):
        session.uids_after(0)
    assert session._client is not None
    assert len(session._client._imap.untagged_responses.get("EXISTS", [])) <= 50


def test_done_on_a_server_that_is_only_rfc_3501(make: Make) -> None:
    server, session = make(2, done="Done", capability="IMAP4rev1")
    session.finish([1])
    assert [kept.flags for kept in server.letters] == [{"\\Deleted"}, set()]
    assert not [word for word in server.commands if "EXPUNGE" in word]
    eventually(lambda: len(server.folders["Done"]) == 1)


def test_all_is_well_with_the_server_itself(make: Make) -> None:
    server, session = make(2, capability=ALL)
    assert [one.raw for one in everything(session)] == [kept.raw for kept in server.letters]
