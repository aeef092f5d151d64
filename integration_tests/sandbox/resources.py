"""The objects of an account, a row each: id, owner, and the events that tell of their coming, changing and going."""

from __future__ import annotations

from collections.abc import Mapping

from .facts import Json
from .resource import Resource, Turn, plain, turns

_ADDRESS = {"city": "Dublin", "country": "IE", "line1": "1 Grand Canal Street", "line2": None, "postal_code": "D02"}

_ROWS = (
    Resource("account", "acct_", changed=("account.updated",)),
    Resource("file_link", "link_"),
    Resource("shipping_rate", "shr_"),
    Resource("balance_transaction", "txn_"),
    Resource(
        "customer",
        "cus_",
        ("customer.created",),
        ("customer.updated",),
        ("customer.deleted",),
        stub=True,
        plain=plain("discount shipping", address=_ADDRESS | {"state": None}),
    ),
    *(
        Resource(
            name,
            prefix,
            ("customer.source.created",),
            ("customer.source.updated",),
            ("customer.source.deleted",),
            owner="customer",
            owner_field="customer",
            shelf="source",
            stamp=None,
        )
        for name, prefix in (("bank_account", "ba_"), ("card", "card_"))
    ),
    Resource("customer_balance_transaction", "cbtxn_", owner="customer", owner_field="customer"),
    Resource(
        "payment_method",
        "pm_",
        (),
        ("payment_method.updated",),
        turns=(
            Turn("customer", None, ("payment_method.detached",)),
            Turn("customer", ..., ("payment_method.attached",)),
        ),
        owner="customer",
        owner_field="customer",
        alone=True,
    ),
    Resource(
        "charge",
        "ch_",
        (),
        ("charge.updated",),
        turns=turns("status", succeeded="charge.succeeded", failed="charge.failed", pending="charge.pending"),
        owner="customer",
        owner_field="customer",
        alone=True,
        plain=plain("shipping source transfer_data outcome", captured=True),
    ),
    Resource(
        "refund",
        "re_",
        ("refund.created",),
        ("refund.updated", "charge.refund.updated"),
        turns=turns("status", failed="refund.failed refund.updated charge.refund.updated"),
        owner="charge",
        owner_field="charge",
    ),
    Resource(
        "checkout.session",
        "cs_test_",
        turns=turns("status", complete="checkout.session.completed", expired="checkout.session.expired"),
        owner="customer",
        owner_field="customer",
        alone=True,
        plain=plain(
            "shipping_cost total_details currency_conversion payment_intent invoice_creation "
            "collected_information payment_method_configuration_details"
        ),
    ),
    Resource("item", "li_", owner="checkout.session", stamp=None, plain=plain("adjustable_quantity")),
    Resource(
        "coupon",
        "",
        ("coupon.created",),
        ("coupon.updated",),
        ("coupon.deleted",),
        plain=plain("redeem_by currency duration_in_months", duration="once"),
    ),
    Resource(
        "dispute",
        "du_",
        ("charge.dispute.created",),
        ("charge.dispute.updated",),
        turns=turns(
            "status", won="charge.dispute.closed", lost="charge.dispute.closed", warning_closed="charge.dispute.closed"
        ),
        owner="charge",
        owner_field="charge",
    ),
    Resource(
        "discount",
        "di_",
        ("customer.discount.created",),
        ("customer.discount.updated",),
        ("customer.discount.deleted",),
        owner="customer",
        owner_field="customer",
        stamp=None,
        plain=plain("end"),
    ),
    Resource("event", "evt_"),
    Resource(
        "invoiceitem",
        "ii_",
        ("invoiceitem.created",),
        (),
        ("invoiceitem.deleted",),
        owner="customer",
        owner_field="customer",
        stamp="date",
        plain=plain("parent", quantity_decimal="1"),
    ),
    Resource(
        "invoice",
        "in_",
        ("invoice.created",),
        ("invoice.updated",),
        ("invoice.deleted",),
        turns=turns(
            "status",
            open="invoice.finalized invoice.updated",
            paid="invoice.paid invoice.payment_succeeded invoice.updated",
            void="invoice.voided invoice.updated",
            uncollectible="invoice.marked_uncollectible invoice.updated",
        ),
        owner="customer",
        owner_field="customer",
        plain=plain(
            "parent shipping_cost shipping_details customer_shipping from_invoice "
            "last_finalization_error due_date effective_at next_payment_attempt "
            "webhooks_delivered_at customer_address",
            amount_overpaid=0,
        ),
    ),
    Resource(
        "line_item",
        "il_",
        owner="invoice",
        owner_field="invoice",
        stamp=None,
        plain=plain("parent", quantity_decimal="1"),
    ),
    Resource(
        "payment_intent",
        "pi_",
        ("payment_intent.created",),
        turns=turns(
            "status",
            succeeded="payment_intent.succeeded",
            canceled="payment_intent.canceled",
            processing="payment_intent.processing",
            requires_action="payment_intent.requires_action",
            requires_payment_method="payment_intent.payment_failed",
            requires_capture="payment_intent.amount_capturable_updated",
        ),
        owner="customer",
        owner_field="customer",
        alone=True,
        plain=plain(
            "canceled_at last_payment_error next_action processing shipping transfer_data "
            "payment_method_configuration_details"
        ),
    ),
    Resource(
        "payout",
        "po_",
        ("payout.created",),
        ("payout.updated",),
        turns=turns(
            "status",
            paid="payout.paid payout.updated",
            failed="payout.failed payout.updated",
            canceled="payout.canceled payout.updated",
        ),
        plain=plain("trace_id"),
    ),
    Resource("plan", "price_", ("plan.created",), ("plan.updated",), ("plan.deleted",), plain=plain("transform_usage")),
    Resource(
        "product",
        "prod_",
        ("product.created",),
        ("product.updated",),
        ("product.deleted",),
        plain=plain("default_price package_dimensions", type="service"),
    ),
    Resource(
        "promotion_code",
        "promo_",
        ("promotion_code.created",),
        ("promotion_code.updated",),
        plain=plain("expires_at", active=True),
    ),
    Resource(
        "price",
        "price_",
        ("price.created",),
        ("price.updated",),
        ("price.deleted",),
        plain=plain("transform_quantity custom_unit_amount"),
    ),
    Resource(
        "subscription",
        "sub_",
        ("customer.subscription.created",),
        ("customer.subscription.updated",),
        turns=turns(
            "status",
            canceled="customer.subscription.deleted",
            paused="customer.subscription.paused customer.subscription.updated",
        ),
        owner="customer",
        owner_field="customer",
        plain=plain(
            "billing_cycle_anchor_config cancel_at canceled_at ended_at billing_thresholds "
            "billing_schedules next_pending_invoice_item_invoice pause_collection "
            "pending_invoice_item_interval pending_update transfer_data trial_end trial_start "
            "trial_settings payment_settings",
            cancel_at_period_end=False,
        ),
    ),
    Resource(
        "subscription_item",
        "si_",
        owner="subscription",
        owner_field="subscription",
        plain=plain("billing_thresholds"),
    ),
    Resource("transfer", "tr_", ("transfer.created",), ("transfer.updated",)),
    Resource("transfer_reversal", "trr_", owner="transfer", owner_field="transfer"),
    Resource(
        "setup_intent",
        "seti_",
        ("setup_intent.created",),
        turns=turns(
            "status",
            succeeded="setup_intent.succeeded",
            canceled="setup_intent.canceled",
            requires_action="setup_intent.requires_action",
        ),
        owner="customer",
        owner_field="customer",
        alone=True,
        plain=plain("last_setup_error next_action payment_method_configuration_details"),
    ),
    Resource("setup_attempt", "setatt_", owner="setup_intent", owner_field="setup_intent", plain=plain("setup_error")),
    Resource("application_fee", "fee_", ("application_fee.created",)),
    Resource(
        "fee_refund", "fr_", changed=("application_fee.refund.updated",), owner="application_fee", owner_field="fee"
    ),
    Resource("country_spec", "", stamp=None),
    Resource("exchange_rate", "", stamp=None),
    Resource("tax_code", "txcd_", stamp=None),
    Resource("climate.product", "climsku_", ("climate.product.created",), ("climate.product.pricing_updated",)),
    Resource("climate.supplier", "climsup_", stamp=None),
    Resource("file", "file_", ("file.created",)),
    Resource(
        "credit_note",
        "cn_",
        ("credit_note.created",),
        ("credit_note.updated",),
        turns=turns("status", void="credit_note.voided credit_note.updated"),
        owner="invoice",
        owner_field="invoice",
        plain=plain("voided_at", status="issued"),
    ),
    Resource("credit_note_line_item", "cnli_", owner="credit_note", stamp=None),
    Resource(
        "identity.verification_session",
        "vs_",
        ("identity.verification_session.created",),
        turns=turns(
            "status",
            processing="identity.verification_session.processing",
            verified="identity.verification_session.verified",
            canceled="identity.verification_session.canceled",
        ),
        plain=plain("last_error last_verification_report", status="requires_input"),
    ),
    Resource("identity.verification_report", "vr_"),
    Resource(
        "treasury.financial_account",
        "fa_",
        ("treasury.financial_account.created",),
        turns=turns("status", closed="treasury.financial_account.closed"),
        plain=plain(status="open"),
    ),
    Resource("issuing.card", "ic_", ("issuing_card.created",), ("issuing_card.updated",)),
    Resource("issuing.authorization", "iauth_", ("issuing_authorization.created",), ("issuing_authorization.updated",)),
    Resource("tax_rate", "txr_", ("tax_rate.created",), ("tax_rate.updated",)),
    Resource(
        "topup",
        "tu_",
        ("topup.created",),
        turns=turns("status", succeeded="topup.succeeded", failed="topup.failed", canceled="topup.canceled"),
        plain=plain("source", status="pending"),
    ),
    Resource(
        "subscription_schedule",
        "sub_sched_",
        ("subscription_schedule.created",),
        ("subscription_schedule.updated",),
        turns=turns(
            "status",
            canceled="subscription_schedule.canceled",
            released="subscription_schedule.released",
            completed="subscription_schedule.completed",
        ),
        owner="customer",
        owner_field="customer",
        plain=plain("canceled_at completed_at released_at", status="not_started"),
    ),
    Resource(
        "radar.early_fraud_warning",
        "issfr_",
        ("radar.early_fraud_warning.created",),
        ("radar.early_fraud_warning.updated",),
        owner="charge",
        owner_field="charge",
    ),
    Resource(
        "review",
        "prv_",
        ("review.opened",),
        turns=(Turn("open", False, ("review.closed",)),),
        owner="charge",
        owner_field="charge",
        plain=plain("closed_reason", open=True, reason="rule"),
    ),
    Resource("issuing.cardholder", "ich_", ("issuing_cardholder.created",), ("issuing_cardholder.updated",)),
    Resource("issuing.transaction", "ipi_", ("issuing_transaction.created",), ("issuing_transaction.updated",)),
    Resource(
        "issuing.dispute",
        "idp_",
        ("issuing_dispute.created",),
        ("issuing_dispute.updated",),
        turns=turns(
            "status",
            submitted="issuing_dispute.submitted issuing_dispute.updated",
            won="issuing_dispute.closed issuing_dispute.updated",
            lost="issuing_dispute.closed issuing_dispute.updated",
        ),
    ),
)

RESOURCES: Mapping[str, Resource] = {row.object: row for row in _ROWS}
TEMPLATES: Mapping[str, Json] = {row.object: row.template for row in _ROWS}
