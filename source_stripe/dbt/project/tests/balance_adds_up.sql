{#- The proof of a whole replica: the balance transactions of all time come to the balance that Stripe shows, by currency.

    `available` and `pending` are the balance of payments, those of Issuing and of prefunded refunds are beside it; a
    transaction says which one it is of: https://docs.stripe.com/api/balance/balance_object. The balance is read as it is
    at that moment, the transactions up to a minute before the sync began: what moved in between is a difference here, so
    that an account where money moves every minute wants `stripe_balance_severity: warn`. -#}
{{ config(severity=var('stripe_balance_severity', 'error')) }}
{%- set parts = [
    ('payments', 'available', ''), ('payments', 'pending', ''), ('issuing', 'issuing', 'available'),
    ('refunds_and_disputes_prefunding', 'refund_and_dispute_prefunding', 'available'),
    ('refunds_and_disputes_prefunding', 'refund_and_dispute_prefunding', 'pending'),
] %}
with shown as (
    {%- for balance, column, path in parts %}
    select
        '{{ balance }}' as balance,
        {{ stripe_json_text('part.value', 'currency') }} as currency,
        {{ stripe_json_value('part.value', 'amount', 'integer') }} as amount
    from {{ ref('stg_stripe__balance') }} as whole
    {{ stripe_elements(stripe_json('whole.' ~ column, path) if path else 'whole.' ~ column, 'part') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

moved as (
    select coalesce(balance_type, 'payments') as balance, currency, net as amount
    from {{ ref('stg_stripe__balance_transactions') }}
),

compared as (
    select balance, currency, sum(shown) as shown, sum(moved) as moved
    from (
        select balance, currency, amount as shown, 0 as moved from shown
        union all
        select balance, currency, 0 as shown, amount as moved from moved
    ) as both_sides
    group by balance, currency
)

select balance, currency, shown, moved
from compared
where shown <> moved
    {#- What is put aside as a reserve against risk is in no balance that Stripe shows. #}
    and balance <> 'risk_reserved'
    and {{ 'exists (select 1 from ' ~ ref('stg_stripe__balance') ~ ')' }}
    {{ 'and 1 = 0' if not var('stripe_from_the_beginning') or (execute and not stripe_found('balance_transactions')) }}
