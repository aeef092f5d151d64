"""Which children are remembered is bounded, keeps those of the newest parents, and survives the wire in few bytes."""

from __future__ import annotations

import json
import random
import string
from base64 import b85decode, b85encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_stripe.state import known as module
from source_stripe.state.known import MOST_READABLE, KnownChildren, read_known
from source_stripe.state.memory import MemoryDelta
from source_stripe.windows import DAY, Window

T = 1_790_000_000
LETTERS = string.digits + string.ascii_letters


def like_stripes(count: int, seed: int = 1) -> list[tuple[str, str, int]]:
    """Customers and cards, a new one every hour, with ids made as Stripe's are: `card_`, a digit, the time in six
    letters, sixteen letters in common to all of an account, eight at random; a customer's id is random."""
    luck = random.Random(seed)

    def some(count: int) -> str:
        return "".join(luck.choices(LETTERS, k=count))

    def stamp(second: int) -> str:
        return "".join(LETTERS[second // 62**place % 62] for place in range(5, -1, -1))

    return [
        (f"cus_{some(14)}", f"card_1{stamp(at)}2eZvKYlo2C{some(8)}", at) for at in range(T - 3_600 * count, T, 3_600)
    ]


def knowing(families: list[tuple[str, str, int]]) -> KnownChildren:
    known = KnownChildren()
    for parent, child, born in families:
        known.add(parent, child, born)
    return known


def children_of(known: KnownChildren) -> dict[str, set[str]]:
    return {parent: set(family.children) for parent, family in read_known(known.written()).items()}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("add", "add", "add", "discard", "forget")),
        st.sampled_from(["cus_1", "cus_2", "cüs_3", "a"]),
        st.sampled_from(["card_1", "card_22", "src_1/x", "ü"]),
    )
)


@given(steps=STEPS, most_readable=st.sampled_from((0, 2, MOST_READABLE)))
def test_what_is_known_is_what_was_learnt_and_survives_the_wire(
    steps: list[tuple[str, str, str]], most_readable: int
) -> None:
    expected: dict[str, set[str]] = {}
    known, delta = KnownChildren(), MemoryDelta(Window(0, T))
    for what, parent, child in steps:
        match what:
            case "forget":
                delta.forgotten.add(parent)
                expected.pop(parent, None)
            case _:
                delta.knows(parent, child, T, alive=what == "add")
                family = expected.setdefault(parent, set())
                (family.add if what == "add" else family.discard)(child)
        known.learn(delta)
        assert not delta
    expected = {parent: children for parent, children in expected.items() if children}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST_READABLE", most_readable)
        text = json.dumps(known.written())
        read = read_known(json.loads(text))
        assert {parent: set(family.children) for parent, family in read.items()} == expected
        assert json.dumps(KnownChildren(read).written()) == text
    assert bool(known) is bool(expected)


def test_a_few_are_named_one_by_one_and_many_are_packed() -> None:
    few, many = like_stripes(MOST_READABLE), like_stripes(MOST_READABLE + 1)
    assert knowing(few).written() == {parent: [child] for parent, child, _ in few}
    assert isinstance(knowing(many).written(), str)
    assert children_of(knowing(many)) == {parent: {child} for parent, child, _ in many}


def test_an_earlier_form_that_names_many_one_by_one_is_read() -> None:
    many = like_stripes(2_000)
    read = KnownChildren(read_known({parent: [child] for parent, child, _ in many}))
    assert children_of(read) == {parent: {child} for parent, child, _ in many}


def test_a_packed_child_takes_a_third_of_what_its_ids_have() -> None:
    many = like_stripes(20_000)
    assert len(knowing(many).written()) / len(many) < 22 < sum(len(p) + len(c) for p, c, _ in many) / len(many) / 2


@pytest.mark.parametrize("order", ["oldest first", "newest first", "at random"])
def test_the_children_of_the_newest_parents_are_kept_whatever_their_order(
    order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_KNOWN", 500)
    families = like_stripes(2_000)
    newest = {parent: {child} for parent, child, _ in families[-500:]}
    if order != "oldest first":
        random.Random(3).shuffle(families) if order == "at random" else families.reverse()
    full: list[int] = []
    known = KnownChildren(on_full=lambda: full.append(1))
    for parent, child, born in families:
        known.add(parent, child, born)
    assert children_of(known) == newest
    assert full == [1]


def test_a_family_is_known_as_a_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KNOWN", 10)
    known = KnownChildren()
    for number in range(7):
        for child in range(3):
            known.add(f"cus_{number}", f"card_{number}_{child}", T + number * DAY)
    known.add("cus_0", "card_late", T)
    assert {parent: len(children) for parent, children in children_of(known).items()} == {
        "cus_4": 3,
        "cus_5": 3,
        "cus_6": 3,
    }


def test_the_age_of_parents_survives_the_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    families = like_stripes(2_000)
    read = read_known(knowing(families[::-1]).written())
    monkeypatch.setattr(module, "MOST_KNOWN", 1_000)
    known = KnownChildren(read)
    known.add("cus_new", "card_new", T)
    old = {parent for parent, _, _ in families[:900]}
    assert not old & children_of(known).keys()
    assert "cus_new" in known


@given(at=st.integers(0, 10_000), byte=st.integers(1, 255))
def test_a_damaged_string_is_refused_or_read_and_never_breaks(at: int, byte: int) -> None:
    packed = bytearray(b85decode(str(knowing(like_stripes(400)).written())))
    packed[at % len(packed)] ^= byte
    try:
        read_known(b85encode(bytes(packed)).decode())
    except ValueError as error:
        assert "known" in str(error)  # noqa: PT017
