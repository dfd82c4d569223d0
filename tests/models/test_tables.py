"""Dropped tables: what is right is read as NumPy reads it; what is wrong is said in a sentence."""

import csv
import io
import re

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from sklearn.preprocessing import StandardScaler

from server.models.data import split_of
from server.models.tables import BYTES, CLASSES, COLUMNS, LETTERS, ROWS, Table, irises, read_table

CHARACTERS = st.text(st.sampled_from('0123456789.,;\t\n\r"eE+-x naif∞٣\x00\ufeff'), max_size=80)


def check(table: Table) -> None:
    """What every table promises."""
    rows, inputs = table.inputs.shape
    assert rows >= 2
    assert len(table.columns) == inputs + 1 <= COLUMNS
    assert table.labels.shape == (rows,)
    assert bool(table.inputs.isfinite().all())
    assert bool(table.labels.isfinite().all())
    columns = table.inputs.double()
    if not table.classes:
        columns = torch.cat([columns, table.labels.double()[:, None]], 1)
    else:
        assert sorted(set(table.labels.tolist())) == list(range(len(table.classes)))
    torch.testing.assert_close(columns.mean(0), torch.zeros_like(columns[0]), atol=1e-5, rtol=0)
    deviation = columns.std(0, correction=0)
    torch.testing.assert_close(deviation, (deviation > 0.5).double(), atol=1e-4, rtol=0)
    assert all(0 < len(name) <= LETTERS and name.isprintable() for name in (*table.columns, *table.classes) if name)


def survives(source: str | bytes) -> None:
    """A table, or a ValueError with a sentence."""
    try:
        table = read_table(source)
    except ValueError as error:
        wrong = error
    else:
        check(table)
        return
    assert type(wrong) is ValueError  # not one of its children, such as UnicodeDecodeError
    assert re.fullmatch(r"[A-Z].*\.", str(wrong))


@given(st.binary(max_size=200))
@example(b"")
@example(b"\xff\xfe1\x00,\x002\x00")
@example(b"1,2\n\x00,3\n")
@example(b'"' + b"1" * 200_000)
@example(b"1,2\n" * (ROWS + 1))
def test_any_bytes_give_a_table_or_a_sentence(source: bytes) -> None:
    survives(source)


@given(st.text() | CHARACTERS)
@example("1,1\r2,3")
@example("٣,1\n4,5")
@example("1e999,1\n4,5")
@example("1_0,1\n4,5")
@example("nan,1\ninf,5")
@example("\ud800,b\n1,2\n3,4\n")
@example('a\nb","c"\nd')
@settings(max_examples=300)
def test_any_text_gives_a_table_or_a_sentence(source: str) -> None:
    survives(source)


@given(
    st.integers(2, 5).flatmap(
        lambda width: st.lists(
            st.tuples(*[st.floats(-1e100, 1e100) | st.integers(-3, 3)] * width), min_size=2, max_size=30
        )
    )
)
def test_numbers_always_give_a_table(rows: list[tuple[float, ...]]) -> None:
    check(read_table("\n".join(",".join(map(repr, row)) for row in rows)))


@given(seed=st.integers(0, 1000), rows=st.integers(2, 40), columns=st.integers(1, 8), separator=st.sampled_from(",;\t"))
def test_inputs_are_standardised_as_scikit_learn_does(seed: int, rows: int, columns: int, separator: str) -> None:
    numbers = np.random.default_rng(seed).normal(3, 7, (rows, columns))
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator)
    writer.writerow([f"size {number}" for number in range(columns)] + ["kind"])
    for number, row in enumerate(numbers):
        cells = [repr(float(cell)) for cell in row] + [["dog", "cat"][number % 2]]
        writer.writerow([cell.replace(".", ",") for cell in cells] if separator == ";" else cells)
    table = read_table(file.getvalue().encode())
    expected = torch.from_numpy(StandardScaler().fit_transform(numbers)).float()
    torch.testing.assert_close(table.inputs, expected, atol=1e-5, rtol=1e-5)
    assert table.columns == (*(f"size {number}" for number in range(columns)), "kind")
    assert table.classes == ("cat", "dog")
    assert table.labels.tolist() == [1 - number % 2 for number in range(rows)]


