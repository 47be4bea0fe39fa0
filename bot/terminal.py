"""An answer as a person reads it in a terminal: the frame, the quotation, the citation."""

from __future__ import annotations

import sys
from io import TextIOWrapper

from rich.console import Console
from rich.text import Text

from bot.answer import Answer, Answerer, ByMeaning, NothingFits, Quote, Refusal
from bot.citation import cite, name_passage
from bot.frame import message, missing_theses
from bot.l10n import say
from index import Document, Language, Span

_REMEMBERED = 3  # questions


def console() -> Console:
    """Standard output; lines are wrapped in a terminal only."""
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def converse(answerer: Answerer, language: Language) -> None:
    """Answer what is typed, line by line, until an empty line or the end of input."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    out = console()
    out.print(Text(say(language, "chat-hello"), style="dim"))
    previous: list[str] = []
    while True:
        try:
            question = out.input("[bold]> [/bold]")
        except (EOFError, KeyboardInterrupt):
            break
        if not question.strip():
            break
        answer = answerer.answer(question, previous=previous)
        show_answer(out, answer)
        out.print()
        previous = [*previous, question][-_REMEMBERED:]
    out.print(Text(say(language, "chat-bye"), style="dim"))


def show_answer(console: Console, answer: Answer) -> None:
    """Print the answer and the quotations that fit; mere candidates are not shown."""
    console.print(Text(message(answer), style="bold"))
    for quote in _shown(answer):
        console.print()
        _show_quotation(console, quote, answer.language)


def show_list(console: Console, document: Document, language: Language) -> None:
    """Print the theses a document holds, by number and title or first words."""
    lines = []
    for passage in document.passages:
        if passage.thesis is not None:
            line = document.quote(passage.title or passage.sentences[0])
            lines.append(f"\n  {name_passage(passage, language)}: {' '.join(line.split())}")
    gap = missing_theses(document, language)
    _write(
        console,
        (document.work.title, "bold"),
        ("".join(lines), ""),
        (f"\n  {gap}" if gap else "", "italic"),
    )


def _shown(answer: Answer) -> tuple[Quote, ...]:
    outcome = answer.outcome
    if isinstance(outcome, NothingFits | Refusal):
        return ()
    if isinstance(outcome, ByMeaning):
        return outcome.quotes[: outcome.fitting]
    return outcome.quotes


def _show_quotation(console: Console, quote: Quote, language: Language) -> None:
    document, whole = quote.document, quote.passage.span
    marked = quote.highlight or Span(whole.end, whole.end)
    before, after = Span(whole.start, marked.start), Span(marked.end, whole.end)
    _write(
        console,
        (document.quote(before), ""),
        (document.quote(marked), "bold underline"),
        (document.quote(after), ""),
    )
    _write(console, (f"— {cite(document, quote.passage, language)}", "dim"))
    rendering = document.rendering
    if rendering is not None and rendering.language == language:
        translated = rendering.passages[document.passages.index(quote.passage)].text
        _write(console, (f"{say(language, 'unofficial-translation')}:", "italic dim"))
        _write(console, (translated, "italic dim"))


def _write(console: Console, *parts: tuple[str, str]) -> None:
    """Print words in their styles; where nobody reads along, exactly the words."""
    if console.is_terminal:
        console.print(Text.assemble(*parts))
    else:
        console.file.write("".join(words for words, _ in parts) + "\n")
