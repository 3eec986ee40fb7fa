"""Every letter that maild composes, by kind (contract, X-Maild-Kind): domain values in, bytes for the outbox out.

Pure functions: nothing is sent or stored here, and no clock is read. Letters to clients are in `client_letters`,
letters to those who work at the desk in `staff_letters`.
"""

from maild.desk.client_letters import acknowledgement, notice, receipt, refusal, request_information
from maild.desk.facts import Facts, Said, Undone
from maild.desk.outgoing import Outgoing
from maild.desk.staff_letters import Breach, escalation, escalation_bundle, operator, warning

__all__ = [
    "Breach",
    "Facts",
    "Outgoing",
    "Said",
    "Undone",
    "acknowledgement",
    "escalation",
    "escalation_bundle",
    "notice",
    "operator",
    "receipt",
    "refusal",
    "request_information",
    "warning",
]
