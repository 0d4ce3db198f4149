"""Texts of strangers on a terminal, which their control characters could steer."""

import unicodedata

STEERING = ("Cc", "Cf", "Zl", "Zp")  # controls, invisible and bidirectional marks, line ends of Unicode


def harmless_line(text: str) -> str:
    """A text on one line; characters that could steer a terminal or turn its order round are spaces."""
    return " ".join("".join(" " if unicodedata.category(char) in STEERING else char for char in text).split())
