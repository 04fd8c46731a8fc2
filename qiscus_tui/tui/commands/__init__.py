"""The commands: what the user can do, by which key, where, and why not now."""
