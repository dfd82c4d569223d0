"""What the README says is true: settings, paths, commands, addresses."""

import re
from pathlib import Path

from server.runtime.catalogue import discover
from server.web.settings import table

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PATHS = re.compile(r"`((?:server|static|templates|tests|\.ci)/[\w./-]*)`")


def test_the_settings_table_is_the_declaration() -> None:
    found = re.search(r"<!-- settings -->\n(.*?)\n<!-- /settings -->", README, re.DOTALL)
    assert found is not None
    assert found[1] == table()


def test_every_path_exists() -> None:
    paths = PATHS.findall(README)
    assert paths
    assert not [path for path in paths if not (ROOT / path).exists()]


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"`?make (\w[\w-]*)", README))
    makefile = (ROOT / "Makefile").read_text()
    assert {"run", "test"} <= targets
    assert not [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)]


def test_every_experiment_is_in_the_table() -> None:
    assert set(re.findall(r"`/e/(\w+)`", README)) == set(discover())


def test_the_picture_lies_in_the_repository() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    assert all((ROOT / picture).exists() for picture in pictures)
