"""Sentences as numbers: the words that a network knows, by the tokenizers library."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import torch
from tokenizers import Regex, Tokenizer, normalizers
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from tokenizers.trainers import WordLevelTrainer

from models.core.errors import InputError

SPECIAL = ("<pad>", "<start>", "<end>", "<unknown>")
PAD, START, END, UNKNOWN = range(4)
LETTER = r"[\p{L}\p{M}\p{N}]"
"""Of any language: what the networks never learned is refused by its whole name."""
WORD = rf"{LETTER}+(-{LETTER}+)*|'s(?!{LETTER})"
"""What counts as a word of a lower-cased sentence; everything between words is left out."""
APOSTROPHE = "[\u2019\u02bc]"
"""What phones write in place of '."""
LIKE = 0.6
"""How much another word has in common with one that is spelled like it, from 0 to 1."""
LONGEST_WORD = 30


def _tokenizer(model: WordLevel) -> Tokenizer:
    tokenizer = Tokenizer(model)
    straight = normalizers.Replace(Regex(APOSTROPHE), "'")
    tokenizer.normalizer = normalizers.Sequence([straight, normalizers.Lowercase()])
    tokenizer.pre_tokenizer = Split(Regex(WORD), "removed", invert=True)
    return tokenizer


class Vocabulary:
    """The words, each with its number: its place among them.

    Args:
        words: `SPECIAL`, then those of the language.
    """

    def __init__(self, words: Sequence[str]):
        self.words = tuple(words)
        numbers = {word: number for number, word in enumerate(words)}
        self.tokenizer = _tokenizer(WordLevel(numbers, unk_token=SPECIAL[UNKNOWN]))

    @classmethod
    def learn(cls, sentences: Iterable[str], least: int = 5) -> "Vocabulary":
        """The words that occur at least so often in the sentences, the most frequent first."""
        tokenizer = _tokenizer(WordLevel(unk_token=SPECIAL[UNKNOWN]))
        trainer = WordLevelTrainer(
            min_frequency=least, special_tokens=list(SPECIAL), show_progress=False
        )
        tokenizer.train_from_iterator(sentences, trainer)
        numbers = tokenizer.get_vocab()
        return cls(sorted(numbers, key=numbers.get))

    def __len__(self) -> int:
        """How many, the special ones included."""
        return len(self.words)

    def split(self, sentence: str) -> list[str]:
        """The words of a sentence in lower case, known or not."""
        lower = self.tokenizer.normalizer.normalize_str(sentence)
        return [word for word, _ in self.tokenizer.pre_tokenizer.pre_tokenize_str(lower)]

    def numbers(self, sentence: str) -> list[int]:
        """The sentence's words by number, `UNKNOWN` for those that are not in the vocabulary."""
        return self.tokenizer.encode(sentence).ids

    def known_numbers(self, sentence: str) -> list[int]:
        """The same for a sentence in known words.

        Raises:
            InputError: it has no words, or unknown ones; the message names them.
        """
        numbers = self.numbers(sentence)
        if not numbers:
            raise InputError("There are no words in this sentence.")
        pairs = zip(self.split(sentence), numbers, strict=True)
        if strange := [word for word, number in pairs if number == UNKNOWN]:
            raise InputError(
                f"The network never learned {', '.join(map(self._beside, dict.fromkeys(strange)))}"
                f"; it knows {len(self) - len(SPECIAL)} words."
            )
        return numbers

    def nearest(self, word: str, most: int = 3) -> list[str]:
        """Known words that are spelled most like this one, the nearest first; maybe none."""
        return get_close_matches(word, self.words[len(SPECIAL) :], most, LIKE)

    def _beside(self, word: str) -> str:
        """An unknown word, with the known ones that may have been meant."""
        near = self.nearest(word[:LONGEST_WORD])
        said = repr(word if len(word) <= LONGEST_WORD else f"{word[:LONGEST_WORD]}…")
        return f"{said} (but {', '.join(near)})" if near else said

    def sentence(self, numbers: Iterable[int]) -> str:
        """The words of these numbers in one line, up to `END` and without special ones."""
        words = []
        for number in numbers:
            if number == END:
                break
            if number >= len(SPECIAL):
                words.append(self.words[number])
        return " ".join(words).replace(" 's", "'s")

    def table(self, captions: Sequence[Sequence[str]], longest: int) -> torch.Tensor:
        """All captions of all pictures, as they are trained on.

        Args:
            captions: some sentences for each of N pictures.
            longest: words of a sentence, `END` among them; what is longer is cut off.

        Returns:
            int64 N n longest+1, n the most captions of a picture: `START`, the words, `END`,
            `PAD`. A picture with fewer captions has rows of `PAD`.
        """
        most = max(map(len, captions))
        table = torch.full((len(captions), most, longest + 1), PAD)
        for i, sentences in enumerate(captions):
            for j, encoding in enumerate(self.tokenizer.encode_batch(list(sentences))):
                row = [START, *encoding.ids, END][: longest + 1]
                table[i, j, : len(row)] = torch.tensor(row)
        return table
