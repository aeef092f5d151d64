{#- Each payout beside what it paid out. Stripe knows that of automatic payouts only:
    https://docs.stripe.com/reports/payout-reconciliation. -#}
with paid_out as (
    select
        movement.payout_id,
        count(*) as transactions,
        sum(case when movement.reporting_category = 'charge' then movement.amount else 0 end) as charges,
        sum(case when movement.reporting_category in ('refund', 'refund_failure') then movement.amount else 0 end) as refunds,
        sum(case when movement.reporting_category in ('dispute', 'dispute_reversal') then movement.amount else 0 end) as disputes,
        sum(movement.fee) - sum(case when movement.reporting_category = 'fee' then movement.amount else 0 end) as fees,
        sum(movement.net) as net
    from {{ ref('stg_stripe__payout_balance_transactions') }} as movement
    {#- The payout itself is one of its transactions, and so is its failure. #}
    where movement.source is null or movement.source <> movement.payout_id
    group by movement.payout_id
)

select
    payout.id as payout_id,
    payout.currency,
    payout.status,
    payout.automatic,
    payout.reconciliation_status,
    payout.created,
    payout.arrival_date,
    payout.amount,
    coalesce(paid_out.transactions, 0) as transactions,
    coalesce(paid_out.charges, 0) as charges,
    coalesce(paid_out.refunds, 0) as refunds,
    coalesce(paid_out.disputes, 0) as disputes,
    coalesce(paid_out.fees, 0) as fees,
    coalesce(paid_out.net - paid_out.charges - paid_out.refunds - paid_out.disputes + paid_out.fees, 0) as other,
    case when payout.automatic then payout.amount - coalesce(paid_out.net, 0) end as difference
from {{ ref('stg_stripe__payouts') }} as payout
left join paid_out on paid_out.payout_id = payout.id
