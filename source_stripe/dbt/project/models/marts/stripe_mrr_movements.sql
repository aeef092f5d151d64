{#- What changed in each customer's monthly recurring revenue from the end of one month to the end of the next; of the
    current month, up to now. -#}
with first_months as (
    select
        customer,
        currency,
        {{ dbt.date_trunc('month', 'min(active_from)') }} as first_month
    from {{ ref('stripe_mrr_lines') }}
    group by customer, currency
),

months as (
    select
        first_months.customer,
        first_months.currency,
        {{ stripe_months_later('first_months.first_month', 'numbers.n') }} as month_start,
        {{ stripe_months_later('first_months.first_month', 'numbers.n + 1') }} as next_month
    from first_months
    cross join ({{ stripe_numbers() }}) as numbers
    where {{ stripe_months_later('first_months.first_month', 'numbers.n') }} <= {{ stripe_as_of() }}
),

ends as (
    select
        customer,
        currency,
        month_start,
        case when next_month > {{ stripe_as_of() }} then {{ stripe_as_of() }} else next_month end as measured_at
    from months
),

measured as (
    select
        ends.customer,
        ends.currency,
        ends.month_start,
        {#- A sum may come out a unit off zero where prorations were rounded. #}
        case when coalesce(sum(line.mrr), 0) > 1 then sum(line.mrr) else 0 end as mrr
    from ends
    left join {{ ref('stripe_mrr_lines') }} as line
        on line.customer = ends.customer
        and line.currency = ends.currency
        and line.active_from < ends.measured_at
        and line.active_until >= ends.measured_at
    group by ends.customer, ends.currency, ends.month_start
),

compared as (
    select
        customer,
        currency,
        month_start,
        mrr,
        coalesce(lag(mrr) over (partition by customer, currency order by month_start), 0) as before,
        coalesce(
            max(mrr) over (
                partition by customer, currency order by month_start rows between unbounded preceding and 1 preceding
            ), 0
        ) as highest_before
    from measured
)

select
    cast(month_start as date) as month_utc,
    customer,
    currency,
    case
        when before = 0 and highest_before = 0 then 'new'
        when before = 0 then 'reactivation'
        when mrr = 0 then 'churn'
        when mrr > before then 'expansion'
        else 'contraction'
    end as movement,
    cast(mrr - before as {{ stripe_type('integer') }}) as amount,
    cast(before as {{ stripe_type('integer') }}) as mrr_before,
    cast(mrr as {{ stripe_type('integer') }}) as mrr_after
from compared
where mrr <> before
