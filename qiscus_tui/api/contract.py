"""What the Qiscus Omnichannel API looks like: the one place that knows a path, header or field.

Not all of it is public, so each entry names its source: DOCUMENTED is the vendor's
authentication page; PUBLIC_CODE is public client code (the vendor's agent app, its Go library,
its n8n node, integrations); INFERRED has no public source and follows the wording of the
vendor's page.
"""

import enum
import re
from collections.abc import Mapping
from typing import cast

from msgspec import Struct
from msgspec.structs import astuple, fields, replace


class Source(enum.Enum):
    """How reliable an entry of the contract is."""

    DOCUMENTED = "documented"
    PUBLIC_CODE = "public code"
    INFERRED = "inferred"


class Authentication(enum.Enum):
    """The secret that authenticates a call."""

    NONE = "none"
    SHORT_LIVED = "short-lived token"
    LONG_LIVED = "long-lived token"
    REST = "secret key"


class Call(Struct, frozen=True):
    """One call of the API."""

    name: str
    """In the log, in doctor, and under [api] in config.toml."""
    method: str
    path: str
    authentication: Authentication
    source: Source = Source.INFERRED
    action: str = "The call"
    """What it does, as errors begin: "Refreshing the token"."""
    verb: str = ""
    """The command for a call that creates, ends or lists tokens; `api` refuses such a call."""
    field: str = ""
    """The only field of the JSON body; empty if the call has no body, or several fields."""
    repeatable: bool = False
    """Whether it may safely be sent twice, and so be retried."""

    @property
    def can_override(self) -> bool:
        """Whether config.toml may change its path and field."""
        return self.authentication is Authentication.LONG_LIVED


_LONG, _SHORT = Authentication.LONG_LIVED, Authentication.SHORT_LIVED


class Contract(Struct, frozen=True):
    """Every call, as this account makes it: the defaults, with the user's overrides."""

    login: Call = Call(
        "login",
        "POST",
        "/api/v1/auth",
        Authentication.NONE,
        Source.DOCUMENTED,
        action="Logging in",
        verb="login",
    )
    refresh: Call = Call(
        "refresh_token",
        "POST",
        "/api/v2/auth/refresh_token",
        _LONG,
        Source.PUBLIC_CODE,
        action="Refreshing the token",
        verb="refresh",
    )
    revoke: Call = Call(
        "revoke_token",
        "POST",
        "/api/v2/auth/revoke_token",
        _LONG,
        Source.INFERRED,  # documented: that it has headers and a body, but not its path and field
        action="Revoking",
        verb="revoke",
        field="token",
        repeatable=True,
    )
    revoke_all: Call = Call(
        "revoke_all_token",
        "POST",
        "/api/v2/auth/revoke_all_token",
        _LONG,
        Source.INFERRED,
        action="Revoking all sessions",
        verb="revoke-all",
    )
    list: Call = Call(
        "active_token_list",
        "GET",
        "/api/v2/auth/active_token_list",
        _LONG,
        Source.INFERRED,  # documented: its name
        action="Listing the sessions",
        verb="sessions",
        repeatable=True,
    )
    logout: Call = Call(
        "logout",
        "POST",
        "/api/v1/auth/logout",
        _SHORT,
        Source.PUBLIC_CODE,
        action="Logging out",
        verb="logout",
    )
    admin_profile: Call = Call(
        "profile",
        "GET",
        "/api/v1/admin/get_profile",
        _SHORT,
        Source.PUBLIC_CODE,
        action="Reading the profile",
        repeatable=True,
    )
    agent_profile: Call = Call(  # supervisors too
        "profile",
        "GET",
        "/api/v1/agent/get_profile",
        _SHORT,
        Source.PUBLIC_CODE,
        action="Reading the profile",
        repeatable=True,
    )

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call."""
        return cast("tuple[Call, ...]", astuple(self))

    @property
    def token_calls(self) -> tuple[Call, ...]:
        """The calls that create, end or list tokens, at their default and overridden paths."""
        both = dict.fromkeys((*DEFAULT.calls, *self.calls))
        return tuple(call for call in both if call.verb)

    @property
    def revokes_by_id(self) -> bool:
        """Whether the revoke call is overridden to send the server's id, not the token."""
        return self.revoke.field in SESSION_ID


DEFAULT = Contract()
"""The contract without overrides."""

OVERRIDABLE = tuple(call.name for call in DEFAULT.calls if call.can_override)
"""The names under [api] in config.toml."""


def contract_with(overrides: Mapping[str, tuple[str | None, str | None]]) -> Contract:
    """Return the contract with overrides: call name -> (path, field); None keeps the default."""
    changes: dict[str, Call] = {}
    for attribute, call in zip(fields(Contract), DEFAULT.calls, strict=True):
        if call.can_override and call.name in overrides:
            path, field = overrides[call.name]
            changed = replace(call, path=path or call.path, field=field or call.field)
            changes[attribute.name] = changed
    return replace(DEFAULT, **changes)


def path_clash(paths: Mapping[str, str | None]) -> tuple[str, str] | None:
    """Return an overridden call whose path is another's, and the problem. `paths` by call name.

    A revoke at the path of revoke-all would end every session, and so would a refresh or a list.
    """
    contract = contract_with({name: (path, None) for name, path in paths.items()})
    for call in contract.calls:
        if call.name not in paths:
            continue
        if call is not contract.revoke_all and _ENDS_ALL.search(call.path):
            return call.name, "names a call that ends every session"
        for other in contract.calls:
            if other is not call and other.path.strip("/").lower() == call.path.strip("/").lower():
                return call.name, f"is the path of {other.name} too"
    return None


