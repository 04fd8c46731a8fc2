"""Options of `known`."""

import argparse

from qiscus_tui.cli.verbs import Verb


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add(
        "what",
        nargs="?",
        choices=["add", "forget"],
        metavar="add|forget",
        help="name an integration, or forget one",
    )
    add("forgotten", nargs="?", metavar="LABEL", help="the label to forget")
    add("--client", metavar="C", help="its client's name without version, such as GuzzleHttp")
    add("--ip", metavar="N", help="its network, such as 10.2 or 10.2.0.0/16")
    add("--label", metavar="L", help="what it is called from now on")
    add("--protect", action="store_true", help="keep its sessions out of plans")
    add("--yes", action="store_true", help="forget a protected one without confirmation")
    add("--json", action="store_true", help="the list as JSON")


VERB = Verb(
    add_options,
    "Naming changes nothing on the server. What config.toml names can be changed only there.",
    words_anywhere=True,
)
