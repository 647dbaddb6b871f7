"""The HTML export is one page that runs nothing, loads nothing and still shows everything."""

import json
import re
import shutil
import subprocess
import time
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from fasttui.chat.conversation import Conversation, DocumentBlock, ImageBlock, TextBlock, ThinkingBlock, Turn, prompt_of
from fasttui.export.html import to_html
from fasttui.export.page_text import reply_html
from tests.export.samples import PIXEL, cost_of, reply_of, sample
from tests.paths import SHARED_DATA, needs_shared_data
from tests.strategies import conversations

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

TAGS = frozenset(
    """
    html head meta link title style body header main section h1 h2 h3 h4 h5 h6 p a em strong s code pre span div
    blockquote ul ol li hr br table thead tbody tr th td dl dt dd time details summary figure figcaption img
    svg line text rect
    """.split()  # noqa: SIM905 - a list this long reads best as words
)
ATTRIBUTES = frozenset(
    """
    href rel class id lang dir charset content http-equiv name src alt start title viewbox role aria-label
    x y x1 x2 y1 y2 width height rx text-anchor style
    """.split()  # noqa: SIM905 - as above
)
IMAGE_SOURCE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*")
LINK = re.compile(r"(https?://|mailto:|#reply-\d+$)", re.IGNORECASE)


