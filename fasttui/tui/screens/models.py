"""Choosing a model: what each costs, whether it has fast mode and until when."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from fasttui.chat.models import Model
from fasttui.engine import wording
from fasttui.engine.session import Session


class ModelScreen(ModalScreen[str | None]):
    """Returns the id of the chosen model, or None."""

    BINDINGS = [Binding("escape", "dismiss(None)", "Close", show=False)]  # noqa: RUF012 - Textual's own way
    DEFAULT_CSS = """
    ModelScreen {
        align: center middle; background: $background 60%;
        & > OptionList {
            width: 90%; max-width: 96; height: auto; max-height: 80%; padding: 0 1;
            border: round $border; background: $surface; border-title-color: $accent;
            text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
            &:focus { border: round $border; }
        }
    }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """The list, the chosen model marked."""
        models = self._session.catalogue.models
        options = OptionList(*(Option(self._row(model), id=model.id) for model in models), markup=False)
        options.border_title = Content("Model")
        options.border_subtitle = Content("Enter chooses · Esc closes · $ per million tokens, in / out")
        options.highlighted = next((i for i, m in enumerate(models) if m.id == self._session.choices.model), 0)
        yield options

    def _row(self, model: Model) -> Content:
        chosen = "● " if model.id == self._session.choices.model else "  "
        context = wording.tokens(model.context_tokens) if model.context_tokens else "?"
        return Content.assemble(
            (f"{chosen}{model.name:<12}", "bold"),
            (f"{context:>5}  ", "$muted"),
            (f"{_price(model):<14}", "$text"),
            self._fast(model),
        )

    def _fast(self, model: Model) -> tuple[str, str]:
        today = self._session.today()
        if model.fast is None:
            return "no fast mode", "$faint"
        if not model.offers_fast(today):
            return "fast mode ended", "$faint"
        prices = f"⚡ {model.fast.price.input.normalize():f} / {model.fast.price.output.normalize():f}"
        days = model.fast_days_left(today)
        ends = f" · ends in {days} d" if days is not None else ""
        note = f" · {model.fast.note}" if model.fast.note else ""
        return f"{prices}{ends}{note}", "$fast"

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(message.option_id)


def _price(model: Model) -> str:
    if model.price is None:
        return "price unknown"
    return f"{model.price.input.normalize():f} / {model.price.output.normalize():f}"
