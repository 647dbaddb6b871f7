"""What the Models API says about a model, under the names of `chat.models.Model`'s fields."""

from collections.abc import Mapping
from datetime import date, datetime

from fasttui.chat.conversation import EFFORTS
from fasttui.chat.safe_text import safe_line


def fields_by_id(page: object) -> dict[str, Mapping[str, object]]:
    """What one page of the list settles for each model, by id; other JSON settles nothing."""
    match page:
        case {"data": [*entries]}:
            return {entry["id"]: model_fields(entry) for entry in entries if _is_model(entry)}
        case _:
            return {}


def model_fields(said: Mapping[str, object]) -> dict[str, object]:
    """The fields that one entry of the list settles; what it leaves open is left out.

    It knows neither prices nor fast mode, nor whether a model thinks unasked.
    """
    name = said.get("display_name")
    capabilities = said.get("capabilities")
    fields = {
        "name": safe_line(name, limit=60) if isinstance(name, str) and name.strip() else None,
        "context_tokens": _positive(said.get("max_input_tokens")),
        "max_output_tokens": _positive(said.get("max_tokens")),
        "retires_on": _day(said.get("retires_at")),
        "efforts": _efforts(capabilities),
        "thinking": _thinking(capabilities),
    }
    return {field: value for field, value in fields.items() if value is not None}


def _is_model(entry: object) -> bool:
    match entry:
        case {"id": str(id_)}:
            return bool(id_) and id_ == safe_line(id_, limit=100)
        case _:
            return False


def _positive(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _day(value: object) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value).date()
    except ValueError:
        return None


def _efforts(capabilities: object) -> tuple[str, ...] | None:
    match capabilities:
        case {"effort": {"supported": False}}:
            return ()
        case {"effort": {"supported": True} as effort}:
            return tuple(level for level in EFFORTS if _supported(effort, level)) or None
        case _:
            return None


def _thinking(capabilities: object) -> str | None:
    match capabilities:
        case {"thinking": {"supported": True, "types": {} as types}} if "disabled" in types:
            if _supported(types, "adaptive"):
                # On unless disabled, or off unless asked for? It takes both; the list does not say.
                return None if _supported(types, "disabled") else "always"
            return "budget" if _supported(types, "enabled") else None
        case _:
            return None


def _supported(kinds: object, name: str) -> bool:
    match kinds:
        case {**every}:
            leaf = every.get(name)
            return isinstance(leaf, dict) and leaf.get("supported") is True
        case _:
            return False
