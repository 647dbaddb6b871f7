"""Names for credentials."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fasttui.provider.credential import credential_name

FOUND = [
    (None, {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_AUTH_TOKEN": "t", "ANTHROPIC_PROFILE": "p"}, "key "),
    (None, {"ANTHROPIC_AUTH_TOKEN": "t", "ANTHROPIC_PROFILE": "p"}, "token "),
    (None, {"ANTHROPIC_API_KEY": " \n", "ANTHROPIC_PROFILE": "wo\x1brk"}, "profile wo␛rk"),
    (None, {"ANTHROPIC_FEDERATION_RULE_ID": "fdrl_1"}, "workload identity"),
    (None, {}, "none set"),
    ("given", {"ANTHROPIC_AUTH_TOKEN": "t"}, "key "),
]


@pytest.mark.parametrize(("api_key", "environ", "name"), FOUND)
def test_it_is_named_by_the_first_place_where_the_sdk_looks(
    api_key: str | None, environ: dict[str, str], name: str
) -> None:
    assert credential_name(api_key, environ).startswith(name)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=12))
def test_the_name_gives_no_part_of_the_key_away(key: str) -> None:
    name = credential_name(key, {})
    assert not any(key[start : start + 4] in name.removeprefix("key ") for start in range(len(key) - 3))


def test_two_keys_have_two_names_and_blanks_make_no_third() -> None:
    assert credential_name("one", {}) != credential_name("two", {})
    assert credential_name("one\n", {}) == credential_name(None, {"ANTHROPIC_API_KEY": " one"})
