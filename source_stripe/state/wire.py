"""States as JSON, as they stand in a message: `dump` writes one, `load_position` and `load_memory` read it. Pure.

A stream that follows changes is `{"updated": 1760000000}`, one whose backfill still runs `{"listing": ...}`. What it
remembers beside that stands in further fields. Every field is explained in docs/states.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from source_stripe.account import ID, Account
from source_stripe.state.known import KnownChildren, read_known
from source_stripe.state.memory import Maturity, Memory, by_day
from source_stripe.state.position import Backfill, Incremental, PartlyOut, State
from source_stripe.windows import FOREVER, Wanted, Window, merge

NOTHING_KEPT = {"__ab_no_cursor_state_message": True}
"""The state of a full refresh, which leaves nothing to a later sync, in the words of the Airbyte CDK."""
MEMBERS = "members"
"""Where the states of its members stand in that of a union."""


def dump(state: State, memory: Memory, known: KnownChildren, cursor: str) -> dict[str, object]:
    """A position and a memory as the `stream_state` of a protocol message; `cursor` is the stream's cursor field."""
    return dump_position(state, cursor) | dump_memory(memory, known)


def of_member(blob: Mapping[str, object], number: int) -> Mapping[str, object]:
    """What a state says of one member; one that is not by member says the same of all. Raises ValueError."""
    if MEMBERS not in blob:
        return blob
    members = blob[MEMBERS]
    said = members.get(str(number), {}) if isinstance(members, Mapping) else None
    if not isinstance(said, Mapping):
        raise ValueError(f"its {MEMBERS!r} are not states")
    return said


def dump_position(state: State, cursor: str) -> dict[str, object]:
    """The fields with the position: that of the cursor, or `listing`."""
    match state:
        case Incremental(since, done, partly):
            return {cursor: since} | _windows("done", done) | _partly(partly)
        case Backfill(whole, then, done, stamp, places):
            blob: dict[str, object] = {"whole": list(whole)} | _windows("done", done)
            if then != Incremental(whole.end):
                blob |= {"since": then.since} | _windows("followed", then.done)
            if stamp is not None:
                blob["stamp"] = stamp
            if places:
                blob["places"] = [
                    [
                        *place.window,
                        place.after_id,
                        place.created,
                        place.filter_index,
                        *([place.filter] if place.filter else ()),
                    ]
                    for place in places
                ]
            return {"listing": blob}


LISTING_FIELDS = frozenset({"whole", "done", "since", "followed", "stamp", "places"})


def load_position(blob: Mapping[str, object], cursor: str) -> State | None:
    """The position that `dump` wrote; None for a state of another make. Raises ValueError for a damaged one."""
    if "listing" in blob:
        listing = blob["listing"]
        if not isinstance(listing, Mapping):
            raise ValueError("its listing is not an object")
        if unknown := sorted(listing.keys() - LISTING_FIELDS):
            # What a misspelt field says would be read again without a word.
            raise ValueError(f"its listing holds {', '.join(map(str, unknown))}, which is none of its fields")
        whole = _window(listing.get("whole"))
        then = Incremental(_second(listing.get("since", whole.end)), _read_windows(listing.get("followed", ())))
        stamp = listing.get("stamp")
        done = _read_windows(listing.get("done", ()))
        places = tuple(_place(item) for item in _list(listing.get("places", ())))
        # States of 0.1 hold places of lists that are one answer, which end with time itself.
        places = tuple(place for place in places if place.window.end <= whole.end)
        return Backfill(whole, then, done, None if stamp is None else _second(stamp), places).settled
    if isinstance(blob.get(cursor), int) and set(blob) <= {cursor, "done", "partly"} | FIELDS:
        partly = tuple(_read_partly(item) for item in _list(blob.get("partly", ())))
        return Incremental(_second(blob[cursor]), _read_windows(blob.get("done", ())), partly)
    return None


def _windows(name: str, windows: tuple[Window, ...]) -> dict[str, object]:
    return {name: [list(window) for window in windows]} if windows else {}


def _partly(partly: Sequence[PartlyOut]) -> dict[str, object]:
    return {"partly": [_windows("windows", one.windows) | _stretches(one) for one in partly]} if partly else {}


