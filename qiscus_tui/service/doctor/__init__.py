"""Checks this machine and the server, and proves the undocumented calls with tokens made for it."""
