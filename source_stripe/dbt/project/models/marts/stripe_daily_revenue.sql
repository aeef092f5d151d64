{#- What came in on each day, by currency. What a category holds: https://docs.stripe.com/reports/reporting-categories. -#}
with movements as (
    select
        cast(created as date) as date_utc,
        currency,
        reporting_category as category,
        amount,
        fee
    from {{ ref('stg_stripe__balance_transactions') }}
)

select
    date_utc,
    currency,
    sum(case when category = 'charge' then amount else 0 end) as charges,
    sum(case when category in ('refund', 'refund_failure', 'partial_capture_reversal') then amount else 0 end) as refunds,
    sum(case when category in ('dispute', 'dispute_reversal') then amount else 0 end) as disputes,
    sum(case when category like 'platform_earning%' or category like 'application_fee%' then amount else 0 end) as platform_earnings,
    sum(fee) - sum(case when category = 'fee' then amount else 0 end) as fees,
    sum(
        case
            when category in ('charge', 'refund', 'refund_failure', 'partial_capture_reversal', 'dispute', 'dispute_reversal', 'fee')
                or category like 'platform_earning%' or category like 'application_fee%'
                then amount
            else 0
        end - fee
    ) as net_revenue,
    count(case when category = 'charge' then 1 end) as number_of_charges
from movements
group by date_utc, currency
