{#- How many customers, how much recurring revenue and how many subscriptions were lost in each month, by currency. -#}
with ended as (
    select
        cast({{ dbt.date_trunc('month', 'ended_at') }} as date) as month_utc,
        currency,
        count(*) as subscriptions_ended
    from {{ ref('stg_stripe__subscriptions') }}
    where ended_at is not null
    group by 1, 2
),

known as (
    select
        month_utc,
        currency,
        opening,
        churn,
        contraction,
        customers - new_customers - reactivation_customers + churn_customers as customers_at_start,
        churn_customers as customers_lost
    from {{ ref('stripe_mrr') }}
)

select
    coalesce(known.month_utc, ended.month_utc) as month_utc,
    coalesce(known.currency, ended.currency) as currency,
    coalesce(known.customers_at_start, 0) as customers_at_start,
    coalesce(known.customers_lost, 0) as customers_lost,
    case when known.customers_at_start > 0 then known.customers_lost * 1.0 / known.customers_at_start end as customer_churn_rate,
    coalesce(known.opening, 0) as mrr_at_start,
    -coalesce(known.churn, 0) as mrr_lost,
    -coalesce(known.contraction, 0) as mrr_contracted,
    case when known.opening > 0 then -known.churn * 1.0 / known.opening end as mrr_churn_rate,
    coalesce(ended.subscriptions_ended, 0) as subscriptions_ended
from known
full outer join ended on ended.month_utc = known.month_utc and ended.currency = known.currency
