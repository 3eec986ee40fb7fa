"""maild: the helpdesk that lives entirely in the mail."""

__version__ = "0.1.0"
