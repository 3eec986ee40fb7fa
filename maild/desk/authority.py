"""Whose word counts: a listed address and a proof that the letter is really theirs (contract, Who may do what).

From alone proves nothing. Proof is the seal of a letter that we sent to this very person, or what our own mail server
says of the sender. What is not proven does nothing at all.
"""

from dataclasses import dataclass
from enum import StrEnum

from maild.desk.arrival import Arrival
from maild.desk.desk import Desk
from maild.domain.people import Agent
from maild.mail.authentication import authentication
from maild.mail.thread import Token, find_tokens

STAFF_ROLES = frozenset({"agent", "quality"})


class Standing(StrEnum):
    """What a letter with a listed From is: obeyed, not obeyed, or their own as a client of the desk."""

    PROVEN = "proven"
    UNPROVEN = "unproven"
    CLIENT = "client"


@dataclass(frozen=True)
class Person:
    """Somebody who works at the desk. `agent` is None for one who is the quality desk only."""

    address: str
    name: str
    agent: Agent | None
    quality: bool


@dataclass(frozen=True)
class Claim:
    """What is to be thought of a letter from a listed address. `token` is the seal that proves it, if one does."""

    person: Person
    standing: Standing
    how: str
    token: Token | None = None


def person_of(desk: Desk, address: str) -> Person | None:
    """Who works at the desk under this address; None: nobody."""
    people = desk.regulation.people
    agent, quality = people.agent(address), address.lower() in people.quality
    if agent is None and not quality:
        return None
    return Person(address.lower(), agent.name if agent else "", agent, quality)


def claim(arrival: Arrival) -> Claim | None:
    """Whether a letter speaks for the agent or quality desk in its From; None: its From is nobody's who works here.

    A letter must have one From with one address. A failed DMARC is never obeyed, whatever seal comes with it. The
    operator's `trust_from` stands in for a proof, never for these two.
    """
    desk, message = arrival.desk, arrival.message
    person = person_of(desk, arrival.sender)
    if person is None:
        return None
    said = authentication(message.authentication_results, desk.authserv_id, arrival.sender.rpartition("@")[2])
    tokens = [token for token in find_tokens(message, desk.signer) if desk.signer.token_is_for(token, arrival.sender)]
    token = next((token for token in tokens if token.role in STAFF_ROLES), None)
    if message.from_count != 1:
        return Claim(person, Standing.UNPROVEN, "it has more than one sender")
    if tokens and tokens[0].role == "client":
        return Claim(person, Standing.CLIENT, "it answers what we sent to them as a client")
    if said == "fail":
        return Claim(person, Standing.UNPROVEN, "our mail server says dmarc=fail")
    if token:
        return Claim(person, Standing.PROVEN, "it answers a letter that was sent to them", token)
    if said == "pass":
        return Claim(person, Standing.PROVEN, "our mail server vouches for the sender")
    if desk.trust_from:
        return Claim(person, Standing.PROVEN, "trust_from is set")
    return Claim(person, Standing.UNPROVEN, "it answers no letter of ours, and our mail server does not vouch for it")
