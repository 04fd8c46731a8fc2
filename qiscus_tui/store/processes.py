"""Which process wrote a record, and whether it is still running."""

import enum
import os
import time
from functools import cache
from pathlib import Path

from msgspec import Struct

_LARGEST_PID = 2**31 - 1
_STARTED_FIELD = 19
"""Index of the start time in /proc/PID/stat, after the program's name."""


class Running(enum.Enum):
    """Whether a process is still running."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """It belongs to another machine."""


class Process(Struct, frozen=True, array_like=True):
    """One process of one machine. The system reuses its number after its end."""

    host: str
    pid: int
    started: str
    """When it started, in the system's own words; empty where unknown."""

    def running(self) -> Running:
        """Return whether it is still running, as far as this machine can tell."""
        if self.host != os.uname().nodename:
            return Running.UNKNOWN
        if not 0 < self.pid <= _LARGEST_PID:
            return Running.NO
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return Running.NO
        except PermissionError:
            pass  # another user's; the start time shows whether it is this one
        return Running.YES if _started(self.pid) == self.started else Running.NO


def this_process() -> Process:
    """Return the present process."""
    return _process(os.getpid())


@cache
def _process(pid: int) -> Process:
    return Process(os.uname().nodename, pid, _started(pid))


def _started(pid: int) -> str:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return _started_by_ps(pid)  # no /proc: macOS
    if fields[0] in {"Z", "X"}:
        return ""  # a zombie
    return f"{boot} {fields[_STARTED_FIELD]}"


def _started_by_ps(pid: int) -> str:
    import subprocess

    command = ["ps", "-o", "stat=", "-o", "lstart=", "-p", str(pid)]
    environment = {"PATH": "/bin:/usr/bin", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=5, check=False, env=environment
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    state, _, started = done.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else started.strip()


def process_age() -> float:
    """Return the seconds since this process started, before Python ran; 0 where unknown.

    Rounded down, by at most a hundredth: never longer than the process exists.
    """
    try:
        fields = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        began = (int(fields[19]) + 1) / os.sysconf("SC_CLK_TCK")  # in whole ticks, rounded down
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - began)
    except (OSError, ValueError, IndexError, AttributeError):
        return 0.0
