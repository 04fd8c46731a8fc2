"""Bodies of answers: what a login says, who a user is, and how an error is worded."""

from qiscus_tui.demo.dialects import Dialect
from qiscus_tui.demo.sessions import DemoSession
from qiscus_tui.demo.shapes import Errors, Renewal
from qiscus_tui.demo.stamps import Stamp, written
from qiscus_tui.demo.state import APP_CODE, SECRET_KEY
from qiscus_tui.demo.users import Role, User

_APP_ID = 10004
_APP_NAME = "Demo Corp."


class Refusal(Exception):
    """An answer that is an error: HTTP status, words for people, and a word for programs."""

    def __init__(self, status: int, message: str, detail: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.detail = detail


def error_body(shape: Errors, refusal: Refusal) -> dict[str, object]:
    """Word an error in one of the API's ways."""
    match shape:
        case Errors.STRING:
            return {"errors": refusal.message, "status": refusal.status}
        case Errors.OBJECT:
            return {"errors": {"message": refusal.message}, "status": refusal.status}
        case Errors.DETAIL:
            return {"detail": refusal.detail}
        case Errors.NESTED:
            return {"error": {"message": refusal.message, "detail": refusal.detail}}


def login_body(
    dialect: Dialect, user: User, session: DemoSession | None, long_lived: str | None, now: float
) -> dict[str, object]:
    """Say who logged in. As the real answer it has far more than anybody needs, secrets too."""
    local = dialect.stamp is Stamp.NAIVE_LOCAL
    stamp = Stamp.NAIVE_LOCAL if local else Stamp.NAIVE
    app: dict[str, object] = {
        "id": _APP_ID,
        "app_code": APP_CODE,
        "secret_key": SECRET_KEY,
        "name": _APP_NAME,
        "is_active": True,
        "sdk_token": "demo-sdk-token-not-real",
        "webhook_url": None,
    }
    return {
        "data": {
            "user": {
                "id": user.id,
                "name": user.name,
                "email": user.email,
                "authentication_token": None if session is None else session.token,
                "created_at": "2024-07-15 04:33:47",
                "updated_at": "2025-01-02 03:04:05",
                "last_login": written(stamp, now),
                "type": int(user.role),
                "type_as_string": user.role.name.lower(),
                "app_id": _APP_ID,
                "app": app,
                "avatar_url": "https://demo.example/avatar.png",
                "is_available": True,
                "is_verified": True,
                "sdk_email": f"sdk-{user.email}",
                "sdk_key": "demo-sdk-key-not-real",
                "phone_number": None,
                "pictures": [],
                "user_roles": [{"id": int(user.role), "name": user.role.name.title()}],
            },
            "details": {"is_integrated": True, "app": app, "features": ["inbox", "analytics"]},
            "long_lived_token": long_lived,
            "use_2fa": user.two_factor,
            "need_setup_otp": False,
        }
    }


def new_token_body(
    dialect: Dialect, session: DemoSession, long_lived: str | None
) -> dict[str, object]:
    """Hand out a token, and a new long-lived one (None: it stays) where the dialect puts it."""
    auth: dict[str, object] = {"token": session.token}
    data: dict[str, object] = {"auth": auth}
    if long_lived is not None:
        place = auth if dialect.renewal is Renewal.IN_AUTH else data
        place["long_lived_token"] = long_lived
    return {"data": data}


def profile_body(user: User) -> dict[str, object]:
    """Say who a user is; admins and agents have their address under different names."""
    address = "email_address" if user.role is Role.ADMIN else "email"
    return {
        "data": {
            "id": user.id,
            "name": user.name,
            address: user.email,
            "phone_number": None,
            "app": {"app_code": APP_CODE, "name": _APP_NAME},
        }
    }
