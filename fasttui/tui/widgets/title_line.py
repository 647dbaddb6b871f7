"""The top line: the chat's title on the left, where replies come from on the right."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget


class TitleLine(Widget):
    """Both texts are safe already; the title gives way when the line is short."""

    DEFAULT_CSS = """
    TitleLine {
        height: 2; dock: top; background: $background; color: $text;
        & > .title--source { color: $text-muted; }
        & > .title--demo { color: $warning; text-style: bold; }
        & > .title--rule { color: $border; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"title--source", "title--demo", "title--rule"}

    chat_title: reactive[str] = reactive("New chat")
    source: reactive[str] = reactive("")
    demo: reactive[bool] = reactive(default=False)
    unsaved: reactive[bool] = reactive(default=False)

    def render_line(self, y: int) -> Strip:
        """The title, then a rule."""
        width, base = self.size.width, self.rich_style
        if y == 1:
            return Strip([Segment("─" * width, base + self._style("rule"))], width)
        right = [Segment(f"{self.source} ", base + self._style("source"))]
        if self.demo:
            right.insert(0, Segment("demo · ", base + self._style("demo")))
        if self.unsaved:
            right.insert(0, Segment("not saved · ", base + self._style("demo")))
        right_strip = Strip(right)
        room = max(0, width - right_strip.cell_length - 2)
        left = Strip([Segment(f" {self.chat_title}", base)])
        left = left.crop(0, room).extend_cell_length(width - right_strip.cell_length, base)
        return Strip.join([left, right_strip]).crop(0, width)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"title--{name}", partial=True)
