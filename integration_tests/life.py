"""What merchants and their customers may do, a sentence each, of which histories are made."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from integration_tests.kinds import MORTAL, NAMED, OWNED, TOLD, TURNS, UNOWNED
from integration_tests.replica import Replica
from integration_tests.shortening import Step
from integration_tests.vocabulary import DAY, HOUR, Record

Which = st.integers(0, 5)
"""Which of the objects that there are, the newest being 0."""
VERSIONS = ("2020-08-27", "2024-06-20", "2025-03-31.basil", "2026-03-25.dahlia", "2026-10-28.endive")


def may_be(**words: Any) -> Callable[[Callable[..., None]], Any]:
    """A rule that writes down what it does. None needs another before it, so any can be left out of a history."""

    def sentence(does: Callable[..., None]) -> Any:
        @wraps(does)
        def told(self: Life, **given: Any) -> None:
            self.steps.append(Step(does.__name__, given))
            does(self, **given)

        written: Any = rule(**words)
        return written(told)

    return sentence


class Life(RuleBasedStateMachine):
    """An account and its replica; `may_be` marks what may happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.replica = Replica()
        self.account = self.replica.account
        self.lives = 0
        self.steps: list[Step] = []

    @may_be(kind=st.sampled_from((*UNOWNED, *OWNED)), under=Which)
    def something_is_created(self, kind: str, under: int) -> None:
        self._create(kind, under)

    @may_be(kind=st.sampled_from(TOLD), which=Which, note=st.sampled_from("abc"))
    def something_is_changed(self, kind: str, which: int, note: str) -> None:
        thing = self._unused(kind, which)
        self.account.update(thing["id"], object=kind, metadata={"note": note})

    @may_be(turn=st.sampled_from(TURNS), which=Which)
    def something_takes_its_course(self, turn: tuple[str, str, str], which: int) -> None:
        kind, before, after = turn
        self.account.update(self._some(kind, which, status=before)["id"], object=kind, status=after)

    @may_be(kind=st.sampled_from(sorted(MORTAL)), which=Which)
    def something_is_deleted(self, kind: str, which: int) -> None:
        self.account.delete(self._unused(kind, which, **MORTAL[kind])["id"], object=kind)

    @may_be(kind=st.sampled_from(NAMED), pause=st.sampled_from((0, 1, HOUR)))
    def something_named_is_deleted_and_made_again(self, kind: str, pause: int) -> None:
        name = f"SUMMER 50%/off {kind}"
        if not self._things(kind, id=name):
            self._create(kind, 0, id=name)
            self.account.advance(pause)
        if not self._is_used(name):
            self.account.delete(name, object=kind)
            self.account.advance(pause)
            self._create(kind, 0, id=name)

    @may_be()
    def a_customer_comes_with_everything(self) -> None:
        own = {"sources": 3, "payment_methods": 2, "tax_ids": 2, "balance_transactions": 2, "subscriptions": 1}
        self.account.create("customer", **own, cash_balance_transactions=2)

    @may_be(kind=st.sampled_from(("payment_method", "source")), which=Which)
    def something_is_detached(self, kind: str, which: int) -> None:
        attached = [thing for thing in self._things(kind) if thing["customer"]]
        if attached:
            self.account.update(attached[which % len(attached)]["id"], customer=None)

    @may_be(which=Which)
    def a_payment_method_is_made_and_then_attached(self, which: int) -> None:
        method = self.account.create("payment_method", customer=None)
        self.account.advance(1)
        self.account.update(method["id"], customer=self._some("customer", which)["id"])

    @may_be(which=Which, pause=st.sampled_from((0, 61, DAY)))
    def a_source_comes_to_a_customer_and_leaves(self, which: int, pause: int) -> None:
        source = self.account.create("source", status="chargeable", customer=None)
        self.account.advance(pause)
        self.account.update(source["id"], customer=self._some("customer", which)["id"])
        self.account.advance(pause)
        self.account.update(source["id"], customer=None)

    @may_be(of=st.sampled_from(("credit", "debit")), which=Which)
    def what_was_received_is_taken_back(self, of: str, which: int) -> None:
        whole = self._some(f"treasury.received_{of}", which)
        given = {f"received_{of}": whole["id"], "financial_account": whole["financial_account"]}
        if whole["linked_flows"][f"{of}_reversal"] is None:
            self.account.create(f"treasury.{of}_reversal", **given)

    @may_be(which=Which, status=st.sampled_from(("verified", "unverified")))
    def a_tax_id_is_looked_up(self, which: int, status: str) -> None:
        customers = [tax_id for tax_id in self._things("tax_id") if tax_id["customer"]]
        if customers:
            tax_id = customers[which % len(customers)]
            self.account.update(tax_id["id"], verification={**tax_id["verification"], "status": status})

    @may_be(sources=st.sampled_from((9, 10, 11)), tax_ids=st.sampled_from((0, 11)))
    def a_customer_has_more_than_are_shown(self, sources: int, tax_ids: int) -> None:
        customer = self.account.create("customer", sources=sources, tax_ids=tax_ids)
        self.account.create("source", customer=customer["id"])

    @may_be(which=Which, items=st.sampled_from((1, 2, 11)))
    def a_subscription_begins_with_items(self, which: int, items: int) -> None:
        self.account.create("subscription", customer=self._some("customer", which)["id"], items=items)

    @may_be(which=Which, item=st.integers(0, 9))
    def an_item_leaves_a_subscription(self, which: int, item: int) -> None:
        subscription = self._some("subscription", which, status="active")
        items = self.account.rows("/v1/subscription_items", subscription=subscription["id"])[:10]
        if len(items) > 1:
            self.account.delete(items[item % len(items)]["id"])

    @may_be(which=Which, quantity=st.integers(10, 12))
    def more_of_an_item_is_subscribed_to(self, which: int, quantity: int) -> None:
        subscription = self._some("subscription", which, status="active")
        items = self.account.rows("/v1/subscription_items", subscription=subscription["id"])
        if items:
            self.account.update(items[which % len(items)]["id"], quantity=quantity)

    @may_be(which=Which, lines=st.sampled_from((9, 10, 11, 25)), discounts=st.integers(0, 1))
    def a_long_invoice_is_drafted(self, which: int, lines: int, discounts: int) -> None:
        customer = self._some("customer", which)
        self.account.create("invoice", customer=customer["id"], lines=lines, discounts=discounts)

    @may_be(which=Which)
    def an_invoice_is_paid_in_part(self, which: int) -> None:
        invoice = self._some("invoice", which, status="open")
        self.account.create("invoice_payment", invoice=invoice["id"], status="paid")

    @may_be(which=Which, line=st.integers(0, 9))
    def a_line_leaves_a_draft(self, which: int, line: int) -> None:
        invoice = self._some("invoice", which, status="draft")
        lines = self.account.rows(f"/v1/invoices/{invoice['id']}/lines")[:10]
        if len(lines) > 1:
            self.account.delete(lines[line % len(lines)]["id"])

    @may_be(which=Which, items=st.sampled_from((1, 11)))
    def a_checkout_is_opened(self, which: int, items: int) -> None:
        self.account.create("checkout.session", customer=self._some("customer", which)["id"], line_items=items)

    @may_be(which=Which, status=st.sampled_from(("succeeded", "pending", "failed")))
    def a_charge_is_refunded(self, which: int, status: str) -> None:
        charge = self._some("charge", which, status="succeeded", refunded=False)
        self.account.create("refund", charge=charge["id"], status=status)

    @may_be(changes=st.integers(1, 30), seconds=st.sampled_from((0, HOUR, DAY)), luck=st.integers(0, 999))
    def life_goes_on(self, changes: int, seconds: int, luck: int) -> None:
        # From a seed of its own, so that it goes the same way when what came before is cut from a failing history.
        self.lives += 1
        self.account.rng.seed(luck * 100 + self.lives)
        self.account.live(seconds, changes, silent=False)

    @may_be(version=st.sampled_from(VERSIONS))
    def the_account_moves_to_another_version(self, version: str) -> None:
        self.account.api_version = version

    # What the sentences are made of.

    def _things(self, kind: str, **having: object) -> list[Record]:
        return [
            thing
            for thing in self.account.objects(kind)
            if all(thing.get(name) == value for name, value in having.items())
        ]

    def _some(self, kind: str, which: int, **having: Any) -> Record:
        """One of the things of a kind that are as said; made if there is none."""
        things = self._things(kind, **having)
        return things[which % len(things)] if things else self._create(kind, which, **having)

    def _create(self, kind: str, under: int, **fields: Any) -> Record:
        if kind in OWNED:
            field, owner, having = OWNED[kind]
            fields = {field: self._some(owner, under, **having)["id"], **fields}
        return self.account.create(kind, **fields)

    def _unused(self, kind: str, which: int, **having: Any) -> Record:
        """One that stands in no other object in full: a change of such a one is told of nowhere."""
        things = [thing for thing in self._things(kind, **having) if not self._is_used(thing["id"])]
        return things[which % len(things)] if things else self._create(kind, which, **having)

    def _is_used(self, id: str) -> bool:
        return any(
            part["price"]["id"] == id for kind in ("subscription_item", "item") for part in self.account.objects(kind)
        )
