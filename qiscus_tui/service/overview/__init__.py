"""Counts the sessions of a list by day, by time left, by client and by network."""
