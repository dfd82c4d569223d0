"""The web process steps nothing: it never loads what would step."""

import subprocess
import sys

import pytest

LOAD = "import sys, {module}; print(*sorted({{'torch', 'numba', 'sklearn'}} & set(sys.modules)))"


@pytest.mark.parametrize("module", ["server.web.app", "server.web.serve"])
def test_the_web_process_loads_neither_torch_nor_numba(module: str) -> None:
    asked = [sys.executable, "-c", LOAD.format(module=module)]
    answer = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=30)
    assert answer.stdout.split() == []
