"""Whole numbers on the command line."""

import argparse
from collections.abc import Callable


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """What argparse turns an option's text into a number with, and refuses others by."""

    def parsed(text: str) -> int:
        digits = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
        number = int(text) if digits else -1
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}")
        return number

    return parsed
