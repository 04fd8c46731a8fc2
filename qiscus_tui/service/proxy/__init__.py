"""The API on this machine, for scripts that can't be changed but for their base URL."""
