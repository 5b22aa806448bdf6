"""The dependency audit: what is known is named, and who could not be asked is no good news."""

import json

from tools.audit import KNOWN_BAD, NOT_ASKED, of_npm, of_python

GOOD = {"name": "uvicorn", "version": "0.54.0", "vulns": []}
BAD = {"name": "h11", "version": "0.15.0", "vulns": [{"id": "CVE-2025-43859", "fix_versions": ["0.16.0"]}]}
SKIPPED = {"name": "yarl", "skip_reason": "Dependency not found on PyPI and could not be audited"}
TOTAL = {"dependencies": {"total": 90}}


def told(*found: object) -> str:
    return json.dumps({"dependencies": found, "fixes": []})


def test_nothing_known_against_anybody_is_good() -> None:
    assert of_python(told(GOOD)).code == 0
    npm = of_npm(json.dumps({"vulnerabilities": {}, "metadata": TOTAL}))
    assert (npm.code, "90" in npm.words) == (0, True)


def test_what_is_known_is_named_with_its_cure() -> None:
    verdict = of_python(told(GOOD, BAD, SKIPPED))
    assert verdict.code == KNOWN_BAD
    assert "h11 0.15.0: CVE-2025-43859, mended in 0.16.0" in verdict.words
    grave = {"lit": {"name": "lit", "severity": "high"}, "x": {"name": "x", "severity": "low"}}
    npm = of_npm(json.dumps({"vulnerabilities": grave, "metadata": TOTAL}))
    assert (npm.code, npm.known) == (KNOWN_BAD, ("lit: high",))


def test_whoever_could_not_be_asked_is_not_taken_for_good() -> None:
    verdict = of_python(told(GOOD, SKIPPED))
    assert verdict.code == NOT_ASKED
    assert "NOT AUDITED (yarl)" in verdict.words
    for broken in ("", "ERROR: no connection", "[]", told(), '{"error": {"code": "ENOAUDIT"}}'):
        assert of_python(broken).code == NOT_ASKED
        assert of_npm(broken).code == NOT_ASKED
        assert "Next step" in of_npm(broken).words


def test_stentor_itself_is_not_asked_for() -> None:
    assert of_python(told(GOOD, {"name": "stentor", "skip_reason": "not on PyPI"})).code == 0
