"""Verdicts over two nets: SciPy's tests of the same numbers agree; they fit their place whatever the numbers."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_rel
from sklearn.metrics import r2_score

from server.experiments.fairness import fitted


@given(shift=st.floats(-1, 1), seed=st.integers(0, 200))
def test_paired_squared_errors_are_judged_as_by_a_paired_t_test(shift: float, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    a, b = (torch.randn(100, generator=generator, dtype=torch.float64).square() for _ in range(2))
    b = b + shift
    verdict, test = fitted(a, b, 2.0), ttest_rel(a.numpy(), b.numpy())
    word = "close" if abs(test.statistic) <= 2 else ("holds" if test.statistic > 0 else "broken")
    assert verdict.word == word


def test_the_number_is_the_explained_share() -> None:
    generator = torch.Generator().manual_seed(3)
    values = torch.randn(400, generator=generator, dtype=torch.float64)
    said = [values + spread * torch.randn(400, generator=generator, dtype=torch.float64) for spread in (0.5, 0.1)]
    a, b = ((one - values).square() for one in said)
    verdict = fitted(a, b, float(values.var(correction=0)))
    first, second = (100 * r2_score(values.numpy(), one.numpy()) for one in said)
    assert (verdict.number, verdict.word) == (f"{second:.0f} %", "holds")
    assert verdict.note.startswith(f"A {first:.0f}, +{second - first:.0f} ± ")


@given(st.lists(st.tuples(st.floats(0, 1e30), st.floats(0, 1e30)), min_size=1, max_size=30))
def test_it_fits_its_place(errors: list[tuple[float, float]]) -> None:
    a, b = torch.tensor(errors, dtype=torch.float64).unbind(1)
    verdict = fitted(a, b, 0.1)
    assert len(verdict.number) <= 6
    assert len(verdict.line) <= 26
    assert len(verdict.note) <= 22


@pytest.mark.parametrize("error", [0.0, 3.0])
def test_nets_that_err_alike_are_too_close(error: float) -> None:
    same = torch.full((50,), error)
    assert fitted(same, same, 1.0).word == "close"
    assert fitted(same[:1], same[:1] + 1, 1.0).word == "close"  # one example proves nothing
