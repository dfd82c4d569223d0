"""Every document carries the headers; a page may run nothing but our own files."""

import re

import httpx
import pytest

from tests.web.fake import FakeEngine, browsing

ADDRESSES = ["/", "/e/slope", "/about/slope", "/nowhere", "/api/experiments", "/health"]


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_document_has_a_strict_policy(client: httpx.Client, address: str) -> None:
    answer = client.get(address)
    policy = directives(answer.headers["content-security-policy"])
    assert policy["default-src"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'self'"]
    for sources in policy.values():
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"} & set(sources)
    assert policy["style-src"] == ["'self'"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in answer.headers["permissions-policy"]


def test_files_are_taken_for_what_they_say_they_are(client: httpx.Client) -> None:
    answer = client.get("/static/css/base.css")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"].startswith("text/css")


def test_the_nonce_is_the_pages_own_and_never_twice_the_same(client: httpx.Client) -> None:
    nonces = set()
    for _ in range(5):
        answer = client.get("/e/slope")
        (allowed,) = re.findall(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
        assert re.findall(r'nonce="([^"]+)"', answer.text) == [allowed]
        nonces.add(allowed)
    assert len(nonces) == 5


def test_a_fault_of_ours_is_a_page_with_the_same_headers() -> None:
    engine = FakeEngine()
    with browsing(engine) as client:
        engine.catalogue = None  # type: ignore[assignment,method-assign]  # now every page that lists experiments fails
        answer = client.get("/")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "Traceback" not in answer.text
    assert directives(answer.headers["content-security-policy"])["default-src"] == ["'none'"]


def test_who_may_frame_a_page_is_a_setting() -> None:
    ancestors = ("'self'", "https://moodle.example")
    with browsing(FakeEngine(), frame_ancestors=ancestors) as client:
        policy = directives(client.get("/").headers["content-security-policy"])
    assert policy["frame-ancestors"] == ["'self'", "https://moodle.example"]
