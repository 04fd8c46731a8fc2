"""The options of each verb, and what it does not do: all that --help and the man page need.

Light to import; the work of a verb is in the module of its name in `cli/`.
"""
