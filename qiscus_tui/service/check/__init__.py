"""What changed since the last check, for scripts and monitoring."""
