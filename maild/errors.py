"""Every error that maild raises on purpose. The text of each is one line that a person can act on."""


class MaildError(Exception):
    """The root: `str(error)` is one clear line, shown without a traceback."""


class UsageError(MaildError):
    """Unusable arguments or input: exit status 2."""


class ConfigError(MaildError):
    """A fault in the configuration or in a rule file.

    It names the file, the line where it is known, the key, and what was expected.
    """

    def __init__(self, file: str, says: str, *, line: int | None = None, key: str | None = None) -> None:
        self.file, self.line, self.key, self.says = file, line, key, says
        where = f"{file}:{line}" if line else file
        super().__init__(f"{where}: {key}: {says}" if key else f"{where}: {says}")


class ConfigErrors(MaildError):
    """Several faults found in one go, one a line."""

    def __init__(self, faults: list[ConfigError]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class TransientError(MaildError):
    """It may work later: try again with back-off."""


class PermanentError(MaildError):
    """It will not work later either: park it and tell somebody."""


class LoginRefused(TransientError):
    """The mail server refused user name or password: the operator's fault, so the queue is kept."""