class Audit(HTMLParser):
    """Collects whatever in a page is not known to be harmless."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.words: list[str] = []
        self._styles = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(f"<{tag}>")
        self._styles += tag == "style"
        for name, value in attrs:
            self._check(tag, name, value or "")

    def _check(self, tag: str, name: str, value: str) -> None:
        if name not in ATTRIBUTES:
            self.faults.append(f"{tag} {name}={value}")
        elif name == "style" and not re.fullmatch(r"text-align:(left|right|center)", value):
            self.faults.append(f"style={value}")
        elif name == "src" and not IMAGE_SOURCE.fullmatch(value):
            self.faults.append(f"src={value}")
        elif name == "href" and not LINK.match(value) and (tag, value) != ("link", "data:,"):
            self.faults.append(f"href={value}")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"<!--{data}-->")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"<![{data}]>")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"<?{data}>")


def audit(page: str) -> Audit:
    found = Audit()
    found.feed(page)
    found.close()
    return found


def unpriced(_: Turn) -> Decimal | None:
    return None


def payloads() -> list[str]:
    """Every hostile string there is, in every form of Markdown it comes in."""
    found: list[str] = []
    for name in ("xss", "links", "naughty", "terminal"):
        path = SHARED_DATA / "text" / f"{name}.jsonl"
        if path.is_file():
            for line in path.read_text("utf-8").splitlines():
                entry: dict[str, Any] = json.loads(line)
                found += [value for key, value in entry.items() if key == "s" or key.startswith("md")]
    return found


def hostile_page(texts: list[str]) -> str:
    """A page that holds each text wherever a page can hold text."""
    conversation = Conversation(title=texts[0], system=texts[-1], tags=(texts[0],))
    parent = None
    for number, text in enumerate(texts):
        file = DocumentBlock(text.encode("utf-8", "replace"), "text/plain", text)
        image = ImageBlock(PIXEL, "image/png", text)
        odd = ImageBlock(b"<svg onload=alert(1)>", "image/svg+xml", text)
        code = f"```{text.splitlines()[0] if text.splitlines() else ''}\n{text}\n```"
        turn = reply_of(
            prompt_of(text, file, image, odd), ThinkingBlock(text, "s"), TextBlock(text), TextBlock(code),
            id=f"t{number}", after=parent, status="failed", error=text, fallback_reason=text,
        )  # fmt: skip
        turn.request_id = turn.served_model = text
        conversation.add(turn)
        parent = turn.id
    return to_html(conversation, cost_of=cost_of)


@needs_shared_data
def test_no_payload_becomes_anything_but_text_or_a_plain_link() -> None:
    texts = payloads()
    assert len(texts) > 1_000
    found = audit(hostile_page(texts))
    assert found.faults == []


@needs_shared_data
def test_each_payload_alone_stays_text() -> None:
    for text in payloads():
        assert audit(reply_html(text)).faults == [], text


@given(conversation=conversations(max_turns=3))
def test_any_conversation_makes_a_harmless_page(conversation: Conversation) -> None:
    assert audit(to_html(conversation, cost_of=unpriced)).faults == []


def test_the_page_shows_what_was_said_and_how_it_was_served() -> None:
    page = to_html(sample(), cost_of=cost_of, redacted=2)
    text = "".join(audit(page).words)
    for said in (
        "Refactor the <cache> layer", "Answer briefly.", "2 secrets hidden.", "1 turn on other branches not shown.",
        "shot.png (image/png, 70 bytes)", "<b>notes</b>", "Locks </details>", "class TTLCache:", "a diagram",
        "https://example.com/diagram.png", "Fell back to standard: Fast limit reached for 9 s.",
        "Interrupted: The connection was lost in mid-reply.", "109.5 tok/s", "1.20 s", "$0.094", "$0.189", "req_t1",
    ):  # fmt: skip
        assert said in text, said
    for piece in (
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\"",
        '<a href="https://docs.python.org/3/" rel="noopener noreferrer">link</a>',
        '<div class="served"><dt>served</dt><dd>fast</dd></div>',
        '<section class="reply standard mismatched" id="reply-2">',
        '<span class="k">class</span>',
        "<title>Reply 2: 46.5 tok/s, standard</title>",
        "@media (prefers-color-scheme: dark)",
        "@media print",
    ):
        assert piece in page, piece


def test_the_picture_has_one_bar_a_reply_coloured_by_the_speed_that_served_it() -> None:
    svg = re.findall(r'<rect class="(\w+)"', to_html(sample(), cost_of=cost_of))
    assert svg == ["fast", "standard", "fast"]
    assert "<svg" not in to_html(Conversation(title="Nothing measured"), cost_of=cost_of)


def test_colors_of_a_theme_replace_those_of_the_page_and_nothing_else() -> None:
    page = to_html(sample(), cost_of=cost_of, colors={"fast": "#123456"})
    assert ":root:root { --fast: #123456; }" in page
    for bad in ({"fast": "red"}, {"fast": "#123456;}"}, {"x}": "#123456"}):
        with pytest.raises(ValueError, match="is not a colour"):
            to_html(sample(), cost_of=cost_of, colors=bad)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "vscode://x", "//evil", "/etc", "#x", "file:///x", "ssh://-x"],
)
def test_links_elsewhere_than_the_web_stay_text(address: str) -> None:
    assert "<a" not in reply_html(f"[text]({address}) <{address}>")


def test_a_remote_image_is_told_not_fetched() -> None:
    html = reply_html('![cat & dog](https://example.com/cat.png "title")')
    assert html == ('<p><span class="image">Image: cat &amp; dog <code>https://example.com/cat.png</code></span></p>\n')


@needs_shared_data
def test_pathological_markdown_renders_in_reasonable_time() -> None:
    lines = (SHARED_DATA / "text" / "pathological.jsonl").read_text("utf-8").splitlines()
    for entry in map(json.loads, lines):
        source = entry["md"][:20_000]
        began = time.process_time()
        assert audit(reply_html(source)).faults == [], entry["id"]
        assert time.process_time() - began < 15, entry["id"]


CHROMIUMS_OWN = re.compile(
    r"https?://(clients\d|accounts|update|optimizationguide-pa|safebrowsing)\.google(apis)?\.com/"
)
PROBE = "<script>document.title='ran'</script>"


@needs_chromium
@needs_shared_data
def test_a_browser_runs_no_script_and_makes_no_request(tmp_path: Path) -> None:
    page, log = tmp_path / "chat.html", tmp_path / "net.json"
    texts = [PROBE, *payloads(), "![x](http://127.0.0.1:9/remote.png)", "<img src=http://127.0.0.1:9/remote.png>"]
    page.write_text(hostile_page(texts), "utf-8", errors="replace")
    assert CHROMIUM is not None
    browser = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            f"--user-data-dir={tmp_path / 'profile'}", f"--log-net-log={log}", "--enable-logging=stderr", "--v=0",
            "--virtual-time-budget=3000", "--dump-dom", page.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert "CONSOLE" not in browser.stderr
    assert "<title>&lt;script&gt;document.title='ran'&lt;/script&gt;</title>" in browser.stdout
    assert "<script" not in browser.stdout
    # Chromium itself looks for its maker's services at every start; here it finds no host but ours.
    requested = re.findall(r'"url":"((?:https?|wss?|ftp)://[^"]*)"', log.read_text("utf-8", errors="replace"))
    assert {url for url in requested if not CHROMIUMS_OWN.match(url)} == set()
