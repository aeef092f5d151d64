{#- What was paid in fees, by month, currency and kind: those taken out of a payment, and those charged by themselves. -#}
with taken as (
    select
        movement.created,
        movement.currency,
        detail.type as fee_type,
        movement.reporting_category as taken_from,
        detail.amount
    from {{ ref('stg_stripe__balance_transaction_fee_details') }} as detail
    inner join {{ ref('stg_stripe__balance_transactions') }} as movement on movement.id = detail.balance_transaction_id
),

charged as (
    select
        created,
        currency,
        type as fee_type,
        'fee' as taken_from,
        -amount as amount
    from {{ ref('stg_stripe__balance_transactions') }}
    where reporting_category = 'fee'
),

every_fee as (
    select * from taken
    union all
    select * from charged
)

select
    cast({{ dbt.date_trunc('month', 'created') }} as date) as month_utc,
    currency,
    fee_type,
    taken_from,
    sum(amount) as fees,
    count(*) as number_of_fees
from every_fee
group by 1, 2, 3, 4
