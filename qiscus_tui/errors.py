"""Everything that can go wrong, as types that carry their own message and exit code.

    QiscusTuiError                      exit code
    ├── UsageError                          2  the command or its options, or no confirmation
    │   ├── ConfigError                     2  config.toml or the environment
    │   ├── AddressError                    2  an unusable server address
    │   ├── FilterError                     2  a filter with a mistake in it
    │   └── ReadOnly                        2  the configuration forbids changes
    ├── LoginNeeded                         4  no usable credentials
    │   ├── NoAccount                       4  not logged in on this machine
    │   ├── LoginRefused                    4  wrong email address or password
    │   ├── TwoFactor                       4  the account logs in with a second factor
    │   ├── NoLongLivedToken                4  an app too old for token management, a REST account
    │   └── TokenInvalid                    4  the server rejected our token
    ├── ServerError                         1  the server answered with an error
    │   ├── ServerRefused                   1  4xx, none of these three:
    │   ├── Forbidden                       1  403: the role lacks permission
    │   ├── Blocked                         1  403 of a proxy or a firewall
    │   ├── NamedTokenInvalid               1  the token to revoke is invalid
    │   ├── TokenExpired                    1  the short-lived token has ended
    │   ├── ServerFault                     1  429 and 5xx: may be temporary
    │   ├── Unreadable                      1  not a valid answer of this API
    │   └── NotQiscus                       1  no Qiscus server at this address
    ├── OutOfReach                          5  no answer
    │   ├── NotConnected                    5  refused, unknown host, no route
    │   ├── TimedOut                        5
    │   ├── AnswerLost                      5  the connection ended in the middle of the answer
    │   └── NotTrusted                      5  TLS: certificate or host name
    ├── CannotTell                          3  what a plan needs is not known or not allowed
    ├── StorageError                        6  local files, keyring, locks
    │   └── TokenNotStored                  6  a new long-lived token could not be stored
    ├── CannotRun                         126  the system cannot run the command
    ├── CommandNotFound                   127  there is no such command
    └── Interrupted                   128 + n  ended by signal n

A message is one line of plain, safe text without secrets.
"""

from typing import ClassVar

from qiscus_tui.exit_codes import ExitCode

PROXY_HINT = "The answer is not from the API: there may be a proxy or firewall in between."


class QiscusTuiError(Exception):
    """An error shown in two lines: what happened, and what to do."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED
    default_hint: ClassVar[str] = "Run again with --debug to see where it happened."

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        """What happened, and to what."""
        self.hint = self.default_hint if hint is None else hint
        """What to do next; may be empty."""

    @property
    def text(self) -> str:
        """Message and hint, one below the other."""
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(QiscusTuiError):
    """The command line is wrong."""

    exit_code = ExitCode.USAGE
    default_hint = "See: qiscus-tui --help"


class ConfigError(UsageError):
    """A mistake in config.toml or the environment."""

    default_hint = "Fix config.toml and try again."


class AddressError(UsageError):
    """An unusable server address."""

    default_hint = "Give it as https://host or https://host:port, without a path."


class FilterError(UsageError):
    """A filter with a mistake in it."""

    default_hint = "Every word narrows the list; quote words that belong together."

    def __init__(self, message: str, hint: str | None = None, *, position: int = 0) -> None:
        super().__init__(message, hint)
        self.position = position
        """Index of the mistake in the filter, in characters."""

    @property
    def what(self) -> str:
        """Return the message without the position, for where the word itself is in sight."""
        return self.message.removesuffix(f", at character {self.position + 1}")


class ReadOnly(UsageError):
    """The configuration forbids changes with this account."""

    default_hint = "To allow changes, remove readonly from the account's section of config.toml."


class LoginNeeded(QiscusTuiError):
    """There are no usable credentials."""

    exit_code = ExitCode.LOGIN
    default_hint = "Log in with: qiscus-tui login"


class NoAccount(LoginNeeded):
    """Not logged in on this machine."""

    default_hint = "Log in: qiscus-tui login, or set QISCUS_LONG_LIVED_TOKEN and QISCUS_APP_ID."


class LoginRefused(LoginNeeded):
    """The server refused the email address and password."""

    default_hint = (
        "Check email and password. A Qiscus password expires after 90 days: then set a new one."
    )


class TwoFactor(LoginNeeded):
    """The account logs in with a second factor, and the API gave no token."""

    default_hint = (
        "Use a long-lived token (qiscus-tui login --with-token --app-id APP) "
        "or the REST secret key (qiscus-tui login --rest --app-id APP)."
    )


class NoLongLivedToken(LoginNeeded):
    """The app is too old for token management."""

    default_hint = "Ask Qiscus support to move the app, or use the REST secret key."


class TokenInvalid(LoginNeeded):
    """The server rejected our token."""

    default_hint = "Log in again: qiscus-tui login"


class ServerError(QiscusTuiError):
    """The server answered with an error; `status` is the HTTP status, 0 without one."""

    default_hint = "According to the server, this call changed nothing."

    def __init__(self, message: str, hint: str | None = None, *, status: int = 0) -> None:
        super().__init__(message, hint)
        self.status = status


class ServerRefused(ServerError):
    """The server refused the call (4xx), for no reason that has a type of its own."""

    default_hint = "Check the server address and the [api] paths in config.toml."


class Forbidden(ServerError):
    """403: this user's role lacks permission."""

    default_hint = "Log in as an admin of the app."


