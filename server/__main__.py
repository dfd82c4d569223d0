"""The command line: `downhill` or `python -m server`. Worker processes import this module too, so it stays light."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve (default) or list; returns the exit status."""
    from server.web import settings

    command, chosen = settings.read(sys.argv[1:] if arguments is None else arguments)
    if command == "list":
        return listing()
    from server.web.serve import serve

    return serve(chosen)


def listing() -> int:
    """Print the experiments in lecture order."""
    from server.grammar.errors import Misdeclared
    from server.runtime.catalogue import discover

    try:
        for experiment in discover().values():
            print(f"{experiment.name:16} {experiment.section} / {experiment.title}: {experiment.claim}")
    except Misdeclared as error:
        print(f"downhill: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
