"""Every letter that maild composes, by kind (contract, X-Maild-Kind): domain values in, bytes for the outbox out.

Pure functions: nothing is sent or stored here, and no clock is read. Each file `…_letters` has the kinds of one matter.
"""

from maild.desk.answer_letters import answer, rating
from maild.desk.client_letters import acknowledgement, notice, receipt, request_information
from maild.desk.complaint_letters import complaint
from maild.desk.confirmation_letters import confirmation
from maild.desk.deadline_letters import Breach, escalation, escalation_bundle, warning
from maild.desk.digest_letters import digest
from maild.desk.facts import Facts, Said, Undone
from maild.desk.operator_letters import operator
from maild.desk.outgoing import Outgoing
from maild.desk.refusal_letters import refusal
from maild.desk.request_letters import note, request, requests, summary_note

__all__ = [
    "Breach",
    "Facts",
    "Outgoing",
    "Said",
    "Undone",
    "acknowledgement",
    "answer",
    "complaint",
    "confirmation",
    "digest",
    "escalation",
    "escalation_bundle",
    "note",
    "notice",
    "operator",
    "rating",
    "receipt",
    "refusal",
    "request",
    "request_information",
    "requests",
    "summary_note",
    "warning",
]