class Blocked(ServerError):
    """403, but not from the API: it says nothing about a token or a role."""

    default_hint = PROXY_HINT


class NamedTokenInvalid(ServerError):
    """The server says that the token to revoke is invalid; our own credential is not meant."""

    default_hint = "It may have expired. See what is listed: qiscus-tui sessions"


class TokenExpired(ServerError):
    """The short-lived token expired or was revoked; refresh it and repeat the call."""

    default_hint = "Get a new one: qiscus-tui refresh"


class ServerFault(ServerError):
    """429 or 5xx: the server is busy or broken, perhaps temporarily."""

    default_hint = "Wait a moment and try again."

    def __init__(
        self,
        message: str,
        hint: str | None = None,
        *,
        status: int = 0,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, hint, status=status)
        self.retry_after = retry_after
        """Seconds that the server asked us to wait, None if it did not say."""


class Unreadable(ServerError):
    """An answer that this API would not give."""

    default_hint = "There may be a proxy in between; check the server address."


class NotQiscus(ServerError):
    """There is no Qiscus server at this address."""

    default_hint = "Check --server; the default is https://omnichannel.qiscus.com"


class OutOfReach(QiscusTuiError):
    """The server did not answer."""

    exit_code = ExitCode.UNREACHABLE
    default_hint = "Check the network and the server address, then try again."


class NotConnected(OutOfReach):
    """Refused, unknown host or no route: the request was not sent."""


class TimedOut(OutOfReach):
    """No answer in time."""

    default_hint = (
        "Try again, or allow more time: --timeout, or timeout under [server] in config.toml."
    )


class AnswerLost(OutOfReach):
    """The connection ended in the middle of the answer."""

    default_hint = "The server may have carried out the call. List the sessions to see."


class NotTrusted(OutOfReach):
    """The server failed TLS verification."""

    default_hint = "Private CA? Set ca_bundle under [server] in config.toml, or SSL_CERT_FILE."


class CannotTell(QiscusTuiError):
    """What a plan needs is not known, or not allowed, so nothing was sent."""

    exit_code = ExitCode.INCOMPLETE


class StorageError(QiscusTuiError):
    """Something on this machine could not be read, written or locked."""

    exit_code = ExitCode.STORAGE
    default_hint = "Check the folder's owner, permissions and free space."


class TokenNotStored(StorageError):
    """The server replaced the long-lived token, and the new one could not be stored."""

    def __init__(self, message: str, origin: str, app_code: str, *, is_shown: bool) -> None:
        login = f"qiscus-tui login --server {origin}"
        shown = f"Log in with the token just shown: {login} --with-token --app-id {app_code}"
        super().__init__(message, shown if is_shown else f"Log in again: {login}")
        self.is_shown = is_shown


class CannotRun(QiscusTuiError):
    """The system cannot run the command of `exec`."""

    exit_code = ExitCode.CANNOT_RUN
    default_hint = "Check that it is executable, and that its first line names its interpreter."


class CommandNotFound(QiscusTuiError):
    """The command of `exec` does not exist."""

    exit_code = ExitCode.NOT_FOUND
    default_hint = "Check its name and PATH, and the interpreter that its first line names."


class Interrupted(QiscusTuiError):
    """Ended by a signal."""

    default_hint = ""

    def __init__(self, signal_number: int, message: str, hint: str | None = None) -> None:
        super().__init__(message, hint)
        self.signal_number = signal_number
