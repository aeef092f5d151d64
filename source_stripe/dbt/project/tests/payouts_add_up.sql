{#- Of a payout whose transactions Stripe has put together, these come to its amount. -#}
select *
from {{ ref('stripe_payout_reconciliation') }}
where automatic and reconciliation_status = 'completed' and difference <> 0
    {{ 'and 1 = 0' if execute and not stripe_found('payout_balance_transactions') }}
