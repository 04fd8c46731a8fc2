"""What the Qiscus Omnichannel API looks like: the one place that knows a path, header or field.

Not all of it is public. Each row says where it comes from: DOCUMENTED is the vendor's
authentication page; PUBLIC_CODE was read in clients that anyone can read (the vendor's agent
app, its Go library, its n8n node, integrations); INFERRED has no public source and is named
after the words of the vendor's page. Inferred calls can be overridden in config.toml.
"""

import enum
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace


class Source(enum.Enum):
    """How sure a row of the contract is."""

    DOCUMENTED = "documented"
    PUBLIC_CODE = "public code"
    INFERRED = "inferred"


class Authentication(enum.Enum):
    """Which secret a call is made with."""

    NONE = "none"
    SHORT_LIVED = "short-lived token"
    LONG_LIVED = "long-lived token"
    REST = "secret key"


class Call(Struct, frozen=True):
    """One call of the API."""

    name: str
    method: str
    path: str
    authentication: Authentication
    source: Source
    field: str | None = None
    """Name of the one field in the JSON body, where the call has one."""
    repeatable: bool = False
    """Whether making it twice harms nobody, so that it may be tried again."""


class FieldNames(Struct, frozen=True):
    """The names under which one fact of a session may be listed, most likely first."""

    names: tuple[str, ...]
    source: Source = Source.INFERRED


APP_ID_HEADER = "Qiscus-App-Id"  # documented
SECRET_KEY_HEADER = "Qiscus-Secret-Key"  # documented
TOKEN_HEADER = "Authorization"  # documented; the bare token, without "Bearer"

LOGIN_EMAIL, LOGIN_PASSWORD = "email", "password"  # documented
REVOKE_FIELD = "token"  # inferred

_LONG, _SHORT = Authentication.LONG_LIVED, Authentication.SHORT_LIVED

LOGIN = Call("login", "POST", "/api/v1/auth", Authentication.NONE, Source.DOCUMENTED)
LOGOUT = Call("logout", "POST", "/api/v1/auth/logout", _SHORT, Source.PUBLIC_CODE)
ADMIN_PROFILE = Call(
    "profile", "GET", "/api/v1/admin/get_profile", _SHORT, Source.PUBLIC_CODE, repeatable=True
)
AGENT_PROFILE = replace(ADMIN_PROFILE, path="/api/v1/agent/get_profile")  # supervisors too
REFRESH = Call("refresh_token", "POST", "/api/v2/auth/refresh_token", _LONG, Source.PUBLIC_CODE)
REVOKE = Call(
    "revoke_token",
    "POST",
    "/api/v2/auth/revoke_token",
    _LONG,
    Source.INFERRED,  # documented: it has headers and a body; not its path and field
    field=REVOKE_FIELD,
    repeatable=True,
)
REVOKE_ALL = Call(
    "revoke_all_token", "POST", "/api/v2/auth/revoke_all_token", _LONG, Source.INFERRED
)
LIST = Call(
    "active_token_list",
    "GET",
    "/api/v2/auth/active_token_list",
    _LONG,
    Source.INFERRED,  # documented: its name
    repeatable=True,
)


class Contract(Struct, frozen=True):
    """The calls as this account makes them: the defaults, with the user's overrides."""

    login: Call = LOGIN
    logout: Call = LOGOUT
    admin_profile: Call = ADMIN_PROFILE
    agent_profile: Call = AGENT_PROFILE
    refresh: Call = REFRESH
    revoke: Call = REVOKE
    revoke_all: Call = REVOKE_ALL
    list: Call = LIST

    @property
    def revokes_by_id(self) -> bool:
        """Whether the revoke call was overridden to send the server's id, not the token."""
        return self.revoke.field in SESSION_ID.names

    @property
    def token_calls(self) -> tuple[Call, ...]:
        """The calls that make, end or list tokens; overridden ones at both their places."""
        usual = (LOGIN, REFRESH, REVOKE, REVOKE_ALL, LIST, LOGOUT)
        here = (self.login, self.refresh, self.revoke, self.revoke_all, self.list, self.logout)
        return usual + tuple(call for call in here if call not in usual)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call."""
        return (
            self.login,
            self.refresh,
            self.revoke,
            self.revoke_all,
            self.list,
            self.logout,
            self.admin_profile,
            self.agent_profile,
        )


def contract_with(overrides: Mapping[str, tuple[str | None, str | None]]) -> Contract:
    """The contract with other paths and fields: call name -> (path, field), None keeps."""
    contract = Contract()
    changes: dict[str, Call] = {}
    for attribute in ("refresh", "revoke", "revoke_all", "list"):
        call: Call = getattr(contract, attribute)
        path, field = overrides.get(call.name, (None, None))
        changes[attribute] = replace(call, path=path or call.path, field=field or call.field)
    return replace(contract, **changes)


# A session in the list. Its shape is not public: each fact is read under any of these names.
SESSION_TOKEN = FieldNames(("token", "authentication_token", "auth_token", "access_token"))
SESSION_ID = FieldNames(("id", "token_id", "session_id"))
SESSION_CREATED = FieldNames(("created_at", "issued_at", "login_at", "last_login"))
SESSION_EXPIRES = FieldNames(("expired_at", "expires_at", "expiry", "token_expired_at"))
SESSION_LAST_USED = FieldNames(("last_used_at", "last_active_at", "updated_at"))
SESSION_AGENT = FieldNames(("user_agent", "device", "browser"))
SESSION_IP = FieldNames(("ip", "ip_address", "remote_ip"))
SESSION_USER = FieldNames(("user_email", "email", "user", "user_id", "user_name", "name"))
SESSION_CURRENT = FieldNames(("is_current", "current"))

# The login answer: {data: {user: {…, app: {…}}, details: {app: {…}}, long_lived_token}}.
USER, DETAILS, APP = "user", "details", "app"  # documented
NAME, ROLE = "name", "type"  # documented
LOGIN_TOKEN = FieldNames(("authentication_token",), Source.DOCUMENTED)
APP_CODE = FieldNames(("app_code",), Source.DOCUMENTED)
LONG_LIVED_TOKEN = FieldNames(("long_lived_token",), Source.PUBLIC_CODE)

# What refresh and revoke-all answer: {data: {auth: {token}}}.
AUTH = "auth"  # public code, for refresh; inferred for revoke-all

# The profile: admins and agents have their address under different names.
PROFILE_EMAIL = FieldNames(("email_address", "email"), Source.PUBLIC_CODE)

MASKED_TOKEN_SIGNS = ("*", "…", "...")
"""What stands in a token that the server does not show in full."""

# Envelope and pages.
DATA, META = "data", "meta"
LIST_KEY_WORDS = ("token", "session")
"""Where several lists stand under `data`, the list of sessions has one of these in its name."""
CURSORS = ("after", "cursor_after")
CURSOR_PARAMETER = "cursor_after"
NO_CURSOR = ("", "0")
"""What a cursor is where nothing follows."""
PAGE, TOTAL_PAGE, CURRENT_PAGE, LAST_PAGE = "page", "total_page", "current_page", "last_page"
NEXT_PAGE_URL = "next_page_url"
TOTAL = "total"
PAGE_PARAMETER = "page"

# Errors.
TOKEN_EXPIRED_WORDS = "token expired"  # once `_` is read as a space
INVALID_TOKEN_WORDS = "invalid token"
ERRORS, ERROR, DETAIL, MESSAGE = "errors", "error", "detail", "message"

ROLES = {1: "admin", 2: "agent", 3: "supervisor"}
