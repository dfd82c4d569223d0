"""Parameters: one declaration from which come the slider, the check of every message, the link and the docs.

    class Controls(Parameters):
        noise: float = slider(0.36, 0, 0.5, step=0.01, symbol="p", label="noise in the cue", help="…")
        rule: Literal["hebb", "pseudo-inverse"] = choice("pseudo-inverse", label="learning rule", help="…")
        learning: bool = toggle(True, label="learning", help="…", applies="live")

A *live* parameter changes the run at once; a *restart* parameter starts a new run.
"""

import math
from collections.abc import Mapping
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from server.grammar.errors import Misdeclared, Refused

Applies = Literal["live", "restart"]
Owner = Literal["both", "A", "B", "difference"]
"""Whose a control is on an A/B page: of both arms, of one alone, or it says in what the arms differ."""
Scale = Literal["linear", "log"]
Value = float | int | str | bool
SWITCHES = {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}
"""What a link may say of a toggle; it is written as the first of each."""


def slider(
    default: float,
    low: float,
    high: float,
    *,
    label: str,
    help: str,
    step: float | None = None,
    symbol: str = "",
    unit: str = "",
    scale: Scale = "linear",
    applies: Applies = "restart",
) -> Any:
    """A number with inclusive bounds. `step` is the grain of the keyboard and of a linear slider (1 for integers).

    `symbol` is the LaTeX symbol of the formulas: terms with that symbol light up together with the slider.
    """
    control = {"kind": "slider", "low": low, "high": high, "step": step, "scale": scale, "unit": unit}
    return Field(default, ge=low, le=high, description=help, json_schema_extra=_common(control, label, symbol, applies))


def choice(
    default: str, *, label: str, help: str, labels: Mapping[str, str] | None = None, symbol: str = "",
    applies: Applies = "restart",
) -> Any:  # fmt: skip
    """One of the words of the field's `Literal`; `labels` are the words shown where they differ."""
    control = {"kind": "choice", "labels": dict(labels or {})}
    return Field(default, description=help, json_schema_extra=_common(control, label, symbol, applies))


def toggle(default: bool, *, label: str, help: str, applies: Applies = "restart") -> Any:
    """Yes or no."""
    return Field(default, description=help, json_schema_extra=_common({"kind": "toggle"}, label, "", applies))


def widths(
    default: str, low: int, high: int, most: int, *, label: str, help: str, symbol: str = "",
    applies: Applies = "restart",
) -> Any:  # fmt: skip
    """One to `most` whole numbers from `low` to `high` in a row, as text: "8-8-4". `numbers` reads it.

    The field is a `str`: a link, a message and the page all say it as it is written.
    """
    one = "|".join(map(str, range(low, high + 1)))
    control = {"kind": "widths", "low": low, "high": high, "most": most}
    return Field(
        default, pattern=f"^({one})(-({one})){{0,{most - 1}}}$", description=help,
        json_schema_extra=_common(control, label, symbol, applies),
    )  # fmt: skip


def numbers(widths: str) -> tuple[int, ...]:
    """The numbers of a parameter declared with `widths`."""
    return tuple(map(int, widths.split("-")))


def owned(of: Owner, control: Any, when: str = "") -> Any:
    """A control that stands, on an A/B page, under what differs, or under the one arm that it is of.

    Where the page lets one choose what differs, `when` names the choices at which the control does anything; at others
    it is out of sight.

        period: int = owned("B", tricks.period(50))
        other_unit: Unit = owned("B", choice(…), when="unit")
    """
    control.json_schema_extra |= {"of": of, "when": when}
    return control


def _common(control: dict[str, Any], label: str, symbol: str, applies: Applies) -> dict[str, Any]:
    return {**control, "label": label, "symbol": symbol, "applies": applies, "of": "both", "when": ""}


