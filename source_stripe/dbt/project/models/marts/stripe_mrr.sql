{#- The monthly recurring revenue at the end of each month, and how it came to be, by currency. -#}
with movements as (
    select * from {{ ref('stripe_mrr_movements') }}
),

first_months as (
    select currency, min(month_utc) as first_month
    from movements
    group by currency
),

months as (
    select
        first_months.currency,
        cast({{ stripe_months_later('cast(first_months.first_month as ' ~ stripe_type('timestamp') ~ ')', 'numbers.n') }} as date) as month_utc
    from first_months
    cross join ({{ stripe_numbers() }}) as numbers
    where {{ stripe_months_later('cast(first_months.first_month as ' ~ stripe_type('timestamp') ~ ')', 'numbers.n') }} <= {{ stripe_as_of() }}
),

changed as (
    select
        months.month_utc,
        months.currency,
        {%- for name in ['new', 'expansion', 'reactivation', 'contraction', 'churn'] %}
        coalesce(sum(case when movements.movement = '{{ name }}' then movements.amount end), 0) as {{ name }},
        count(case when movements.movement = '{{ name }}' then 1 end) as {{ name }}_customers,
        {%- endfor %}
        coalesce(sum(movements.amount), 0) as change
    from months
    left join movements on movements.month_utc = months.month_utc and movements.currency = months.currency
    group by months.month_utc, months.currency
)

select
    month_utc,
    currency,
    sum(change) over (partition by currency order by month_utc rows unbounded preceding) - change as opening,
    new,
    expansion,
    reactivation,
    contraction,
    churn,
    sum(change) over (partition by currency order by month_utc rows unbounded preceding) as closing,
    sum(new_customers + reactivation_customers - churn_customers)
        over (partition by currency order by month_utc rows unbounded preceding) as customers,
    new_customers,
    reactivation_customers,
    churn_customers
from changed
