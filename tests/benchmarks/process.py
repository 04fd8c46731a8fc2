"""What a running process costs, from the outside. Linux only; elsewhere nothing is said."""

import os
from pathlib import Path


def cpu_seconds(pid: int) -> float | None:
    """Seconds of CPU that it has used so far."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main_thread_seconds(pid: int) -> float:
    """Seconds of CPU that its main thread has used so far, to the nanosecond; 0 elsewhere."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def memory_mib(pid: int) -> tuple[float, float] | None:
    """Resident memory in MiB: now, and at its highest."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    found = dict(line.split(":", 1) for line in lines if ":" in line)
    now, peak = (int(found[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return now, peak
