"""Everything that can go wrong, as types that say themselves.

    QiscusTuiError                      exit code
    ├── UsageError                          2  the command or its options
    │   ├── ConfigError                     2  config.toml or the environment
    │   ├── AddressError                    2  a server address that will not be used
    │   ├── FilterError                     2  a filter that cannot be read
    │   ├── ReadOnly                        2  the configuration forbids changes
    │   └── NotConfirmed                    2  nobody said yes
    ├── LoginNeeded                         4  no usable credentials
    │   ├── NoAccount                       4  nobody is logged in here
    │   ├── LoginRefused                    4  wrong email address or password
    │   ├── TwoFactor                       4  the account logs in with a second factor
    │   ├── NoLongLivedToken                4  an app too old for token management, a REST account
    │   ├── NoSecretKey                     4  an account without a REST secret key
    │   └── TokenInvalid                    4  the server no longer takes our token
    ├── ServerError                         1  the server answered, and it was not a yes
    │   ├── ServerRefused                   1  4xx
    │   │   ├── Forbidden                   1  403: this role may not
    │   │   ├── NamedTokenInvalid           1  a revoke names a token that is none
    │   │   └── TokenExpired                1  the short-lived token ended: refresh and repeat
    │   ├── ServerFault                     1  429 and 5xx: may go away by itself
    │   └── Unreadable                      1  an answer that is not the API's
    │       └── NotQiscus                   1  no Qiscus server at this address
    ├── OutOfReach                          5  no answer
    │   ├── NotConnected                    5  refused, no such host, no route
    │   ├── TimedOut                        5
    │   ├── AnswerLost                      5  the connection ended before the answer
    │   └── NotTrusted                      5  TLS: certificate or host name
    ├── StorageError                        6  local files, keyring, locks
    │   └── TokenNotStored                  6  a new long-lived token could not be stored
    ├── CannotRun                         126  a command that the system does not run
    ├── CommandNotFound                   127  a command that is not there
    └── Interrupted                   128 + n  ended by signal n

Messages are one line of plain, safe text in the user's words, without secrets.
"""

from typing import ClassVar


class QiscusTuiError(Exception):
    """Something that the user is told in two lines: what happened, and what to do."""

    exit_code: ClassVar[int] = 1
    default_hint: ClassVar[str] = "Run again with --debug to see where it happened."

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        """What happened, and to what."""
        self.hint = self.default_hint if hint is None else hint
        """What to do next."""


class UsageError(QiscusTuiError):
    """The command cannot be carried out as it was given."""

    exit_code = 2
    default_hint = "See: qiscus-tui --help"


class ConfigError(UsageError):
    """The configuration or the environment cannot be used."""

    default_hint = "Mend the configuration and run the command again."


class AddressError(UsageError):
    """A server address that will not be used."""

    default_hint = "Give it as https://host or https://host:port, without a path."


class FilterError(UsageError):
    """A filter that cannot be read."""

    default_hint = "Words narrow the list; put quotes around words that belong together."

    def __init__(self, message: str, hint: str | None = None, *, position: int = 0) -> None:
        super().__init__(message, hint)
        self.position = position
        """Where in the filter, counted in characters from 0."""


class NotConfirmed(UsageError):
    """A destructive command that nobody confirmed: nothing was done."""

    default_hint = "Nothing was changed. To go on without a question, add --yes."


class ReadOnly(UsageError):
    """The configuration says that nothing may be changed with this account."""

    default_hint = "Take readonly out of the account's part of config.toml to allow changes."


class LoginNeeded(QiscusTuiError):
    """There are no usable credentials."""

    exit_code = 4
    default_hint = "Log in with: qiscus-tui login"


class NoAccount(LoginNeeded):
    """Nobody is logged in on this machine."""

    default_hint = (
        "Log in with: qiscus-tui login, or set QISCUS_LONG_LIVED_TOKEN and QISCUS_APP_ID."
    )


class LoginRefused(LoginNeeded):
    """The server did not take the email address and password."""

    default_hint = "Check both. A Qiscus password ends by itself after 90 days; reset it there."


