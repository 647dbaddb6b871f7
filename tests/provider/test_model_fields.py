"""What the Models API says, under our names."""

from datetime import date

import pytest

from fasttui.chat.models import Catalogue
from fasttui.provider.model_fields import fields_by_id, model_fields

YES, NO = {"supported": True}, {"supported": False}
ENTRY = {
    "type": "model",
    "id": "claude-next-1",
    "display_name": "Claude Next 1",
    "max_input_tokens": 2_000_000,
    "max_tokens": 256_000,
    "retires_at": "2027-06-30T00:00:00Z",
    "capabilities": {
        "effort": {"supported": True, "low": YES, "medium": YES, "high": YES, "xhigh": None, "max": NO},
        "thinking": {"supported": True, "types": {"adaptive": YES, "enabled": NO, "disabled": NO}},
    },
}


def test_an_entry_settles_names_limits_efforts_and_thinking() -> None:
    assert model_fields(ENTRY) == {
        "name": "Claude Next 1",
        "context_tokens": 2_000_000,
        "max_output_tokens": 256_000,
        "retires_on": date(2027, 6, 30),
        "efforts": ("low", "medium", "high"),
        "thinking": "always",
    }


def test_the_catalogue_takes_the_fields_as_they_are() -> None:
    catalogue = Catalogue()
    for id_, fields in fields_by_id({"data": [ENTRY]}).items():
        catalogue.overlay(id_, fields)
    model = catalogue.get("claude-next-1")
    assert (model.max_output_tokens, model.efforts, model.price) == (256_000, ("low", "medium", "high"), None)


@pytest.mark.parametrize(
    ("types", "mode"),
    [
        ({"adaptive": YES, "enabled": NO, "disabled": YES}, None),
        ({"adaptive": NO, "enabled": YES, "disabled": YES}, "budget"),
        ({"adaptive": NO, "enabled": NO, "disabled": YES}, None),
        ({}, None),
    ],
)
def test_a_way_of_thinking_that_the_list_leaves_open_stays_open(types: object, mode: str | None) -> None:
    said = {"capabilities": {"thinking": {"supported": True, "types": types}}}
    assert model_fields(said).get("thinking") == mode


def test_a_model_without_effort_says_so() -> None:
    assert model_fields({"capabilities": {"effort": NO}}) == {"efforts": ()}


@pytest.mark.parametrize("page", [None, [], "x", {"data": None}, {"data": [7, {}, {"id": 3}, {"id": "a\x1b[0m"}]}])
def test_a_page_of_another_shape_says_nothing(page: object) -> None:
    assert fields_by_id(page) == {}


@pytest.mark.parametrize("wrong", [None, -1, "many", True, [], {}])
def test_a_field_of_another_type_is_left_out(wrong: object) -> None:
    fields = ("display_name", "max_input_tokens", "max_tokens", "retires_at", "capabilities")
    settled = model_fields(dict.fromkeys(fields, wrong))
    assert not {"context_tokens", "max_output_tokens", "retires_on", "efforts", "thinking"} & settled.keys()
