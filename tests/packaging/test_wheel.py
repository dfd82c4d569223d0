"""The wheel holds all that a page needs, so that an installed one serves without the internet."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of this tree, built as pip would, in the environment that the tests run in."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_every_page_file_of_the_tree_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    folders = [ROOT / "static/js", ROOT / "static/css", ROOT / "static/vendor", ROOT / "templates"]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert {f"server/{path.relative_to(ROOT).as_posix()}" for path in files} <= set(wheel.namelist())


def test_every_module_is_in_the_wheel_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    assert {p.relative_to(ROOT).as_posix() for p in (ROOT / "server").rglob("*.py")} <= names
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"server", "downhill"}
    assert not [name for name in names if "node_modules" in name or "__pycache__" in name]


def test_an_unpacked_wheel_finds_its_own_files(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    code = "from server.web.assets import folder; print(folder('static'), folder('templates'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split() == [str(tmp_path / "server/static"), str(tmp_path / "server/templates")], done.stderr


def test_each_library_brings_its_licence() -> None:
    folders = [path for path in (ROOT / "static/vendor").iterdir() if path.is_dir()]
    assert {path.name for path in folders} >= {
        "uplot",
        "three",
        "source-sans-3",
        "source-serif-4",
        "noto-sans-math",
    }
    assert all((path / "LICENSE").stat().st_size > 500 for path in folders)


def test_the_math_font_is_small_and_still_sets_formulas() -> None:
    path = ROOT / "static/vendor/noto-sans-math/noto-sans-math.woff2"
    assert path.stat().st_size < 60_000
    font = TTFont(path)
    assert "MATH" in font
    wanted = "Ew=−∑∫√∂∇∞≤≥≈≠→⟨⟩·×±ασΔΣ𝐸𝑤𝑥𝛼𝜎"
    assert [c for c in wanted if ord(c) not in font.getBestCmap()] == []
