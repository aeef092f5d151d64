{#- The parts of every fee come to it. -#}
with parts as (
    select balance_transaction_id, sum(amount) as amount
    from {{ ref('stg_stripe__balance_transaction_fee_details') }}
    group by balance_transaction_id
)

select movement.id, movement.fee, parts.amount
from {{ ref('stg_stripe__balance_transactions') }} as movement
left join parts on parts.balance_transaction_id = movement.id
where movement.fee <> coalesce(parts.amount, 0)
    {{ 'and 1 = 0' if execute and not stripe_found('balance_transaction_fee_details') }}