def test_whole_numbers_are_classes_in_their_order() -> None:
    table = read_table("0.5,10\n1,9\n2,10\n3,-1")
    assert table.classes == ("-1", "9", "10")
    assert table.labels.tolist() == [2, 1, 2, 0]
    assert table.labels.dtype == torch.int64
    assert table.columns == ("column 1", "column 2")


def test_other_numbers_are_values_to_fit() -> None:
    table = read_table("x,y\n1,0.5\n2,1.5\n3,2.5")
    assert table.classes == ()
    torch.testing.assert_close(table.labels, torch.tensor([-(1.5**0.5), 0, 1.5**0.5]))


def test_many_whole_numbers_are_values_to_fit() -> None:
    rows = [f"{number}.5,{number}" for number in range(CLASSES + 1)]
    assert len(read_table("\n".join(rows[:-1])).classes) == CLASSES
    assert read_table("\n".join(rows)).classes == ()


def test_column_that_never_varies_is_zero() -> None:
    inputs = read_table("0.1,1,0\n0.1,2,1\n0.1,4,0").inputs
    assert inputs[:, 0].tolist() == [0, 0, 0]
    assert float(inputs[:, 1].std(correction=0)) == pytest.approx(1)


def test_empty_lines_quotes_and_a_byte_order_mark_are_read_over() -> None:
    plain = read_table("a,b\n1,2\n3,4\n")
    dressed = read_table('\ufeff\r\n"a" , b\r\n\r\n"1",2\r\n3, 4\r\n ,\r\n\r\n'.encode())
    assert torch.equal(plain.inputs, dressed.inputs)
    assert torch.equal(plain.labels, dressed.labels)
    assert plain.columns == dressed.columns


def test_table_splits() -> None:
    table = read_table("\n".join(f"{number},{number % 3}" for number in range(30)))
    parts = split_of(table.inputs, table.labels, 0, validation=6, test=6)
    assert parts.classes == len(table.classes) == 3


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("", "The table is empty"),
        (" \n,,\n", "The table is empty"),
        ("1\n2\n", "2 to 64 columns; line 1 has 1"),
        (",".join("1" * 65), "2 to 64 columns; line 1 has 65"),
        ("a,b\n1,2\n", "2 to 20000 rows of numbers; this one has 1"),
        ("1,2\n" * (ROWS + 1), "this one has 20001"),
        ("1,2\n\n1,2,3\n", "Line 3 has 3 cells; line 1 has 2."),
        ("length,kind\n1,a\nlong,b\n", r"Line 3, column 1 \(length\) is “long”, not a number."),
        ("1,a\n,b\n", "Line 2, column 1 is empty; write a number."),
        ("1,a\nnan,b\n", "Line 2, column 1 is “nan”, not a number."),
        ("1,a\n1e101,b\n", r"Line 2, column 1 is 1e101; numbers go up to ±1e\+100."),
        ("1,0.5\n2,-1e101\n", "Line 2, column 2 is -1e101; numbers"),
        ("1,a\n2,\n", "Line 2 has nothing in its last column"),
        ("\n".join(f"{n},w{n}" for n in range(21)), r"The last column \(column 2\) names 21 classes"),
        (b"1,2\n3,\xff\n", "Byte 7 is no UTF-8 text"),
        (b"1" * (BYTES + BYTES // 2), "at most 1 MiB; this one has 1.5"),
        ("1" * (BYTES + 1), "at most 1 MiB; this one has 1.1"),
        ("1,a\n" + "x" * 200_000 + ",b\n", "Line 2 cannot be read as comma-separated values"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(source: str | bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_table(source)


def test_largest_table_is_read() -> None:
    rows = "\n".join(",".join(str((7 * row + column) % 10) for column in range(20)) for row in range(ROWS))
    assert read_table(rows).inputs.shape == (ROWS, 19)


def test_irises_are_read_as_a_file_of_them_would_be() -> None:
    bunch = load_iris()
    rows = [
        [*map(str, numbers), bunch.target_names[kind]] for numbers, kind in zip(bunch.data, bunch.target, strict=True)
    ]
    table = read_table("\n".join(map(",".join, [list(irises().columns), *rows])))
    torch.testing.assert_close(irises().inputs, table.inputs)
    assert torch.equal(irises().labels, table.labels)
    assert (irises().columns, irises().classes) == (table.columns, table.classes)
