"""A title for a chat, asked of the model beside the conversation: cheap, and no part of it."""

from contextlib import aclosing

from fasttui.chat.conversation import Conversation, ReplyRequest, Turn, TurnOptions, prompt_of
from fasttui.chat.errors import CommandError
from fasttui.chat.safe_text import safe_line
from fasttui.engine.session import Session

_ASK = (
    "Write a title for the conversation below: at most six words, in its own language, without quotation marks"
    " and without a full stop. Answer with the title alone."
)
_EXCERPT_CHARACTERS = 1_500
_MAX_TOKENS = 500  # a title takes ten; models that cannot do without thinking need the rest
_TITLE_LENGTH = 60
_QUOTES = "\"'`“”„«»*# "


async def suggested_title(session: Session) -> str:
    """Ask the chosen model for a title, at standard speed and the lowest effort; its cost is booked.

    Raises:
        CommandError: there is nothing to name yet, or no title came.
        ProviderError: the request failed.
    """
    conversation = session.conversation
    if conversation.head is None:
        raise CommandError("There is nothing to name yet.", hint="Say something first, or /rename TITLE.")
    options = TurnOptions(
        session.model.id, effort=session.model.clamp_effort("low"), max_tokens=_MAX_TOKENS, thinking=False
    )
    turn = Turn(prompt_of(f"{_ASK}\n\n{_excerpt(conversation)}"), options)
    async with aclosing(session.provider.stream(ReplyRequest((turn.prompt,), options))) as stream:
        async for event in stream:
            turn.apply(event, 0.0)
    session.ledger.book(turn, session.cost(turn))
    lines = turn.reply.text.strip().splitlines()
    title = safe_line(_plain(lines[0]), limit=_TITLE_LENGTH) if lines else ""
    if not title:
        raise CommandError("No title came back.", hint="Give one yourself with /rename TITLE.")
    return title


def _plain(line: str) -> str:
    """The line without the marks that a model puts around a title though it was told not to."""
    return line.replace("**", "").replace("`", "").strip(_QUOTES).removesuffix(".")


def _excerpt(conversation: Conversation) -> str:
    """How the chat began and how it stands."""
    path = conversation.path()
    turns = path if len(path) == 1 else (path[0], path[-1])
    said = [
        f"<{who}>\n{text[:_EXCERPT_CHARACTERS]}\n</{who}>"
        for turn in turns
        for who, text in (("user", turn.prompt.text), ("assistant", turn.reply.text))
    ]
    return "\n".join(said)
