"""Questions and messages over a screen: modal screens that are dismissed with their answer."""
