"""The server in JSON."""

import httpx

from server import __version__
from tests.web.fake import SCHEMAS, FakeEngine, browsing


def test_the_catalogue_is_what_the_engine_says(client: httpx.Client) -> None:
    names = [schema["name"] for schema in client.get("/api/experiments").json()]
    assert names == [schema["name"] for schema in SCHEMAS]
    assert client.get("/api/experiments/slope").json()["presets"][1]["parameters"] == {"steepness": 2.0}


def test_an_unknown_experiment_is_a_sentence_that_names_the_known(client: httpx.Client) -> None:
    answer = client.get("/api/experiments/nothing")
    assert answer.status_code == 404
    assert answer.json() == {"detail": "There is no experiment “nothing”; there are: slope, again."}
    assert client.get("/api/nothing").json() == {"detail": "Nothing lies at /api/nothing."}


def test_health_is_503_until_sessions_can_be_opened() -> None:
    engine = FakeEngine(ready=False)
    with browsing(engine) as client:
        assert client.get("/health").status_code == 503
        engine.ready = True
        answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json()["version"] == __version__
    assert set(answer.json()["loop_late_ms"]) == {"p50", "p99", "most"}


def test_the_engine_runs_as_long_as_the_application() -> None:
    engine = FakeEngine()
    with browsing(engine):
        assert engine.running
    assert not engine.running