class TwoFactor(LoginNeeded):
    """The account logs in with a second factor, and the API gave no token."""

    default_hint = (
        "Use a long-lived token (qiscus-tui login --with-token --app-id APP) "
        "or the REST secret key (qiscus-tui login --rest --app-id APP)."
    )


class NoLongLivedToken(LoginNeeded):
    """The app is too old for token management."""

    default_hint = "Ask Qiscus support to move the app, or use the REST secret key."


class NoSecretKey(LoginNeeded):
    """The account has no REST secret key."""

    default_hint = (
        "Leave --rest out, or keep a secret key: qiscus-tui login --rest --app-id APP "
        "(or set QISCUS_SECRET_KEY and QISCUS_APP_ID)."
    )


class TokenInvalid(LoginNeeded):
    """The server no longer takes the token that we hold."""

    default_hint = "Log in again: qiscus-tui login"


class ServerError(QiscusTuiError):
    """The server answered, and it was not a yes.

    `status` is the HTTP status, 0 where none belongs to it.
    """

    default_hint = "Nothing was changed by this call as far as the server says."

    def __init__(self, message: str, hint: str | None = None, *, status: int = 0) -> None:
        super().__init__(message, hint)
        self.status = status


class ServerRefused(ServerError):
    """The server refused the call (4xx)."""

    default_hint = "Check the server address and the [api] paths in config.toml."


class Forbidden(ServerRefused):
    """403: this user's role may not do that."""

    default_hint = "Log in as an admin of the app."


class NamedTokenInvalid(ServerRefused):
    """A revoke names a token that is none, says the server: nothing of our own credential."""

    default_hint = "It may have ended by itself. See what is listed: qiscus-tui sessions"


class TokenExpired(ServerRefused):
    """The short-lived token ended; refreshing it and repeating the call mends this."""

    default_hint = "Get a new one: qiscus-tui refresh"


class ServerFault(ServerError):
    """429 or 5xx: the server is busy or broken, and may recover by itself."""

    default_hint = "Wait a little and try again."

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
        """Seconds that the server asked us to wait, None where it did not say."""


class Unreadable(ServerError):
    """An answer that is not what this API gives."""

    default_hint = "A proxy may stand between; check the server address."


class NotQiscus(Unreadable):
    """There is no Qiscus server at this address."""

    default_hint = (
        "Check the server address (--server); the usual one is https://omnichannel.qiscus.com"
    )


class OutOfReach(QiscusTuiError):
    """The server gave no answer."""

    exit_code = 5
    default_hint = "Check the network and the server address, then try again."


class NotConnected(OutOfReach):
    """Refused, no such host or no route: the request was never sent."""


class TimedOut(OutOfReach):
    """No answer in time."""

    default_hint = "Try again, or raise timeout under [server] in config.toml."


class AnswerLost(OutOfReach):
    """The connection ended before the whole answer was here."""

    default_hint = "Whether the server carried it out is not known. List the sessions to see."


class NotTrusted(OutOfReach):
    """The server could not prove who it is (TLS)."""

    default_hint = (
        "For a private CA, set ca_bundle under [server] in config.toml, or SSL_CERT_FILE."
    )


class StorageError(QiscusTuiError):
    """Something on this machine could not be read, written or locked."""

    exit_code = 6
    default_hint = "Check the folder's owner, mode and free space."


class TokenNotStored(StorageError):
    """The server replaced the long-lived token, and the new one could not be stored."""

    def __init__(self, message: str, app_code: str, *, is_shown: bool) -> None:
        with_it = f"qiscus-tui login --with-token --app-id {app_code}"
        shown = f"Log in with the token that was just shown: {with_it}"
        super().__init__(message, shown if is_shown else "Log in again: qiscus-tui login")


class CannotRun(QiscusTuiError):
    """The command of `exec` is there, and the system does not run it."""

    exit_code = 126
    default_hint = "Check that it may be executed, and that its first line names its interpreter."


class CommandNotFound(QiscusTuiError):
    """The command of `exec` is not there."""

    exit_code = 127
    default_hint = "Check its name and PATH, and the interpreter that its first line names."


class Interrupted(QiscusTuiError):
    """Ended by a signal."""

    default_hint = ""

    def __init__(self, signal_number: int, message: str, hint: str | None = None) -> None:
        super().__init__(message, hint)
        self.signal_number = signal_number
