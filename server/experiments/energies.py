"""The formulas of a network that recalls: its energy and what a unit hears, as its memory has them."""

from server.grammar import Formula
from server.models.rules import Rule

FORMULAS = (
    Formula(
        latex=r"E=-\frac{1}{2}\sum_{i,j}w_{ij}s_is_j+\sum_i\theta s_i", value="energy", digits=1, when="pairs"
    ),
    Formula(
        latex=r"E=-\frac{1}{nN^{n-1}}\sum_{\mu}(\xi^{\mu}\cdot s)^n+\sum_i\theta s_i",
        value="energy", digits=1, when="power",
    ),
    Formula(
        latex=r"E=-\log\sum_{\mu}e^{\xi^{\mu}\cdot s}+\sum_i\theta s_i",
        value="energy", digits=1, when="exponential",
    ),
    Formula(
        latex=r"h_i=\sum_j w_{ij}s_j-\theta",
        value="field", before="unit {unit_number}", after="{decision}", when="pairs",
    ),
    Formula(
        latex=r"h_i=\frac{1}{2}(E_{s_i=-1}-E_{s_i=+1})",
        value="field", before="unit {unit_number}", after="{decision}", when="power exponential",
    ),
)  # fmt: skip
"""Two of them hold at a time: see `case`."""


def case(rule: Rule) -> str:
    """Which formulas hold for a memory made by this rule."""
    match rule:
        case "dense":
            return "power"
        case "exponential":
            return "exponential"
        case _:
            return "pairs"
