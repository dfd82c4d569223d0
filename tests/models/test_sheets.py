"""A sheet is what scikit-learn's principal components span; a point of it lies where it is seen."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from server.models.sheets import EDGE, PLAIN, sheet_of


def examples(rows: int, columns: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return 3 + torch.randn(rows, columns, generator=generator) @ torch.randn(columns, columns, generator=generator)


@given(rows=st.integers(4, 60), columns=st.integers(3, 20), seed=st.integers(0, 99))
def test_axes_are_the_principal_components(rows: int, columns: int, seed: int) -> None:
    inputs = examples(rows, columns, seed)
    sheet, found = sheet_of(inputs), PCA(2).fit(inputs.double().numpy())
    assert not sheet.is_whole
    assert sheet.share == pytest.approx(found.explained_variance_ratio_.sum(), rel=1e-4)
    places = torch.from_numpy(found.transform(inputs.double().numpy())).float() / sheet.scale
    signs = (sheet.axes * torch.from_numpy(found.components_).float()).sum(1).sign()
    torch.testing.assert_close(sheet.place(inputs), places * signs, atol=2e-3, rtol=1e-2)
    assert (sheet.axes.gather(1, sheet.axes.abs().argmax(1, keepdim=True)) > 0).all()


@given(columns=st.integers(1, 20), seed=st.integers(0, 99))
def test_a_point_of_the_sheet_is_seen_at_its_own_place(columns: int, seed: int) -> None:
    sheet = sheet_of(examples(30, columns, seed))
    points = torch.rand(10, 2) * 2 - 1
    seen = sheet.place(sheet.lift(points))
    expected = points if columns > 1 else points * torch.tensor([1.0, 0.0])  # one input has no upwards
    torch.testing.assert_close(seen, expected, atol=1e-4, rtol=1e-4)


@given(rows=st.integers(1, 40), columns=st.integers(1, 20), seed=st.integers(0, 99))
def test_every_example_is_on_the_sheet(rows: int, columns: int, seed: int) -> None:
    inputs = examples(rows, columns, seed)
    reach = float(sheet_of(inputs).place(inputs).abs().max())
    assert reach == pytest.approx(1 / EDGE, rel=1e-4) or rows == 1


@pytest.mark.parametrize("columns", [1, 2, 5])
def test_examples_that_are_all_the_same_have_a_sheet(columns: int) -> None:
    sheet = sheet_of(torch.zeros(9, columns))
    assert sheet.place(torch.zeros(9, columns)).tolist() == [[0.0, 0.0]] * 9
    assert sheet.share == 1


def test_two_inputs_are_drawn_as_they_are() -> None:
    points = torch.rand(9, 2)
    assert PLAIN.is_whole
    assert torch.equal(PLAIN.place(points), points)
    assert torch.equal(PLAIN.lift(points), points)
