{#- What moved from month to month comes to what the lines of the invoices say it is now. -#}
with moved as (
    select customer, currency, sum(amount) as mrr
    from {{ ref('stripe_mrr_movements') }}
    group by customer, currency
),

now as (
    select customer, currency, sum(mrr) as mrr
    from {{ ref('stripe_mrr_lines') }}
    where active_from < {{ stripe_as_of() }} and active_until >= {{ stripe_as_of() }}
    group by customer, currency
)

select moved.customer, moved.currency, moved.mrr, now.mrr as expected
from moved
left join now on now.customer = moved.customer and now.currency = moved.currency
where moved.mrr <> case when coalesce(now.mrr, 0) > 1 then now.mrr else 0 end
