"""The commands of the app: what the user can do, by which key, where, and why not now.

Data, without the app: the configuration names them too.
"""
