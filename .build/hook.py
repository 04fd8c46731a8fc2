"""Puts into the wheel what is made from the source: man page, completion, list of contents."""

import json
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SBOM = "qiscus-tui.cdx.json"


class MadeFilesHook(BuildHookInterface):
    """Needs the runtime dependencies, which pyproject.toml asks for: verbs import them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the files, and name their places."""
        self._folder = tempfile.TemporaryDirectory()
        sys.path.insert(0, self.root)
        try:
            for place, made in _shared_files().items():
                build_data["shared_data"][self._kept(Path(place).name, made())] = place
        except Exception as error:  # noqa: BLE001  better installed without them than not
            self.app.display_warning(f"Man page and completion are left out: {error}")
        finally:
            del sys.path[0]
        lock = tomllib.loads(Path(self.root, "pylock.toml").read_text(encoding="utf-8"))
        bom = sbom(self.metadata.name, self.metadata.version, lock)
        build_data["sbom_files"].append(self._kept(SBOM, json.dumps(bom, indent=2) + "\n"))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the files, which are in the wheel."""
        self._folder.cleanup()

    def _kept(self, name: str, text: str) -> str:
        path = Path(self._folder.name, name)
        path.write_text(text, encoding="utf-8")
        return str(path)


def _shared_files() -> dict[str, Callable[[], str]]:
    """Return the place of each file below the prefix, and what makes it."""
    from qiscus_tui.cli.completion import completion_functions
    from qiscus_tui.cli.man import man_page

    return {
        "share/man/man1/qiscus-tui.1": man_page,
        "share/bash-completion/completions/qiscus-tui": lambda: completion_functions("bash"),
        "share/zsh/site-functions/_qiscus-tui": lambda: completion_functions("zsh"),
        "share/fish/vendor_completions.d/qiscus-tui.fish": lambda: completion_functions("fish"),
    }


def sbom(name: str, version: str, lock: dict[str, Any]) -> dict[str, Any]:
    """Return what the program was built to run with, as CycloneDX 1.6: the locked packages."""
    program = {
        "type": "application",
        "name": name,
        "version": version,
        "bom-ref": _purl(name, version),
    }
    components = [
        {
            "type": "library",
            "name": package["name"],
            "version": package["version"],
            "bom-ref": _purl(package["name"], package["version"]),
            "purl": _purl(package["name"], package["version"]),
            "externalReferences": [
                {
                    "type": "distribution",
                    "url": Path(wheel["path"]).name,
                    "hashes": [{"alg": "SHA-256", "content": wheel["hashes"]["sha256"]}],
                }
                for wheel in package["wheels"]
            ],
        }
        for package in lock["packages"]
    ]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": program},
        "components": components,
    }


def _purl(name: str, version: str) -> str:
    return f"pkg:pypi/{name}@{version}"
