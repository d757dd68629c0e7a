"""What a decoding can be told, and what is refused; `defaults.py` has what the app opens with."""

from collections.abc import Sequence

import torch

from models.core.checks import between, whole
from models.core.errors import InputError

MOST_WIDTH = 500
MOST_PENALTY = 5.0
MOST_NGRAM = 10


def repeating(words: torch.Tensor, size: int, vocabulary: int) -> torch.Tensor:
    """Which words would say an n-gram a second time, as `no_repeat_ngram_size` of `generate()`.

    Args:
        words: the captions so far, `START` included, int64 R T.
        size: of the n-grams, in words; 0 forbids nothing.
        vocabulary: V.

    Returns:
        bool R V.
    """
    rows, length = words.shape
    banned = torch.zeros(rows, vocabulary, dtype=torch.int64, device=words.device)
    if 0 < size <= length:
        grams = words.unfold(1, size, 1)  # R M n
        same = (grams[..., :-1] == words[:, None, length - size + 1 :]).all(-1)  # R M
        banned.scatter_add_(1, grams[..., -1], same.long())
    return banned > 0


def check_search(width: int, length_penalty: float, no_repeat_ngram_size: int) -> None:
    """Refuse what no beam search can be made with.

    Raises:
        InputError: a number is none, infinite, or out of its range.
    """
    whole("The beam's width", width, 1, MOST_WIDTH)
    between("The length penalty", length_penalty, -MOST_PENALTY, MOST_PENALTY)
    check_no_repeat(no_repeat_ngram_size)


def check_no_repeat(no_repeat_ngram_size: int) -> None:
    """Refuse what is no size of n-grams: 0 for none that may not be repeated.

    Raises:
        InputError: it is not a whole number in its range.
    """
    whole("The size of n-grams without repeat", no_repeat_ngram_size, 0, MOST_NGRAM)


def most_given(longest: int) -> int:
    """How many words a caption can begin with: there is room for another one and the end."""
    return longest - 2


def check_prefix(prefix: Sequence[int], longest: int) -> None:
    """Refuse a beginning that leaves no room for another word and the end.

    Raises:
        InputError: says how many words it has, and how many it may have.
    """
    if len(prefix) > most_given(longest):
        raise InputError(
            f"The beginning has {len(prefix)} words; a caption has at most {longest - 1}, "
            f"so at most {most_given(longest)} can be given."
        )
