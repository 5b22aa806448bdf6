"""The pages' types of the API are those of the application, and making them reads nothing else."""

from tools.api_types import TYPES, first_line, shapes_of_api


def test_the_pages_types_are_made_from_this_api() -> None:
    assert TYPES.read_text().partition("\n")[0] == first_line(shapes_of_api()), "npm run types (in web/)"


def test_a_better_sentence_in_a_docstring_does_not_change_the_types() -> None:
    shapes = shapes_of_api()
    assert "description" not in shapes["paths"]["/api/me/live"]["get"]
    # …while a field that is called `title` is a field.
    assert "title" in shapes["components"]["schemas"]["SpaceWanted"]["properties"]
