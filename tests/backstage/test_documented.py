"""The contract says all that a stranger needs: words, refusals, rights, examples."""

from collections.abc import Iterator
from typing import Any

from tools.api_page import PAGE, with_routes
from tools.contract import contract


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in contract()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_a_route_has_words_a_tag_and_every_answer_described() -> None:
    for name, operation in operations():
        assert operation["summary"], name
        assert len(operation.get("description", "")) > 10, f"{name}: its function has no docstring"
        assert operation["tags"], name
        for status, answer in operation["responses"].items():
            assert answer["description"], (name, status)
            if status >= "4":
                assert list(answer["content"]) == ["application/problem+json"], (name, status)
                example = answer["content"]["application/problem+json"]["example"]
                assert example["status"] == int(status), name
        assert "422" not in operation["responses"] or _has_key(operation), name
        assert "default" not in operation["responses"], name


def test_a_route_that_asks_for_a_right_says_how_to_show_it() -> None:
    for name, operation in operations():
        if "x-stentor-right" in operation:
            assert operation["security"], name
            assert {"401", "403"} <= set(operation["responses"]), name
        else:
            assert "security" not in operation, name


def test_every_creation_of_the_contract_takes_an_idempotency_key() -> None:
    created = {
        operation["operationId"]
        for _, operation in operations()
        if "201" in operation["responses"] and operation["tags"] not in (["session"], ["whip"])
    }
    with_key = {operation["operationId"] for _, operation in operations() if _has_key(operation)}
    # One-time links end the one before, so asking twice does no harm; a claim uses up a link that counts.
    assert created - with_key == {"create_owner_link", "create_account_link", "claim_invitation"}


def test_every_list_is_a_page() -> None:
    for name, operation in operations():
        parameters = {parameter["name"] for parameter in operation.get("parameters", ())}
        assert ("cursor" in parameters) == ("limit" in parameters), name
        schema = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
        assert schema.get("schema", {}).get("type") != "array", f"{name} is no page"


def test_tags_are_explained_and_the_document_is_openapi_3_1() -> None:
    used = {tag for _, operation in operations() for tag in operation["tags"]}
    assert used <= {tag["name"] for tag in contract()["tags"]}
    assert contract()["openapi"].startswith("3.1")
    assert set(contract()["components"]["securitySchemes"]) == {"bearer", "session"}
    assert "HTTPValidationError" not in contract()["components"]["schemas"]


def test_every_body_has_an_example() -> None:
    for name, operation in operations():
        for media in operation.get("requestBody", {}).get("content", {}).values():
            reference = media["schema"].get("$ref", "")
            if reference:
                schema = contract()["components"]["schemas"][reference.rpartition("/")[2]]
                assert "example" in media or _has_example(schema), name


def test_every_route_is_in_the_manual() -> None:
    assert PAGE.read_text() == with_routes(PAGE.read_text()), "make docs"
    for name, _ in operations():
        assert f"`{name}`" in PAGE.read_text()


def _has_key(operation: dict[str, Any]) -> bool:
    names = {parameter["name"].lower() for parameter in operation.get("parameters", ())}
    return "idempotency-key" in names


def _has_example(schema: dict[str, Any]) -> bool:
    return "example" in schema or "examples" in schema
