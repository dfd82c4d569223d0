"""Generated patterns against their definition and their entropy."""

import pytest
import torch
from torch import Tensor

from server.models.patterns import bars_and_stripes, best_log_likelihood
from server.models.rbm import binary_states


@pytest.mark.parametrize(
    ("side", "distinct", "bound", "without_twins"), [(3, 14, -2.5993, -2.6391), (4, 30, -3.3791, -3.4012)]
)
def test_bars_and_stripes_bound(side: int, distinct: int, bound: float, without_twins: float) -> None:
    """Reference value R1: nats per pattern, first with the two doubled pictures weighted, then each once."""
    patterns = bars_and_stripes(side)
    assert len(patterns) == 2 * 2**side
    assert len(torch.unique(patterns, dim=0)) == distinct
    assert best_log_likelihood(patterns) == pytest.approx(bound, abs=5e-5)
    assert best_log_likelihood(torch.unique(patterns, dim=0)) == pytest.approx(without_twins, abs=5e-5)


def test_bars_and_stripes_are_exactly_full_rows_or_full_columns() -> None:
    def lines(picture: Tensor) -> bool:
        return bool((picture == picture[:, :1]).all())

    everything = binary_states(9)
    pictures = everything.view(-1, 3, 3)
    expected = torch.stack([torch.tensor(lines(p) or lines(p.T)) for p in pictures])
    assert torch.equal(torch.unique(bars_and_stripes(3), dim=0), everything[expected])


@pytest.mark.parametrize("side", [0, 9])
def test_impossible_sides_are_refused_in_words(side: int) -> None:
    with pytest.raises(ValueError, match="1 to 8"):
        bars_and_stripes(side)
