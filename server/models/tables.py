"""A table that somebody drops on the page: comma-separated values, checked, and brought to mean 0 and deviation 1.

One example a line; the last column is what is to be learnt. Words and whole numbers there are classes, any other
numbers are values to fit. A first line without any number is taken for the names of the columns. Cells may also be
separated by semicolons (numbers may then have decimal commas) or by tabs.
"""

from __future__ import annotations

import csv
import io
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from math import ceil

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_iris
from torch import Tensor

BYTES = 1 << 20
ROWS = 20_000
COLUMNS = 64
CLASSES = 20
"""At most so many classes; more whole numbers than that are values to fit."""
LARGEST = 1e100
"""Beyond it the squares of 20 000 numbers might no longer be finite."""
LETTERS = 24
"""Of a cell that is named in a sentence or on the page."""
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
PLAIN = re.compile(r"[0-9eE+.-]*")
WHOLE = re.compile(r"[+-]?[0-9]+(\.0*)?")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """Examples as `data.split_of` takes them."""

    inputs: Tensor
    """(n, columns − 1) float32; a column has mean 0 and deviation 1 over all rows, or is 0 where it never varies."""
    labels: Tensor
    """(n,) int64, or float32 values brought to mean 0 and deviation 1 likewise."""
    columns: tuple[str, ...]
    """Names of the inputs, then of the label."""
    classes: tuple[str, ...]
    """What the labels 0, 1, … were called; empty where the labels are values."""


def read_table(source: str | bytes) -> Table:
    """Read a table of comma-separated values.

    Raises ValueError with a sentence that says what is wrong, in which line and column: more than 1 MiB, 20 000 rows
    or 64 columns; fewer than two rows or columns; lines of unequal length; a cell that is no number; more than 20
    classes named by words.
    """
    lines, separator = _lines(_text(source))
    names = _names(lines[0][1]) if _is_heading(lines[0][1], separator) else ()
    rows = lines[1:] if names else lines
    if not 2 <= len(rows) <= ROWS:
        raise ValueError(f"A table has 2 to {ROWS} rows of numbers; this one has {len(rows)}.")
    columns = names or _names([""] * len(rows[0][1]))
    words = _words(columns)
    cells = [_numbers(row[:-1], words, separator, line) for line, row in rows]
    labels, classes = _labels(rows, separator, columns[-1])
    return Table(torch.from_numpy(_standardised(np.array(cells))).float(), labels, columns, classes)


@cache
def irises() -> Table:
    """Fisher's table of 150 irises, four lengths each, of three species; carried by scikit-learn. Read-only.

    Source: R. A. Fisher, Annals of Eugenics 7 (1936) 179.
    """
    bunch = load_iris()
    names = (*(name.removesuffix(" (cm)") for name in bunch.feature_names), "species")
    inputs = torch.from_numpy(_standardised(bunch.data)).float()
    return Table(inputs, torch.tensor(bunch.target, dtype=torch.int64), names, tuple(map(str, bunch.target_names)))


def _text(source: str | bytes) -> str:
    """Raises ValueError where it is too large, or is not text."""
    size = len(source) if isinstance(source, bytes) else len(source.encode(errors="replace"))
    if size > BYTES:
        raise ValueError(f"A table has at most 1 MiB; this one has {ceil(10 * size / BYTES) / 10:.1f}.")
    try:
        text = source.decode() if isinstance(source, bytes) else source.encode(errors="replace").decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"Byte {error.start + 1} is no UTF-8 text; save the table as CSV in UTF-8.") from None
    return text.removeprefix("\ufeff")


