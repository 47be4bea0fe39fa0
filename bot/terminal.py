"""An answer as a person reads it in a terminal: the frame, the quotation, the citation."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from bot.answer import Answer, Answerer, ByMeaning, NothingFits, Quote, Refusal
from bot.citation import cite, name_passage
from bot.frame import message, missing_theses
from bot.l10n import say
from index import Document, Language

_QUOTED = (0, 0, 0, 2)
_UNWRAPPED = 100_000  # columns
_REMEMBERED = 3  # questions


def console() -> Console:
    """Standard output; plain text where it is no terminal, and never wrapped there."""
    out = Console(highlight=False, soft_wrap=False)
    return out if out.is_terminal else Console(highlight=False, width=_UNWRAPPED)


def converse(answerer: Answerer, language: Language) -> None:
    """Answer what is typed, line by line, until an empty line or the end of input."""
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
        console.print(_quotation(quote, answer.language))


def show_list(console: Console, document: Document, language: Language) -> None:
    """Print the theses a document holds, by number and title or first words."""
    console.print(Text(document.work.title, style="bold"))
    for passage in document.passages:
        if passage.thesis is not None:
            line = document.quote(passage.title or passage.sentences[0])
            console.print(Text(f"  {name_passage(passage, language)}: {' '.join(line.split())}"))
    if gap := missing_theses(document, language):
        console.print(Text(f"  {gap}", style="italic"))


def _shown(answer: Answer) -> tuple[Quote, ...]:
    outcome = answer.outcome
    if isinstance(outcome, NothingFits | Refusal):
        return ()
    if isinstance(outcome, ByMeaning):
        return outcome.quotes[: outcome.fitting]
    return outcome.quotes


def _quotation(quote: Quote, language: Language) -> RenderableType:
    document, passage = quote.document, quote.passage
    text = Text(document.quote(passage.span))
    if quote.highlight is not None:
        start = passage.span.start
        text.stylize("bold underline", quote.highlight.start - start, quote.highlight.end - start)
    parts: list[RenderableType] = [Padding(text, _QUOTED, expand=False)]
    parts.append(
        Padding(Text(f"— {cite(document, passage, language)}", style="dim"), _QUOTED, expand=False)
    )
    rendering = document.rendering
    if rendering is not None and rendering.language == language:
        translated = rendering.passages[document.passages.index(passage)].text
        heading = Text(f"{say(language, 'unofficial-translation')}:", style="italic dim")
        for line in (heading, Text(translated, style="italic dim")):
            parts.append(Padding(line, _QUOTED, expand=False))
    return Group(*parts)
