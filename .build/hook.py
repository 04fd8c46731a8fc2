"""Puts the man page, made from the parser, into the wheel."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManPageHook(BuildHookInterface):
    """Needs the runtime dependencies, which pyproject.toml asks for: verbs import them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the page, and name its place."""
        self._folder = tempfile.TemporaryDirectory()
        sys.path.insert(0, self.root)
        try:
            from qiscus_tui.cli.man_page import man_page

            page = Path(self._folder.name, "qiscus-tui.1")
            page.write_text(man_page(), encoding="ascii")
        except Exception as error:  # noqa: BLE001  better installed without a man page than not
            self.app.display_warning(f"The man page is left out: {error}")
        else:
            build_data["shared_data"][str(page)] = "share/man/man1/qiscus-tui.1"
        finally:
            sys.path.remove(self.root)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the page, which is in the wheel."""
        self._folder.cleanup()
