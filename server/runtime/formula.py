"""LaTeX → MathML whose terms know their slider and whose number is live."""

from xml.etree import ElementTree

from latex2mathml.converter import convert

from server.grammar import Formula

_MATHML = "http://www.w3.org/1998/Math/MathML"
ElementTree.register_namespace("", _MATHML)


def mathml(formula: Formula, symbols: dict[str, str]) -> str:
    """MathML of a formula; every identifier that is a parameter's LaTeX symbol carries data-p="<parameter>".

    The live number stands at the end: <mo>=</mo><mn class="live" data-channel data-digits>.
    """
    root = ElementTree.fromstring(convert(formula.latex))
    glyphs = {_glyph(symbol): name for symbol, name in symbols.items()}
    for identifier in root.iter(f"{{{_MATHML}}}mi"):
        if identifier.text in glyphs:
            identifier.set("data-p", glyphs[identifier.text])
    if formula.value:
        _add_live_number(root, formula)
    return ElementTree.tostring(root, encoding="unicode")


def _glyph(symbol: str) -> str:
    """What a LaTeX symbol looks like: "\\theta" → "θ"."""
    identifier = ElementTree.fromstring(convert(symbol)).find(f".//{{{_MATHML}}}mi")
    return (identifier.text or "") if identifier is not None else ""


def _add_live_number(root: ElementTree.Element, formula: Formula) -> None:
    row = root.find(f"{{{_MATHML}}}mrow")
    parent = root if row is None else row
    equals = ElementTree.SubElement(parent, f"{{{_MATHML}}}mo")
    equals.text = "="
    attributes = {"class": "live", "data-channel": formula.value, "data-digits": str(formula.digits)}
    number = ElementTree.SubElement(parent, f"{{{_MATHML}}}mn", attributes)
    number.text = "–"
