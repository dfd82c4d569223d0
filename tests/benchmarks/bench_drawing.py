"""What pictures cost the worker, as a share of what it spends on training. Printed, never pass or fail.

    python -m tests.benchmarks.bench_drawing

Every page at its defaults but as fast as it can, alternating as a worker does: steps in slices of at most 10 ms until
the next picture is due (30 a second), then one picture, made and encoded. Issue 5 wants at most 25 % on training pages.
"""

from time import perf_counter

import torch

from server.experiments.experiment import Experiment
from server.runtime.catalogue import discover
from server.runtime.picture import Reader, picture
from server.runtime.session import Session
from server.runtime.start import Start

SECONDS = 3.0
BETWEEN = 1 / 30
SLICE = 0.010


def share(kind: type[Experiment]) -> tuple[float, float, float]:
    """Pictures' time over steps' time; milliseconds of a picture; steps a second."""
    one, reader = Session(kind, Start(kind.Controls())), Reader()
    one.advance(1)
    picture(one, reader, speed=0.0, time=0.0)
    begin, training, drawing, pictures = perf_counter(), 0.0, 0.0, 0
    at_once, start = 1, one.step
    while (now := perf_counter()) - begin < SECONDS:
        if drawing + training >= (pictures + 1) * BETWEEN:
            picture(one, reader, speed=0.0, time=0.0)
            drawing += perf_counter() - now
            pictures += 1
            continue
        one.tend()
        if not one.advance(at_once):
            break  # it ended: early stopping, or diverged
        spent = perf_counter() - now
        training += spent
        at_once = max(1, min(2 * at_once, int(at_once * SLICE / spent)))
    return drawing / training, 1000 * drawing / pictures, (one.step - start) / training


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)  # as worker processes do
    for name, kind in discover().items():
        part, cost, rate = share(kind)
        wanted = " (wanted ≤ 25 %)" if kind.arms else ""
        print(f"{name:20s} pictures {100 * part:4.1f} % of stepping{wanted}; {cost:.2f} ms each; {rate:.0f} steps/s")


def test_drawing() -> None:
    """So that `make bench` runs it with the others."""
    main()


if __name__ == "__main__":
    main()
