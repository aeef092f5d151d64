{#- What a column names is there. Holds for accounts that were read from their beginning, where both streams are synced. -#}
{% test stripe_reference(model, column_name, table, to, field) %}
{%- if var('stripe_from_the_beginning') and stripe_found(table) %}
select child.{{ stripe_quoted(column_name) }} as missing
from {{ model }} as child
left join {{ to }} as target on target.{{ stripe_quoted(field) }} = child.{{ stripe_quoted(column_name) }}
where child.{{ stripe_quoted(column_name) }} is not null and target.{{ stripe_quoted(field) }} is null
{%- else %}
select 1 as missing where 1 = 0
{%- endif %}
{% endtest %}
