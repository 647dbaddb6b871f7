"""Writing the shown chat to a file, as `/export` asks for it in every front end."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from fasttui.chat.conversation import Conversation, Turn
from fasttui.chat.errors import CommandError
from fasttui.chat.safe_text import safe_line
from fasttui.engine.session import Session
from fasttui.export.files import target_path, write_new
from fasttui.export.writers import FORMATS, Format, export

FORMAT_NAMES: dict[Format, str] = {"md": "Markdown", "json": "JSON", "html": "HTML"}


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is to be written where."""

    form: Format
    path: Path
    hide_secrets: bool = True

    @property
    def exists(self) -> bool:
        """Whether the file is there already, so that the user must be asked."""
        return self.path.exists()

    @property
    def shown_path(self) -> str:
        """The path as it can be shown."""
        return safe_line(str(self.path))


def export_request(words: str, conversation: Conversation, folder: Path, *, hide_secrets: bool = True) -> ExportRequest:
    """What `/export [md|json|html] [FILE]` asks for; a format that is not named is that of the file, or Markdown.

    Raises:
        CommandError: nothing was said yet.
    """
    if conversation.head is None:
        raise CommandError("There is nothing to export yet.", hint="Say something first.")
    first, _, rest = words.partition(" ")
    named = next((form for form in FORMATS if form == first), None)
    file = (rest if named else words).strip()
    by_name = next((form for form in FORMATS if file.lower().endswith(f".{form}")), FORMATS[0])
    form = named or by_name
    given = folder / Path(file).expanduser() if file else folder
    return ExportRequest(form, target_path(given, conversation, f".{form}"), hide_secrets)


def write_export(session: Session, asked: ExportRequest, *, overwrite: bool = False) -> str:
    """Write the file; returns what was done. It takes seconds for a long chat as HTML: call it in a thread.

    Raises:
        TransferError: the file exists, or cannot be written.
    """

    def cost_of(turn: Turn) -> Decimal | None:
        cost = session.cost(turn)
        return cost.usd if cost is not None else None

    written = export(session.conversation, asked.form, cost_of=cost_of, redact=asked.hide_secrets)
    write_new(asked.path, written.text, overwrite=overwrite)
    return _done(asked, written.redacted)


def _done(asked: ExportRequest, hidden: int) -> str:
    where = f"Exported to {asked.shown_path}"
    if not asked.hide_secrets:
        return f"{where}; secrets are in it as they were said."
    if not hidden:
        return f"{where}; no secrets were found."
    return f"{where}; {hidden} secret{'s were' if hidden != 1 else ' was'} hidden."
