"""Proves the contract on a real server, with tokens made for it."""
