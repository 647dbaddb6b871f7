"""The Models API, told from the catalogue."""

from collections.abc import Iterable
from datetime import date, timedelta
from urllib.parse import parse_qs

from fasttui.chat.conversation import EFFORTS
from fasttui.chat.models import Catalogue, Model
from fasttui.simulator.refusal import Refused
from fasttui.simulator.request import Json, thinking_modes

_DEFAULT_LIMIT, _MAX_LIMIT = 20, 1000
_NOTICE = timedelta(days=60)  # a retirement is announced at least so long ahead
_LINES = ("haiku", "sonnet", "opus", "fable", "mythos")
_UNKNOWN_RELEASE = "1970-01-01T00:00:00Z"  # the API's own value for a date it does not know
_YES: dict[str, object] = {"supported": True}
_NO: dict[str, object] = {"supported": False}
_THINKING_TYPES = ("adaptive", "enabled", "disabled", "between_tools")


def list_models(catalogue: Catalogue, query: str, today: date) -> Json:
    """A page of models, by the query's `limit`, `after_id`, `before_id` and `lifecycle`."""
    asked = parse_qs(query)
    stages = asked.get("lifecycle[]") or asked.get("lifecycle") or ["active", "deprecated"]
    told = [model_info(model, today) for model in catalogue.models]
    told = [info for info in told if info["lifecycle"] in stages]
    limit = _limit(asked.get("limit", [str(_DEFAULT_LIMIT)])[0])
    ids = [info["id"] for info in told]
    if after := asked.get("after_id"):
        told = told[ids.index(after[0]) + 1 :] if after[0] in ids else []
    elif before := asked.get("before_id"):
        told = told[: ids.index(before[0])][-limit:] if before[0] in ids else []
    page = told[:limit]
    return {
        "data": page,
        "has_more": len(told) > len(page),
        "first_id": page[0]["id"] if page else None,
        "last_id": page[-1]["id"] if page else None,
    }


def _limit(written: str) -> int:
    if not written.isdecimal() or not 1 <= int(written) <= _MAX_LIMIT:
        raise Refused(400, f"limit: Input should be between 1 and {_MAX_LIMIT}")
    return int(written)


def get_model(catalogue: Catalogue, id_: str, today: date) -> Json:
    """One model.

    Raises:
        Refused: 404, no such model.
    """
    model = catalogue.get(id_)
    if model.price is None and id_ not in catalogue:
        raise Refused(404, f"model: {id_}")
    return model_info(model, today)


def model_info(model: Model, today: date) -> Json:
    """A model in the Models API's shape; prices, fast mode and cache minimum are not part of it."""
    leaving = model.retires_on is not None and model.retires_on - _NOTICE <= today
    line = model.id.split("-")[1] if model.id.count("-") else ""
    return {
        "type": "model",
        "id": model.id,
        "display_name": f"Claude {model.name}",
        "line": line if line in _LINES else None,
        "created_at": _UNKNOWN_RELEASE,
        "lifecycle": "deprecated" if leaving else "active",
        "deprecated_at": f"{model.retires_on - _NOTICE}T00:00:00Z" if leaving and model.retires_on else None,
        "retires_at": f"{model.retires_on}T00:00:00Z" if leaving else None,
        "max_input_tokens": model.context_tokens,
        "max_tokens": model.max_output_tokens,
        "capabilities": _capabilities(model),
    }


def _capabilities(model: Model) -> Json:
    modes = thinking_modes(model)
    return {
        "batch": _YES,
        "citations": _YES,
        "code_execution": _NO,
        "image_input": _YES,
        "pdf_input": _YES,
        "structured_outputs": _YES,
        "effort": (_YES if model.efforts else _NO) | _each(EFFORTS, model.efforts),
        "thinking": _YES | {"types": _each(_THINKING_TYPES, modes)},
        "context_management": _NO,
        "server_tools": _NO | _each(("web_search", "code_execution"), ()),
    }


def _each(names: Iterable[str], supported: Iterable[str]) -> dict[str, object]:
    taken = frozenset(supported)
    return {name: _YES if name in taken else _NO for name in names}
