"""A beam search as the page shows it: its tree, and what ended with its arithmetic."""

from collections.abc import Sequence
from typing import Any

from demos.kit import View
from models.captioning.beam import BeamStep, Hypothesis
from models.captioning.vocabulary import END


class BeamTree(View):
    """The tree of a search, step by step; those that ended, and who wins at which length penalty.

    Moving its slider raises `select` with `penalty`.
    """

    script = "captioning/beam"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "nodes": {"type": "array", "items": {"type": "object"}},
            "ended": {"type": "array", "items": {"type": "object"}},
            "steps": {"type": "integer"},
            "done": {"type": "boolean"},
        },
    }


class Growing:
    """A tree that takes in the steps of a search: its nodes and its captions as JSON.

    Args:
        given: words of the prefix.
    """

    def __init__(self, given: int = 0):
        self.given, self.steps = given, 0
        self.nodes: list[dict[str, Any]] = []
        self.ended: list[dict[str, Any]] = []
        self._before: list[int] = []
        """The nodes that were growing, in their order."""

    def take(self, step: BeamStep) -> None:
        """Add what a step has grown, ended and struck out."""
        growing = [self._add(step, one, "growing") for one in step.growing]
        for one in step.ending:
            node = self._add(step, one, "ended")
            words = [word for word, n in zip(one.words, one.numbers, strict=True) if n != END]
            self.ended.append(
                {
                    "node": node,
                    "caption": " ".join(words).replace(" 's", "'s"),
                    "log_probability": one.log_probability,
                    "length": len(one.words) - self.given,
                    "cut": one.numbers[-1] != END,
                }
            )
        for one in step.struck:
            self._add(step, one, "struck")
        self._before = growing
        self.steps = step.step + 1

    def _add(self, step: BeamStep, one: Hypothesis, kind: str) -> int:
        parent = self._before[one.parent] if self._before else -1
        before = self.nodes[parent]["log_probability"] if parent >= 0 else 0.0
        self.nodes.append(
            {
                "step": step.step,
                "parent": parent,
                "word": "" if one.numbers[-1] == END else one.words[-1],
                "kind": kind,
                "log_probability": one.log_probability,
                "added": one.log_probability - before,
            }
        )
        return len(self.nodes) - 1

    def value(self) -> dict[str, Any]:
        """All of it so far."""
        return {"nodes": list(self.nodes), "ended": list(self.ended), "steps": self.steps}


def chosen(ended: Sequence[dict[str, Any]], penalty: float) -> int | None:
    """Which of the captions that ended wins at a penalty; None where there is none."""
    scores = [one["log_probability"] / one["length"] ** penalty for one in ended]
    return scores.index(max(scores)) if scores else None
