"""The words that experiments are written in: parameters, actions, views, messages, errors (pydantic, stdlib)."""

from server.grammar.actions import Action, File, action, actions_of
from server.grammar.errors import Diverged, DownhillError, Refused
from server.grammar.head import Formula, Hill, Verdict, Word
from server.grammar.parameters import Parameters, choice, numbers, owned, slider, toggle, widths
from server.grammar.pictures import BasinMap, Graph, Matrix, Surface, Tiles, Tree
from server.grammar.planes import Plane, Points
from server.grammar.views import Curves, Line, Number, Profile, Readout, Relation, Theory, View

__all__ = [
    "Action",
    "BasinMap",
    "Curves",
    "Diverged",
    "DownhillError",
    "File",
    "Formula",
    "Graph",
    "Hill",
    "Line",
    "Matrix",
    "Number",
    "Parameters",
    "Plane",
    "Points",
    "Profile",
    "Readout",
    "Refused",
    "Relation",
    "Surface",
    "Theory",
    "Tiles",
    "Tree",
    "Verdict",
    "View",
    "Word",
    "action",
    "actions_of",
    "choice",
    "numbers",
    "owned",
    "slider",
    "toggle",
    "widths",
]
