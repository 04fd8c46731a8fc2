"""What is asked and told over a screen. Each is a modal screen that gives its answer."""
