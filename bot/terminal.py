"""An answer as a person reads it in a terminal: the frame, the quotation, the citation."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from bot.answer import Answer, ByMeaning, NothingFits, Quote, Refusal
from bot.citation import cite, name_passage
from bot.frame import message
from bot.l10n import say
from index import Document, Language

_QUOTED = (0, 0, 0, 2)


def show_answer(console: Console, answer: Answer) -> None:
    """Print the answer; candidates for nothing are not shown, an answer's first fitting ones are."""
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
    parts: list[RenderableType] = [Padding(text, _QUOTED)]
    parts.append(Padding(Text(f"— {cite(document, passage, language)}", style="dim"), _QUOTED))
    rendering = document.rendering
    if rendering is not None and rendering.language == language:
        translated = rendering.passages[document.passages.index(passage)].text
        heading = Text(f"{say(language, 'unofficial-translation')}:", style="italic dim")
        parts += [Padding(heading, _QUOTED), Padding(Text(translated, style="italic dim"), _QUOTED)]
    return Group(*parts)
