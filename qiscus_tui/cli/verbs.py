"""Every verb by name. Its module, and all that it stands on, is loaded when it is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiscus_tui.cli.verb import Verb

VERBS = {
    "login": "log in, and keep the account on this machine",
    "logout": "end this account's own token and forget the account here",
    "accounts": "list, choose or forget the accounts of this machine",
    "status": "show the account, where its secrets are, and whether the server takes them",
    "sessions": "list every live session of the user",
    "revoke": "end sessions, and see that they are gone",
    "revoke-all": "end every session, and keep the new token",
    "refresh": "get a new short-lived token now",
    "token": "print a valid short-lived token, for scripts",
    "exec": "run a command with a valid short-lived token, or the secret key, in its environment",
    "api": "make any other call of the API, and print the body of its answer",
    "doctor": "check configuration, storage, network, clock and the API's paths",
    "audit": "show what was revoked from here",
    "sandbox": "serve the demo API on this machine, to try things",
    "completion": "print what a shell needs to complete this program's words",
}
"""What each verb does, in the order in which help shows them."""


def load(name: str) -> "Verb":
    """The verb of this name, from the module of the same name."""
    verb: Verb = import_module(f"qiscus_tui.cli.{name.replace('-', '_')}").VERB
    return verb