def _stretches(partly: PartlyOut) -> dict[str, object]:
    created = {route: [list(window) for window in windows] for route, windows in partly.created.items()}
    return {"created": created}


def _read_partly(value: object) -> PartlyOut:
    match value:
        case {"windows": windows, "created": Mapping() as created}:
            stretches = {str(route): _read_windows(stretch) for route, stretch in created.items()}
            return PartlyOut(_read_windows(windows), stretches)
    raise ValueError(f"{value!r} is not a window of which a part is out")


def _read_windows(value: object) -> tuple[Window, ...]:
    return merge(_window(item) for item in _list(value))


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"{value!r} is not a list of windows")
    return value


def _place(value: object) -> Wanted:
    match value:
        case [start, int(end), str(place), int(created), int(filter_index), *rest] if (
            filter_index >= 0 and end <= FOREVER
        ):
            match rest:
                case []:
                    return Wanted(Window(_second(start), end), place, created, filter_index)
                case [str(filter)]:
                    return Wanted(Window(_second(start), end), place, created, filter_index, filter)
    raise ValueError(f"{value!r} is not a place [start, end, id, created, number of the filter, filter]")


def _window(value: object) -> Window:
    match value:
        case [int(start), int(end)]:
            return Window(_second(start), _second(end))
        case _:
            raise ValueError(f"{value!r} is not a window [start, end] of whole seconds")


def _second(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < FOREVER:
        raise ValueError(f"{value!r} is not a time in Unix seconds")
    return value


def dump_memory(memory: Memory, known: KnownChildren | None = None) -> dict[str, object]:
    """The memory as further fields of a state on the wire; nothing where nothing is remembered."""
    blob: dict[str, object] = {}
    if memory.since is not None:
        blob["recent"] = {"since": memory.since, "ids": dict(memory.recent)}
    if memory.pending:
        blob["pending"] = [[one.first, one.last, *one.span] for one in by_day(memory.pending)]
    if known:
        blob["known"] = known.written()
    if memory.fingerprints:
        blob["prints"] = dict(memory.fingerprints)
    if memory.start is not None:
        blob["start"] = memory.start
    if memory.account.id:
        blob["account"] = memory.account.id
    if memory.account.live is not None:
        blob["livemode"] = memory.account.live
    return blob


FIELDS = frozenset({"recent", "pending", "known", "prints", "start", "account", "livemode"})


def load_memory(blob: Mapping[str, object]) -> Memory:
    """The memory that `dump` wrote. Raises ValueError with the reason where it is damaged."""
    recent, start, account, live = _object(blob, "recent"), blob.get("start"), blob.get("account"), blob.get("livemode")
    since = recent.get("since")
    if (
        not isinstance(since, int | None)
        or not isinstance(start, int | None)
        or not isinstance(account, str | None)
        or not isinstance(live, bool | None)
    ):
        raise ValueError("what it remembers beside its position is damaged")
    return Memory(
        since,
        dict(_times(_object(recent, "ids"))),
        by_day(_maturities(blob.get("pending", []))),
        read_known(blob.get("known", {})),
        {key: str(shape) for key, shape in _object(blob, "prints").items()},
        start,
        # What else was configured for an account by mistake, such as a key, is not carried on.
        Account(account if account and ID.fullmatch(account) else "", live),
    )


def _object(blob: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = blob.get(name, {})
    if not isinstance(value, Mapping):
        raise ValueError(f"its {name!r} is not an object")
    return value


def _times(ids: Mapping[str, object]) -> Iterator[tuple[str, int]]:
    for key, at in ids.items():
        if not isinstance(at, int):
            raise ValueError(f"{at!r} is not a time in Unix seconds")
        yield key, at


def _maturities(value: object) -> Iterator[Maturity]:
    if not isinstance(value, list | tuple):
        raise ValueError("its 'pending' is not a list")
    for item in value:
        match item:
            case [int(first), int(last), int(start), int(end)]:
                yield Maturity(first, last, Window(start, end))
            case _:
                raise ValueError(f"{item!r} is not what is pending [first, last, start, end]")
