"""Which kind of secret an account holds, for whoever needs one kind of them."""

from qiscus_tui.errors import NoLongLivedToken, NoSecretKey
from qiscus_tui.model.account import Credentials
from qiscus_tui.model.text import safe


def secret_key_of(name: str, held: Credentials) -> str:
    """The REST secret key of the account of this name. Raises NoSecretKey."""
    if held.secret_key is None:
        raise NoSecretKey(f"The account {safe(name)} holds no REST secret key")
    return held.secret_key


def must_have_tokens(name: str, held: Credentials) -> None:
    """Raises NoLongLivedToken where the account has a REST secret key alone."""
    if held.long_lived is None and held.short_lived is None:
        raise NoLongLivedToken(
            f"The account {safe(name)} holds a REST secret key, and no token",
            "Add --rest to use the key, or log in with an email address and password.",
        )


def must_not_be_the_long_lived(token: str, held: Credentials) -> None:
    """Raises NoLongLivedToken where the server gave the long-lived token out as a short-lived one.

    Very old apps have one token for both. It manages every session: no script gets it.
    """
    if token == held.long_lived:
        raise NoLongLivedToken(
            "This app is too old for token management: its short-lived token is the long-lived one"
        )
