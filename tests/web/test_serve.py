"""The program as one starts it: a line that says where it is, a page that runs, and a quiet end."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from websockets.sync.client import connect

MISDECLARED = """
from server.web import serve
from server.web.settings import Settings
from tests.web.fake import FakeEngine
serve.LocalEngine = lambda *rest, **more: FakeEngine(misdeclared="slope.py, class Slope: `pinned` is a parameter.")
raise SystemExit(serve.serve(Settings(port=0)))
"""


@contextmanager
def program(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`python -m server`, and its address; killed with all its workers if the test does not end it."""
    command = [sys.executable, "-m", "server", "--port", "0", "--workers", "1", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as started:
        try:
            assert started.stdout
            line = re.fullmatch(
                r"Downhill is at http://(\S+)  \(1 × \w+; Ctrl-C stops it\)\n", started.stdout.readline()
            )
            assert line
            yield started, line[1]
        finally:
            if started.poll() is None:
                os.killpg(started.pid, signal.SIGKILL)


def when_ready(host: str) -> None:
    for _ in range(300):
        if httpx.get(f"http://{host}/health").status_code == 200:
            return
        time.sleep(0.1)
    raise AssertionError("The server was not ready in 30 seconds.")


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda pid: os.killpg(pid, signal.SIGINT), id="Ctrl-C reaches the workers too"),
        pytest.param(lambda pid: os.kill(pid, signal.SIGTERM), id="docker stop"),
    ],
)
def test_a_page_runs_and_the_program_ends_quietly(end: Callable[[int], None]) -> None:
    with program() as (started, host):
        when_ready(host)
        names = [schema["name"] for schema in httpx.get(f"http://{host}/api/experiments").json()]
        with connect(f"ws://{host}/socket") as page:
            page.send(json.dumps({"type": "open", "experiment": names[0], "link": {}}))
            assert json.loads(page.recv(10))["state"] == "playing"
            page.send('{"type": "draw"}')
            assert isinstance(page.recv(10), bytes)
            page.send('{"type": "set", "parameter": "nonsense", "value": 1}')
            assert "no parameter “nonsense”" in json.loads(page.recv(10))["sentence"]
            end(started.pid)
            out, err = started.communicate(timeout=15)
    assert (started.returncode, out, err) == (0, "", "")


def test_a_bad_experiment_stops_the_start_with_its_sentence() -> None:
    answer = subprocess.run([sys.executable, "-c", MISDECLARED], capture_output=True, text=True, timeout=30)
    assert answer.returncode == 1
    assert answer.stderr == "downhill: slope.py, class Slope: `pinned` is a parameter.\n"


def test_list_prints_each_experiment_with_its_claim() -> None:
    answer = subprocess.run([sys.executable, "-m", "server", "list"], capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0
    lines = answer.stdout.splitlines()
    assert len(lines) >= 3
    assert all(re.fullmatch(r"\w+ +\d+ .+ / .+: .+", line) for line in lines)
