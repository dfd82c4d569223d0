"""The words that experiments are written in: parameters, actions, views, messages, errors (pydantic, stdlib)."""

from server.grammar.actions import Action, action, actions_of
from server.grammar.errors import Diverged, DownhillError, Refused
from server.grammar.parameters import Parameters, choice, slider, toggle
from server.grammar.views import (
    Curves,
    Formula,
    Hill,
    Line,
    Matrix,
    Number,
    Profile,
    Readout,
    Theory,
    Tiles,
    Verdict,
    View,
)

__all__ = [
    "Action",
    "Curves",
    "Diverged",
    "DownhillError",
    "Formula",
    "Hill",
    "Line",
    "Matrix",
    "Number",
    "Parameters",
    "Profile",
    "Readout",
    "Refused",
    "Theory",
    "Tiles",
    "Verdict",
    "View",
    "action",
    "actions_of",
    "choice",
    "slider",
    "toggle",
]
