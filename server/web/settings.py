"""Every limit and default of the server, declared once: environment, command line and docs come from here."""

import argparse
from collections.abc import Sequence
from typing import Any, Literal, NoReturn, get_args, get_origin

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from server.grammar.actions import LARGEST_ACT

PREFIX = "DOWNHILL_"


class Settings(BaseSettings):
    """Read from the environment (DOWNHILL_PORT=9000); a flag of the command line (--port 9000) goes first."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", allow_inf_nan=False)

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 lets the class in.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto", description="Where networks run; auto takes CUDA where it is."
    )
    workers: int = Field(0, ge=0, le=256, description="Worker processes; 0: one per core, or one per CUDA card.")
    engine: Literal["local"] = Field("local", description="Who runs the sessions; local: processes on this machine.")
    open: bool = Field(False, description="Open the home page in a browser.")
    sessions: int = Field(200, ge=1, description="Pages that may run at a time; a further one is told to come back.")
    pictures_per_second: float = Field(30.0, ge=1.0, le=120.0, description="At most so many pictures for one page.")
    largest_message: int = Field(
        LARGEST_ACT, ge=1024, description="Bytes of the largest message a page may send; one may hold a table of 1 MiB."
    )
    messages_per_second: float = Field(
        200.0, ge=20.0, description="Messages a page may send, a large one as one for each 64 KiB; more closes it."
    )
    first_message_seconds: float = Field(10.0, gt=0.0, description="How long a socket may stay silent before it opens.")
    allowed_origins: tuple[str, ...] = Field(
        (), description='Other sites whose pages may connect, as JSON: ["https://example.edu"].'
    )
    frame_ancestors: tuple[str, ...] = Field(
        ("'self'",), description="Sites that may show pages in a frame, as JSON, in the words of CSP frame-ancestors."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("warning", description="How much is logged.")


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"downhill: {message[:1].upper()}{message[1:]}. See “downhill --help”.\n")


def parser() -> argparse.ArgumentParser:
    """The command line, one flag per setting."""
    description = "Downhill: a lecture on neural networks that runs in the browser."
    made = _Parser(prog="downhill", description=description)
    made.add_argument("command", nargs="?", default="serve", choices=["serve", "list"], help="serve (default) or list")
    for name, field in Settings.model_fields.items():
        flag = "--" + name.replace("_", "-")
        words = f"{field.description} Default {shown(field.default)}; environment {PREFIX}{name.upper()}."
        extra: dict[str, Any] = {"default": argparse.SUPPRESS, "help": words.replace("%", "%%")}
        if field.annotation is bool:
            made.add_argument(flag, action=argparse.BooleanOptionalAction, **extra)
        elif get_origin(field.annotation) is Literal:
            made.add_argument(flag, choices=get_args(field.annotation), **extra)
        elif get_origin(field.annotation) is tuple:
            made.add_argument(flag, nargs="*", **extra)
        else:
            made.add_argument(flag, **extra)
    return made


def shown(default: object) -> str:
    """A default as one would write it."""
    if isinstance(default, tuple):
        return " ".join(default) or "none"
    if isinstance(default, bool):
        return "on" if default else "off"
    return f"{default:g}" if isinstance(default, float) else str(default)


def read(arguments: Sequence[str]) -> tuple[str, Settings]:
    """The command and the settings. A wrong one ends the program with a sentence and status 2."""
    made = parser()
    given = vars(made.parse_args(arguments))
    command = given.pop("command")
    try:
        return command, Settings(**given)
    except SettingsError as error:
        made.error(f"an environment variable is not JSON, as {PREFIX}ALLOWED_ORIGINS must be: {error}")
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "a setting"
        made.error(f"{name.replace('_', '-')} (or {PREFIX}{name.upper()}) is not right: {first['msg'].lower()}")


def table() -> str:
    """Markdown for the README: every setting once."""
    rows = ["| flag | environment | default | |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        flag = "--" + name.replace("_", "-")
        rows.append(f"| `{flag}` | `{PREFIX}{name.upper()}` | {shown(field.default)} | {field.description} |")
    return "\n".join(rows)
