"""Tokens of a captioner of transformers by our numbers.

Tokens are renumbered so that the special ones stand where ours do: `END` is the model's own end;
`PAD`, `START` and `UNKNOWN` are none of its tokens, and so never come up. All others follow.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from models.captioning.vocabulary import END, SPECIAL
from models.core.errors import InputError

SUBWORD = "·"
"""Before a token that goes on with the word before it."""


class Names(Sequence):
    """The tokens as people read them, by our numbers; each made when it is asked for.

    Args:
        tokenizer: of transformers.
        count: of its tokens that the network knows.
        end: the model's own number of the end.
    """

    def __init__(self, tokenizer: Any, count: int, end: int):
        self.tokenizer, self.count, self.end = tokenizer, count, end

    def __len__(self) -> int:
        return self.count + len(SPECIAL) - 1

    def __getitem__(self, number: int) -> str:
        if number < len(SPECIAL):
            return SPECIAL[number]
        token = self.tokenizer.convert_ids_to_tokens(theirs(number, self.end)) or ""
        if token.startswith("##"):
            return SUBWORD + token[2:]
        if token[:1] in "Ġ▁":
            return token[1:]
        return SUBWORD + token if self.spaced and token[:1].isalnum() else token

    @cached_property
    def spaced(self) -> bool:
        """Whether a space belongs to the token after it, as in GPT-2."""
        return any(token.startswith("Ġ") for token in self.tokenizer.get_vocab())


def theirs(number: int, end: int) -> int:
    """The model's own number of one of our numbers above the special ones."""
    token = number - len(SPECIAL)
    return token if token < end else token + 1


def ours(token: int, end: int) -> int:
    """Our number of one of the model's tokens."""
    if token == end:
        return END
    return token + len(SPECIAL) - (token > end)


class HubVocabulary:
    """Sentences as our numbers, by a tokenizer of transformers."""

    def __init__(self, tokenizer: Any, end: int):
        self.tokenizer, self.end = tokenizer, end

    def known_numbers(self, sentence: str) -> list[int]:
        """A beginning as numbers.

        Raises:
            InputError: it has no words.
        """
        tokens = self.tokenizer(sentence.strip().lower(), add_special_tokens=False)["input_ids"]
        if not tokens:
            raise InputError("There are no words in this sentence.")
        return [ours(token, self.end) for token in tokens]

    def sentence(self, numbers: Iterable[int]) -> str:
        """The words of these numbers in one line, up to the end."""
        tokens = []
        for number in numbers:
            if number == END:
                break
            if number >= len(SPECIAL):
                tokens.append(theirs(number, self.end))
        return self.tokenizer.decode(tokens, skip_special_tokens=True).strip()
