"""The program as a process of its own: limits, rights, closed ends."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Command:
    """How to start it."""

    home: Path
    before: str = ""
    """Shell words in front, such as a limit."""
    behind: str = ""
    """Shell words behind, such as a pipe."""
    environ: Mapping[str, str | None] | None = None
    """Changes of the environment; None takes a variable away."""

    def __call__(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        words: Sequence[str] = [sys.executable, "-W", "error", "-m", "qiscus_tui", *arguments]
        line = " ".join(f"'{word}'" for word in words)
        return subprocess.run(
            ["/bin/bash", "-o", "pipefail", "-c", f"{self.before} {line} {self.behind}"],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            env=self._environment(),
            cwd=ROOT,
        )

    def _environment(self) -> dict[str, str]:
        environ: dict[str, str | None] = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            **(self.environ or {}),
        }
        return {name: value for name, value in environ.items() if value is not None}
