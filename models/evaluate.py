"""The numbers of all that is shipped: `python -m models.evaluate [topic ...] [--json]`.

Measured on the validation parts of the training data. For another archive, ask the topic itself:
`python -m models.<topic>.evaluate --data FILE.npz --json`.
"""

import argparse
import json
import sys
from collections.abc import Sequence

from models.core import data
from models.core.errors import InputError
from models.plan import WINGS
from models.ship import evaluate
from models.training.command_line import Options
from models.training.evaluation import table


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("topics", nargs="*", metavar="topic", help=f"of: {', '.join(WINGS)}")
    parser.add_argument("--data", help=f"folder of the data (or {data.ENVIRONMENT_VARIABLE})")
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    arguments = parser.parse_args(argv)
    if unknown := set(arguments.topics) - set(WINGS):
        parser.error(f"no topic is called {', '.join(sorted(unknown))}")
    options = Options(data=data.root(arguments.data))
    try:
        found = {
            topic: evaluate(topic, options, WINGS[topic].weights)
            for topic in arguments.topics or WINGS
        }
    except InputError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    if arguments.json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    else:
        for topic, rows in found.items():
            sys.stdout.write(f"## {topic}\n{table(rows)}\n\n")


if __name__ == "__main__":
    main()