_ENDS_ALL = re.compile(r"revoke[-_/]?all", re.IGNORECASE)


APP_ID_HEADER = "Qiscus-App-Id"  # documented
SECRET_KEY_HEADER = "Qiscus-Secret-Key"  # documented
TOKEN_HEADER = "Authorization"  # documented; the bare token, without "Bearer"

LOGIN_EMAIL, LOGIN_PASSWORD = "email", "password"  # documented

# A listed session. Its shape is not public: each fact may have any of these names, the likeliest
# first. All inferred.
SESSION_TOKEN = ("token", "authentication_token", "auth_token", "access_token")
SESSION_ID = ("id", "token_id", "session_id")
SESSION_FACTS = {
    "token": SESSION_TOKEN,
    "id": SESSION_ID,
    "created": ("created_at", "issued_at", "login_at", "last_login"),
    "expires": ("expired_at", "expires_at", "expiry", "token_expired_at"),
    "last_used": ("last_used_at", "last_active_at", "updated_at"),
    "agent": ("user_agent", "device", "browser"),
    "ip": ("ip", "ip_address", "remote_ip"),
    "user": ("user_email", "email", "user", "user_id", "user_name", "name"),
    "current": ("is_current", "current"),
}

# The answer to login: {data: {user: {…, app: {…}}, details: {app: {…}}, long_lived_token}}.
USER, DETAILS, APP = "user", "details", "app"  # documented
NAME, ROLE = "name", "type"  # documented
LOGIN_TOKEN = ("authentication_token",)  # documented
APP_CODE = ("app_code",)  # documented
LONG_LIVED_TOKEN = ("long_lived_token",)  # public code
SECOND_FACTOR = ("use_2fa", "need_setup_otp")  # documented: true where the login is not done yet

# The answer to refresh and revoke-all: {data: {auth: {token}}}.
AUTH = "auth"  # public code, for refresh; inferred for revoke-all

# The profile: admins and agents have their address in different fields.
PROFILE_EMAIL = ("email_address", "email")  # public code

TOKEN_LENGTHS = (20, 43)  # public samples: older and newer ones

# Envelope and pages.
DATA, META = "data", "meta"
LIST_KEY_WORDS = ("token", "session")
"""If `data` has several lists, the name of the one with the sessions has one of these in it."""

# How an answer says that it is a part of the list, and of which size the whole is. The vendor's
# own are `after`, `cursor_after`, `page`, `total_page` and Laravel's; the others are common
# elsewhere. Compared without case, `_` and `-`; names of headers without `x-` too.
PAGING_OBJECTS = (
    *("meta", "pagination", "paginator", "paging", "page", "page_info"),
    *("links", "_links", "cursor", "cursors", "result_info", "response_metadata"),
)
"""Objects beside the list that may have these names."""
PAGE = ("current_page", "page", "page_number")
LAST_PAGE = ("last_page", "total_page", "total_pages", "page_count", "pages")
PAGE_SIZE = ("per_page", "page_size", "limit")
LIMIT = ("limit",)
OFFSET = ("offset", "skip")
TOTAL = (
    *("total", "total_count", "total_items", "total_records", "total_entries", "total_results"),
    *("total_elements", "total_rows", "records_total", "records_filtered", "total_size"),
    *("total_hits", "num_found", "@odata.count", "wp_total", "pagination_total_count"),
)
COUNT = ("count",)
"""The number of all rows, or of those on the page."""
CURSORS = ("after", "cursor_after")
NO_CURSOR = ("", "0")
"""The cursor of the last page."""
MORE = (
    *("has_more", "has_next", "has_next_page", "has_more_pages", "more", "more_available"),
    *("truncated", "is_truncated", "next", "next_page", "next_page_url", "next_url", "next_link"),
    *("next_cursor", "next_page_token", "next_token", "next_offset", "continuation_token"),
    *("next_href", "next_uri", "next_marker", "next_records_url", "@odata.next_link"),
    *("more_results", "remaining", "last_evaluated_key"),
)
"""True, or how to get the rest."""
END = ("last", "is_last", "is_last_page", "done")
"""False where more follows."""
NEXT_PAGE = ("next_page",)
PARTIAL = ("partial", "is_partial", "incomplete", "degraded", "timed_out")
WARNINGS = ("warnings", "warning")
NOT_DONE_WORDS = (
    *("partial", "partial success", "partial content", "incomplete", "degraded"),
    *("pending", "processing", "queued", "accepted"),
)
"""As the `status` in an answer: it is not final."""
LINK_HEADER = "link"
CURSOR_PARAMETER, PAGE_PARAMETER, OFFSET_PARAMETER = "cursor_after", "page", "offset"

# Errors.
TOKEN_EXPIRED_WORDS = "token expired"  # after replacing `_` by a space
INVALID_TOKEN_WORDS = "invalid token"
GIVEN_TOKEN_WORDS = (INVALID_TOKEN_WORDS, "token is invalid", "given token")
"""At a revoke they are about the token that is to be revoked."""
ERRORS, ERROR, DETAIL, MESSAGE = "errors", "error", "detail", "message"
STATUS = ("status", "status_code", "code", "http_code")
"""A number as HTTP has them, or a word."""
SUCCESS = ("success", "ok", "is_success", "isSuccess", "Success", "succeeded")
FAILURE_WORDS = (
    *("error", "errors", "fail", "failed", "failure", "false", "nok", "not ok", "unauthorized"),
    *("unauthenticated", "forbidden", "rejected", "denied", "invalid", "expired"),
)
"""As the `status` in an answer: it failed."""

ROLES = {1: "admin", 2: "agent", 3: "supervisor"}
