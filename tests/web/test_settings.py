"""One declaration: the environment, the command line and the documentation agree with it."""

import socket

import pytest

from server.__main__ import main
from server.web import settings
from server.web.settings import PREFIX, Settings


def test_a_flag_goes_before_the_environment_and_that_before_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.read([]) == ("serve", Settings(port=8000, workers=0))
    monkeypatch.setenv("DOWNHILL_PORT", "9001")
    monkeypatch.setenv("DOWNHILL_WORKERS", "3")
    monkeypatch.setenv("DOWNHILL_ALLOWED_ORIGINS", '["https://a.example"]')
    command, chosen = settings.read(["list", "--port", "9002", "--open"])
    assert command == "list"
    assert (chosen.port, chosen.workers, chosen.open) == (9002, 3, True)
    assert chosen.allowed_origins == ("https://a.example",)
    assert settings.read(["--allowed-origins", "https://b.example"])[1].allowed_origins == ("https://b.example",)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_flag_variable_and_default(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    words = " ".join(capsys.readouterr().out.split())
    field = Settings.model_fields[name]
    assert field.description
    for part in (f"--{name.replace('_', '-')}", PREFIX + name.upper(), settings.shown(field.default)):
        assert part in words
        assert part in settings.table()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--port", "99999"], "DOWNHILL_PORT"),
        (["--port", "eight"], "DOWNHILL_PORT"),
        (["--device", "tpu"], "--device"),
        (["--workers", "-1"], "DOWNHILL_WORKERS"),
        (["--pictures-per-second", "nan"], "DOWNHILL_PICTURES_PER_SECOND"),
        (["--first-message-seconds", "inf"], "DOWNHILL_FIRST_MESSAGE_SECONDS"),
        (["--nonsense"], "--nonsense"),
        (["dance"], "dance"),
    ],
)
def test_a_wrong_flag_is_one_sentence_and_status_2(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_refused(arguments, named, capsys)


@pytest.mark.parametrize(("name", "value"), [("PORT", "abc"), ("ALLOWED_ORIGINS", "not json"), ("LOG_LEVEL", "loud")])
def test_a_wrong_environment_variable_is_one_sentence_and_status_2(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    assert_refused([], PREFIX + name, capsys)


def assert_refused(arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    sentence = capsys.readouterr().err
    assert sentence.startswith("downhill: ")
    assert named in sentence
    assert sentence.count("\n") == 1


def test_a_port_in_use_is_a_sentence_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port), "--device", "cpu"]) == 1
    assert capsys.readouterr().err == (
        f"downhill: cannot listen on 127.0.0.1:{port}: Address already in use. Choose another with --port.\n"
    )
