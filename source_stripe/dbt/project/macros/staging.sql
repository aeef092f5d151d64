{#- The columns that a table of the syncs has now, by name: what they are. Nothing if the stream is not synced. -#}
{% macro stripe_found(table) -%}
  {%- set found, there = {}, source('stripe', table) -%}
  {%- if execute -%}
    {%- set relation = load_relation(there) -%}
    {%- if relation is not none -%}
      {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do found.update({column.name | lower: {'sql': adapter.quote(column.name), 'type': column.dtype | lower}}) -%}
      {%- endfor -%}
    {%- endif -%}
  {%- endif -%}
  {{ return(found) }}
{%- endmacro %}

{#- A column as its kind, whichever form the destination gave it; null where the table lacks it. -#}
{% macro stripe_cast(column, kind) -%}
  {%- if column is none -%}
    {{ return('cast(null as ' ~ stripe_type(kind) ~ ')') }}
  {%- elif kind == 'json' -%}
    {{ return(stripe_as_json(column.sql, column.type)) }}
  {%- elif kind == 'timestamp' and ('time' in column.type or 'date' in column.type) -%}
    {{ return(stripe_in_utc(column.sql, column.type)) }}
  {%- elif kind == 'timestamp' -%}
    {{ return(stripe_seconds(column.sql)) }}
  {%- else -%}
    {{ return('cast(' ~ column.sql ~ ' as ' ~ stripe_type(kind) ~ ')') }}
  {%- endif -%}
{%- endmacro %}

{#- A staging view: the columns of a table in their kinds, without the rows that Stripe no longer has. `kept` tells those
    that are marked as deleted and still exist. Of a stream that is not synced, a view without rows. -#}
{% macro stripe_staged(table, columns, kept='') -%}
  {%- set found = stripe_found(table) -%}
  {%- set relation = source('stripe', table) -%}
  with typed as (
      select
      {%- for name, kind in columns %}
          {{ stripe_cast(found.get(name), kind) }} as {{ stripe_quoted(name) }}{{ ',' if not loop.last }}
      {%- endfor %}
      {%- if found %}
      from {{ relation }}
      {%- endif %}
  )

  select *
  from typed
  {%- if not found %}
  where 1 = 0
  {%- elif 'is_deleted' in found %}
  where not coalesce(is_deleted, false){{ ' or ' ~ kept if kept }}
  {%- endif %}
{%- endmacro %}

{#- An amount in the smallest unit of its currency, as Stripe gives it, in the currency's own unit:
    https://docs.stripe.com/currencies#minor-units. -#}
{% macro stripe_major_units(amount, currency) -%}
  (cast({{ amount }} as {{ dbt.type_numeric() }}) / case
      when {{ currency }} in ('bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'vnd', 'vuv', 'xaf', 'xof', 'xpf') then 1
      when {{ currency }} in ('bhd', 'iqd', 'jod', 'kwd', 'lyd', 'omr', 'tnd') then 1000
      else 100
  end)
{%- endmacro %}

{#- Up to when months are counted. -#}
{% macro stripe_as_of() -%}
  {%- if var('stripe_as_of', '') -%}
    cast('{{ var("stripe_as_of") }}' as {{ stripe_type('timestamp') }})
  {%- elif target.type == 'bigquery' -%}
    current_timestamp()
  {%- elif target.type == 'snowflake' -%}
    sysdate()
  {%- else -%}
    cast(current_timestamp at time zone 'UTC' as timestamp)
  {%- endif -%}
{%- endmacro %}

{#- A query of the whole numbers from 0 to 399 as `n`: more months than Stripe is old. -#}
{% macro stripe_numbers() -%}
  select 100 * hundreds.n + 10 * tens.n + ones.n as n
  from ({% for n in range(4) %}select {{ n }} as n{{ ' union all ' if not loop.last }}{% endfor %}) as hundreds
  cross join ({% for n in range(10) %}select {{ n }} as n{{ ' union all ' if not loop.last }}{% endfor %}) as tens
  cross join ({% for n in range(10) %}select {{ n }} as n{{ ' union all ' if not loop.last }}{% endfor %}) as ones
{%- endmacro %}
