"""The command line that the benchmarks share."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping

Section = Callable[[], dict[str, object]]


def main(description: str, sections: Mapping[str, Section]) -> None:
    """Run the sections asked for and print their results as JSON."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--only", action="append", choices=sections, help="may be repeated")
    chosen = parser.parse_args().only or list(sections)
    found = {name: sections[name]() for name in chosen}
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