class Parameters(BaseModel):
    """Base of every experiment's `Controls`. Immutable: a change is a new object (`changed`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)

    @classmethod
    def controls(cls) -> list[dict[str, Any]]:
        """The controls in order of declaration, as the page needs them (JSON-ready)."""
        return [_control(name, field) for name, field in cls.model_fields.items()]

    @classmethod
    def applies(cls, name: str) -> Applies:
        """Whether a parameter is `live` or starts a new run. Raises Refused for an unknown name."""
        if name not in cls.model_fields:
            known = ", ".join(cls.model_fields)
            raise Refused(f"There is no parameter “{_short(name)}” here; there are: {known}.")
        extra = cls.model_fields[name].json_schema_extra
        assert isinstance(extra, dict)
        return "live" if extra["applies"] == "live" else "restart"

    def changed(self, name: str, value: object) -> Self:
        """A copy with one value replaced. Raises Refused with a sentence that says what would be right."""
        self.applies(name)
        field = type(self).model_fields[name]
        _check_kind(name, field, value)
        try:
            return type(self).model_validate({**self.model_dump(), name: value})
        except ValidationError:
            raise Refused(_sentence(field, value), parameter=name) from None

    def link(self) -> dict[str, str]:
        """Only what differs from the defaults, as text for a query string; `from_link` reads it back exactly."""
        fields = type(self).model_fields
        return {k: _text(v) for k, v in self.model_dump().items() if v != fields[k].default}

    @classmethod
    def from_link(cls, link: Mapping[str, str], base: Self | None = None) -> tuple[Self, list[str]]:
        """The parameters that a link names, and a sentence for each part that was ignored. Never raises."""
        parameters, ignored = base or cls(), []
        for name, text in link.items():
            if name not in cls.model_fields:
                ignored.append(f"Ignored in the link: nothing here is called “{_short(name)}”.")
                continue
            try:
                parameters = parameters.changed(name, _value(cls.model_fields[name], text))
            except Refused as refusal:
                ignored.append(f"Ignored in the link: {refusal}")
        return parameters, ignored


def _extra(field: FieldInfo) -> dict[str, Any]:
    assert isinstance(field.json_schema_extra, dict)
    return dict(field.json_schema_extra)


def _control(name: str, field: FieldInfo) -> dict[str, Any]:
    if field.json_schema_extra is None or field.default is PydanticUndefined:
        raise Misdeclared(f"Parameter “{name}” must be declared with slider(), choice(), toggle() or widths().")
    control = {"name": name, "default": field.default, "help": field.description, **_extra(field)}
    if control["kind"] == "choice":
        labels = control.pop("labels")
        control["options"] = [{"value": v, "label": labels.get(v, v)} for v in get_args(field.annotation)]
    if control["kind"] == "slider":
        control["integer"] = field.annotation is int
        control["step"] = control["step"] or (1 if control["integer"] else (control["high"] - control["low"]) / 100)
    return control


def _check_kind(name: str, field: FieldInfo, value: object) -> None:
    """JSON's own types only: pydantic would quietly read "3" as 3 and true as 1."""
    kind = _extra(field)["kind"]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    right = is_number if kind == "slider" else isinstance(value, bool if kind == "toggle" else str)
    if not right or (isinstance(value, float) and not math.isfinite(value)):
        raise Refused(_sentence(field, value), parameter=name)


def _sentence(field: FieldInfo, value: object) -> str:
    control = _control("", field)
    if control["kind"] == "slider":
        sort = "a whole number" if control["integer"] else "a number"
        unit = f" {control['unit']}" if control["unit"] else ""
        right = f"takes {sort} from {_number(control['low'])} to {_number(control['high'])}{unit}"
    elif control["kind"] == "choice":
        right = "takes one of: " + ", ".join(option["value"] for option in control["options"])
    elif control["kind"] == "widths":
        most, low, high = (control[name] for name in ("most", "low", "high"))
        right = f"takes up to {most} whole numbers from {low} to {high}, such as {control['default']}"
    else:
        right = "is either on or off"
    return f"{control['label'][:1].upper()}{control['label'][1:]} {right}, not {_short(str(value))}."


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "…"


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _value(field: FieldInfo, text: str) -> Value:
    kind = _extra(field)["kind"]
    if kind == "toggle":
        return SWITCHES.get(text, text)
    if kind == "slider":
        try:
            return int(text) if field.annotation is int else float(text)
        except ValueError:
            raise Refused(_sentence(field, text)) from None
    return text
