"""Refusals that settings of every topic need, in one wording."""

import reprlib
from collections.abc import Iterable

from models.core.errors import InputError


def is_number(value: object) -> bool:
    """Whether it is a number, whole or not, finite or not; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def whole(name: str, value: object, low: int, high: int) -> None:
    """Refuse what is not a whole number in [low, high].

    Raises:
        InputError: with the name, the value and the range.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        got = reprlib.repr(value)
        raise InputError(f"{name} is {got}, but must be a whole number from {low} to {high}.")


def one_of(name: str, value: object, known: Iterable[str | int]) -> None:
    """Refuse what is not one of `known`; True is no 1.

    Raises:
        InputError: with the name, the value and what is known.
    """
    choices = tuple(known)  # whose members are compared, not hashed: a list may come
    if isinstance(value, bool) or value not in choices:
        options = ", ".join(map(str, choices))
        got = reprlib.repr(value)  # which is short
        raise InputError(f"{name} {got} is not known; choose one of {options}.")


def between(name: str, value: object, low: float, high: float) -> None:
    """Refuse what is not a finite number in [low, high].

    Raises:
        InputError: with the name, the value and the range.
    """
    if not is_number(value) or not low <= value <= high:
        got = str(value)[:40]
        raise InputError(f"{name} is {got}, but must be a number from {low:g} to {high:g}.")
