"""The app. Importing this package costs nothing: Textual is imported by `run`."""
