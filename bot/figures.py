"""The figures of an evaluation as a table in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from bot.evaluation import ALL, FIGURES, Figure, Row

_WIDTH_OF_FIGURES = 190  # columns; a narrow terminal wraps the lines, and no figure is cut
_OF_ONE = frozenset({"mrr", "auroc"})
_HEADINGS = {
    "recall_1": "recall@1",
    "recall_3": "recall@3",
    "mrr": "MRR",
    "false_answers": "false answers",
    "false_offers": "false offers",
    "wrong_refusals": "wrong refusals",
    "unsure": "unsure",
    "auroc": "AUROC",
}


def show_figures(console: Console, rows: Sequence[Row]) -> None:
    """Print an evaluation: shares in per cent with their 95 % intervals."""
    table = Table(box=SIMPLE, title="per cent [95 % interval]; MRR and AUROC of 1")
    table.add_column("language", no_wrap=True)
    table.add_column("kind", no_wrap=True)
    table.add_column("questions", justify="right")
    for name in FIGURES:
        table.add_column(_HEADINGS[name], justify="right", no_wrap=True)
    for row in rows:
        shown = [_figure(getattr(row, name), name in _OF_ONE) for name in FIGURES]
        table.add_row(row.language, row.kind, str(row.questions), *shown)
        if row.language == row.kind == ALL:
            table.add_section()
    console.width = max(console.width, _WIDTH_OF_FIGURES)
    console.print(table)


def _figure(figure: Figure | None, is_of_one: bool) -> str:
    if figure is None:
        return "–"
    if is_of_one:
        return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"
    return f"{100 * figure.value:.1f} [{100 * figure.low:.1f}, {100 * figure.high:.1f}]"
