{#- What each line of an invoice adds to the monthly recurring revenue, and from when until when.

    Invoices are the only history of a subscription that Stripe keeps: a line says which price was paid for which time. A
    proration pays for a part of an interval, or gives a part back; its amount is taken for the whole interval, and is the
    price where it differs from it by rounding only, so that what an upgrade gives back and what it charges come to the
    difference of the prices. Discounts are taken off. What is metered is left out, and what was canceled counts until it
    ended. -#}
with prices as (
    select
        id,
        {{ stripe_json_text('recurring', 'interval') }} as recurs,
        {{ stripe_json_value('recurring', 'interval_count', 'integer') }} as recurs_every,
        {{ stripe_json_text('recurring', 'usage_type') }} as usage_type,
        unit_amount,
        0 as place
    from {{ ref('stg_stripe__prices') }}
    where {{ stripe_json_text('recurring', 'interval') }} is not null
    union all
    {#- Prices made for one subscription are in no list, but in its items. #}
    select
        {{ stripe_json_text('price', 'id') }} as id,
        {{ stripe_json_text('price', 'recurring.interval') }} as recurs,
        {{ stripe_json_value('price', 'recurring.interval_count', 'integer') }} as recurs_every,
        {{ stripe_json_text('price', 'recurring.usage_type') }} as usage_type,
        {{ stripe_json_value('price', 'unit_amount', 'integer') }} as unit_amount,
        1 as place
    from {{ ref('stg_stripe__subscription_items') }}
    where {{ stripe_json_text('price', 'recurring.interval') }} is not null
),

recurring as (
    select *
    from (
        select *, row_number() over (partition by id order by place) as chosen
        from prices
    ) as ranked
    where chosen = 1
),

lines as (
    select
        line.id as line_id,
        line.invoice_id,
        invoice.customer,
        line.currency,
        coalesce(
            {{ stripe_json_text('line.parent', 'subscription_item_details.subscription') }},
            {{ stripe_json_text('line.parent', 'invoice_item_details.subscription') }}
        ) as subscription,
        {{ stripe_json_text('line.pricing', 'price_details.price') }} as price,
        coalesce(
            {{ stripe_json_value('line.parent', 'subscription_item_details.proration', 'boolean') }},
            {{ stripe_json_value('line.parent', 'invoice_item_details.proration', 'boolean') }},
            false
        ) as is_proration,
        line.quantity,
        line.amount - coalesce({{ stripe_json_sum('line.discount_amounts', '', 'amount') }}, 0) as amount,
        {{ stripe_json_value('line.period', 'start', 'timestamp') }} as starts_at,
        {{ stripe_json_value('line.period', 'end', 'timestamp') }} as ends_at
    from {{ ref('stg_stripe__invoice_line_items') }} as line
    inner join {{ ref('stg_stripe__invoices') }} as invoice on invoice.id = line.invoice_id
    {#- The invoice of a renewal is a draft for about an hour. #}
    where invoice.status in ('open', 'paid', 'uncollectible')
        or (invoice.status = 'draft' and invoice.billing_reason = 'subscription_cycle')
),

intervals as (
    select
        lines.*,
        case recurring.recurs
            when 'month' then recurring.recurs_every
            when 'year' then recurring.recurs_every * 12
            when 'week' then recurring.recurs_every * 84 / 365.0
            when 'day' then recurring.recurs_every * 12 / 365.0
        end as months,
        case when lines.amount < 0 then -1 else 1 end * recurring.unit_amount * lines.quantity as whole_price,
        case
            when not lines.is_proration then 1.0
            else
                1.0 * case
                    when recurring.recurs = 'day' then recurring.recurs_every * 86400
                    when recurring.recurs = 'week' then recurring.recurs_every * 604800
                    else
                        {{ stripe_epoch('lines.ends_at') }} - {{ stripe_epoch(stripe_months_later(
                            'lines.ends_at',
                            "case recurring.recurs when 'month' then -recurring.recurs_every when 'year' then -12 * recurring.recurs_every else 0 end"
                        )) }}
                end / ({{ stripe_epoch('lines.ends_at') }} - {{ stripe_epoch('lines.starts_at') }})
        end as parts_of_interval,
        case
            when subscription.ended_at < lines.ends_at then subscription.ended_at
            else lines.ends_at
        end as active_until
    from lines
    inner join recurring on recurring.id = lines.price and coalesce(recurring.usage_type, 'licensed') <> 'metered'
    left join {{ ref('stg_stripe__subscriptions') }} as subscription on subscription.id = lines.subscription
    where lines.subscription is not null and lines.ends_at > lines.starts_at
)

select
    line_id,
    invoice_id,
    customer,
    subscription,
    price,
    currency,
    starts_at as active_from,
    active_until,
    cast(round(
        case
            when abs(amount * parts_of_interval - whole_price) <= parts_of_interval then whole_price
            else amount * parts_of_interval
        end / months
    ) as {{ stripe_type('integer') }}) as mrr
from intervals
where active_until > starts_at
