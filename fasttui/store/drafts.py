"""What the user has typed and not sent yet, and what they have sent before."""

from fasttui.store.database import Database

HISTORY_LENGTH = 5000


def save_draft(database: Database, conversation_id: str | None, text: str) -> None:
    """Keep a draft; an empty one is forgotten. None is the chat that has not begun."""
    key = conversation_id or ""
    if text:
        database.execute("INSERT OR REPLACE INTO draft VALUES (?, ?)", key, text)
    else:
        database.execute("DELETE FROM draft WHERE conversation_id = ?", key)


def draft(database: Database, conversation_id: str | None) -> str:
    """The draft as it was saved; "" where there is none."""
    row = database.row("SELECT text FROM draft WHERE conversation_id = ?", conversation_id or "")
    return row[0] if row else ""


def add_history(database: Database, text: str) -> None:
    """Put a prompt at the end of the history; one that is there already moves there."""
    database.execute("INSERT OR REPLACE INTO prompt_history (text) VALUES (?)", text)
    database.execute(
        "DELETE FROM prompt_history WHERE id <= (SELECT id FROM prompt_history ORDER BY id DESC LIMIT 1 OFFSET ?)",
        HISTORY_LENGTH,
    )


def history(database: Database, limit: int) -> list[str]:
    """Prompts, newest first, each once."""
    return [text for (text,) in database.rows("SELECT text FROM prompt_history ORDER BY id DESC LIMIT ?", limit)]
