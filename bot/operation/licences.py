"""What the program is made of, and under which licences, from the installed packages themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_LONGEST = 100  # characters; what is longer is the licence itself, not its name


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package.

    Attributes:
        name: Its name.
        version: Its version.
        licence: As it states it; empty if it does not.
    """

    name: str
    version: str
    licence: str


def packages(root: str = "thesenbot") -> list[Package]:
    """All that ``root`` needs to run on this machine, itself left out, by name."""
    found: dict[str, Package] = {}
    open_: list[tuple[str, frozenset[str]]] = [(root, frozenset())]
    seen: set[tuple[str, frozenset[str]]] = set()
    while open_:
        name, extras = open_.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue  # needed on other machines, or installed in another way, as torch's parts are
        found[name] = Package(name, installed.version, _licence(installed))
        open_ += _needs(installed, extras)
    found.pop(canonicalize_name(root), None)
    return [found[name] for name in sorted(found)]


def _needs(installed: Distribution, extras: frozenset[str]) -> list[tuple[str, frozenset[str]]]:
    needs: list[tuple[str, frozenset[str]]] = []
    for line in installed.requires or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            needs.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))
    return needs


def _licence(installed: Distribution) -> str:
    metadata = installed.metadata
    if expression := metadata.json.get("license_expression"):
        return str(expression)
    stated = " ".join(str(metadata.json.get("license", "")).split())
    if stated and len(stated) <= _LONGEST and stated != "UNKNOWN":
        return stated
    classifiers = metadata.get_all("Classifier") or []
    names = [line.split(" :: ")[-1] for line in classifiers if line.startswith("License :: ")]
    return ", ".join(names) or _first_words(stated)


def _first_words(text: str) -> str:
    """The name at the head of a licence's whole text."""
    found = re.match(r"[\w .,()-]{3,60}?[Ll]icen[sc]e", text)
    return found.group() if found else text[:_LONGEST]
