"""The session's status as cells of the status bar."""

from fasttui.engine import status_words
from fasttui.engine.session import Status
from fasttui.tui.widgets.status_bar import Cell


def status_cells(status: Status) -> tuple[Cell, ...]:
    """All cells of the bar as of now; `total` is the short form of `money`."""
    money = status_words.money(status)
    return (
        Cell("speed", status_words.speed(status)),
        Cell("rate", status_words.rate(status)),
        Cell("first", status_words.first_token(status)),
        Cell("fuel", status_words.fuel(status)),
        Cell("total", money[:1]),
        Cell("money", money),
        Cell("context", status_words.context(status)),
    )