def _lines(text: str) -> tuple[list[tuple[int, list[str]]], str]:
    """(number, cells) of every line that is not empty, and what separates the cells.

    Raises ValueError where there is none, or where their lengths differ or are out of bounds.
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=first.count)  # the first of them where none occurs
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise ValueError(f"Line {reader.line_num} cannot be read as comma-separated values: {error}.") from None
    lines = [(number, row) for number, row in rows if any(row)]
    if not lines:
        raise ValueError("The table is empty; it needs one example a line, its numbers separated by commas.")
    width = len(lines[0][1])
    if not 2 <= width <= COLUMNS:
        raise ValueError(f"A table has 2 to {COLUMNS} columns; line {lines[0][0]} has {width}.")
    for number, row in lines:
        if len(row) != width:
            raise ValueError(f"Line {number} has {len(row)} cells; line {lines[0][0]} has {width}.")
    return lines, separator


def _is_heading(row: list[str], separator: str) -> bool:
    """The first line names the columns when none of its cells is a number."""
    return not any(NUMBER.fullmatch(_pointed(cell, separator)) for cell in row)


def _names(row: list[str]) -> tuple[str, ...]:
    return tuple(_shown(cell) or f"column {number}" for number, cell in enumerate(row, start=1))


def _shown(cell: str) -> str:
    """The cell as far as there is room for it, on one line."""
    line = " ".join(cell.split())
    return line if len(line) <= LETTERS else line[: LETTERS - 1] + "…"


def _pointed(cell: str, separator: str) -> str:
    """With a decimal point: who separates cells by semicolons may write 3,14."""
    return cell.replace(",", ".") if separator == ";" else cell


def _words(columns: tuple[str, ...]) -> list[str]:
    """What each column of inputs is called in a sentence."""
    plain = [f"column {number}" for number in range(1, len(columns))]
    return [each if each == name else f"{each} ({name})" for each, name in zip(plain, columns, strict=False)]


def _numbers(row: list[str], words: list[str], separator: str, line: int) -> list[float]:
    """All cells at once where they are plain numbers; else one after another, to say which one is not."""
    cells = [_pointed(cell, separator) for cell in row] if separator == ";" else row
    if PLAIN.fullmatch("".join(cells)):  # for float() would also read 1_0, nan and ٣
        with suppress(ValueError):
            numbers = list(map(float, cells))
            if max(numbers) <= LARGEST and min(numbers) >= -LARGEST:
                return numbers
    return [_number(*each, separator, line) for each in zip(row, words, strict=True)]


def _number(cell: str, column: str, separator: str, line: int) -> float:
    pointed = _pointed(cell, separator)
    if not NUMBER.fullmatch(pointed):
        found = f"“{_shown(cell)}”, not" if cell else "empty; write"
        raise ValueError(f"Line {line}, {column} is {found} a number.")
    if abs(value := float(pointed)) > LARGEST:
        raise ValueError(f"Line {line}, {column} is {_shown(cell)}; numbers go up to ±{LARGEST:g}.")
    return value


def _labels(rows: list[tuple[int, list[str]]], separator: str, name: str) -> tuple[Tensor, tuple[str, ...]]:
    """Classes, or values where the last column holds numbers that are not whole, or too many different ones."""
    cells = [row[-1] for _, row in rows]
    for line, row in rows:
        if not row[-1]:
            raise ValueError(f"Line {line} has nothing in its last column; that is where the label belongs.")
    numeric = all(NUMBER.fullmatch(_pointed(cell, separator)) for cell in cells)
    distinct = set(cells)
    whole = all(WHOLE.fullmatch(_pointed(cell, separator)) for cell in distinct)
    if numeric and (not whole or len(distinct) > CLASSES):
        column = f"column {len(rows[0][1])}"
        values = [_number(row[-1], column, separator, line) for line, row in rows]
        return torch.from_numpy(_standardised(np.array(values)[:, None])[:, 0]).float(), ()
    if len(distinct) > CLASSES:
        raise ValueError(f"The last column ({name}) names {len(distinct)} classes; there may be at most {CLASSES}.")
    classes = sorted(distinct, key=lambda cell: (float(_pointed(cell, separator)), cell) if numeric else (0.0, cell))
    numbers = {cell: number for number, cell in enumerate(classes)}
    return torch.tensor([numbers[cell] for cell in cells]), tuple(_shown(cell) for cell in classes)


def _standardised(columns: Floats) -> Floats:
    """Each column (n, columns) less its mean, over its deviation; 0 where it does not vary.

    Brought to size 1 in between: squares of 1e-200 would vanish.
    """
    varies = columns.max(0) > columns.min(0)
    centred = np.where(varies, columns - columns.mean(0), 0.0)
    centred /= np.where(varies, np.abs(centred).max(0), 1.0)
    centred -= centred.mean(0)
    return centred / np.where(varies, centred.std(0), 1.0)
