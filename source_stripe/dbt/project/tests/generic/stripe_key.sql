{#- No two rows of a table have the same key, and none lacks a part of it. Where one connection reads many accounts, two of
    them may have rows of the same key. Asks nothing of a stream that is not synced. -#}
{% test stripe_key(model, table, key) %}
{%- set found = stripe_found(table) %}
{%- set whose = ['account_id'] if 'account_id' in found and 'account_id' not in key else [] %}
{%- if found %}
select {% for name in whose + key %}{{ found[name].sql }}, {% endfor %}count(*) as copies
from {{ model }}
group by {% for name in whose + key %}{{ found[name].sql }}{{ ', ' if not loop.last }}{% endfor %}
having count(*) > 1{% for name in key %} or {{ found[name].sql }} is null{% endfor %}
{%- else %}
select 1 as copies where 1 = 0
{%- endif %}
{% endtest %}
