"""Whether a lock is closed: it pins all that its packages need, once, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import Distribution

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tools.environment import Pin, normal
from tools.locks import Place


def open_ends(
    pinned: Sequence[Pin], roots: Sequence[Requirement], found: Mapping[str, Distribution], where: Iterable[Place]
) -> list[str]:
    """What an installer would have to choose for itself or could not install, and pins that nothing needs.

    What a package needs is read from the distributions found, by name. One whose pin does not apply where this runs is
    not among them, and may need whatever else is pinned.
    """
    ends: dict[str, None] = {}
    for place in where:
        applying, markers = dict[str, Pin](), place.markers()
        for pin in pinned:
            if not pin.marker or Marker(pin.marker).evaluate(markers):
                if pin.name in applying:
                    ends[f"{place}: {pin.name} is pinned twice"] = None
                applying[pin.name] = pin
        ends |= dict.fromkeys(f"{place}: {end}" for end in _followed(applying, roots, found, place))
    return list(ends)


def _followed(
    applying: Mapping[str, Pin],
    roots: Iterable[Requirement],
    found: Mapping[str, Distribution],
    place: Place,
) -> Iterator[str]:
    """Follows the requirements from the roots, with their extras."""
    seen, needed, markers = set[tuple[str, str]](), set[str](), place.markers()
    waiting = [(root, "pyproject.toml") for root in roots if _asked(root, markers)]
    while waiting:
        wanted, by = waiting.pop()
        name = normal(wanted.name)
        needed.add(name)
        pin = applying.get(name)
        if pin is None or not wanted.specifier.contains(pin.version, prereleases=True):
            yield f"{by} needs {str(wanted).partition(';')[0]}, which is {pin.version if pin else 'not pinned'}"
            continue
        distribution = found.get(name)
        if not distribution or distribution.version != pin.version:
            needed |= set(applying)
            continue
        for extra in {"", *wanted.extras} - {extra for one, extra in seen if one == name}:
            seen.add((name, extra))
            waiting += [
                (one, name) for one in map(Requirement, distribution.requires or ()) if _asked(one, markers, extra)
            ]
    for name, pin in applying.items():
        distribution = found.get(name)
        if distribution and distribution.version == pin.version:
            supported = ",".join(distribution.metadata.get_all("Requires-Python") or ())
            # The newest release of that Python, as far as a package may exclude the first ones.
            if not SpecifierSet(supported).contains(f"{place.python}.99"):
                yield f"{name} {pin.version} is for Python {supported}"
    yield from (f"nothing needs {name}" for name in sorted(set(applying) - needed))


def _asked(wanted: Requirement, markers: Mapping[str, str], extra: str = "") -> bool:
    return wanted.marker is None or wanted.marker.evaluate({**markers, "extra": extra})
