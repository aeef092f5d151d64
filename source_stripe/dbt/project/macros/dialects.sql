{#- How each warehouse says it. DuckDB and Postgres are tested; BigQuery and Snowflake are written from their manuals.
    A path is written as in `a.b[0].c`; its parts are Stripe's names, so that they need no escaping. -#}

{% macro stripe_quoted(name) %}{{ return(adapter.dispatch('stripe_quoted', 'stripe')(name)) }}{% endmacro %}
{% macro default__stripe_quoted(name) %}{{ return(adapter.quote(name)) }}{% endmacro %}
{% macro snowflake__stripe_quoted(name) %}{{ return(adapter.quote(name | upper)) }}{% endmacro %}

{#- The SQL type of a kind of column. -#}
{% macro stripe_type(kind) %}{{ return(adapter.dispatch('stripe_type', 'stripe')(kind)) }}{% endmacro %}
{% macro default__stripe_type(kind) -%}
  {{ return({'text': 'varchar', 'integer': 'bigint', 'number': 'double', 'boolean': 'boolean',
             'timestamp': 'timestamp', 'json': 'json'}[kind]) }}
{%- endmacro %}
{% macro postgres__stripe_type(kind) -%}
  {{ return({'text': 'text', 'integer': 'bigint', 'number': 'double precision', 'boolean': 'boolean',
             'timestamp': 'timestamp', 'json': 'jsonb'}[kind]) }}
{%- endmacro %}
{% macro bigquery__stripe_type(kind) -%}
  {{ return({'text': 'string', 'integer': 'int64', 'number': 'float64', 'boolean': 'bool',
             'timestamp': 'timestamp', 'json': 'json'}[kind]) }}
{%- endmacro %}
{% macro snowflake__stripe_type(kind) -%}
  {{ return({'text': 'varchar', 'integer': 'number(38, 0)', 'number': 'double', 'boolean': 'boolean',
             'timestamp': 'timestamp_ntz', 'json': 'variant'}[kind]) }}
{%- endmacro %}

{#- A column as JSON; `type` is what it is in the table, where the destination may have kept it as text. -#}
{% macro stripe_as_json(column, type) %}{{ return(adapter.dispatch('stripe_as_json', 'stripe')(column, type)) }}{% endmacro %}
{% macro default__stripe_as_json(column, type) %}{{ return('cast(' ~ column ~ ' as ' ~ stripe_type('json') ~ ')') }}{% endmacro %}
{% macro bigquery__stripe_as_json(column, type) -%}
  {{ return('parse_json(' ~ column ~ ')' if type == 'string' else column if type == 'json' else 'to_json(' ~ column ~ ')') }}
{%- endmacro %}
{% macro snowflake__stripe_as_json(column, type) -%}
  {{ return('parse_json(' ~ column ~ ')' if 'char' in type or 'text' in type else 'to_variant(' ~ column ~ ')') }}
{%- endmacro %}

{#- A path as JSONPath, and as the list of its parts. -#}
{% macro stripe_json_path(path) %}{{ return('$' ~ path if path.startswith('[') else '$.' ~ path) }}{% endmacro %}
{% macro stripe_path_parts(path) %}{{ return((path | replace('[', ',') | replace(']', '') | replace('.', ',')).lstrip(',')) }}{% endmacro %}

{#- What is at a path of a JSON column, as text; null where there is nothing. -#}
{% macro stripe_json_text(column, path) %}{{ return(adapter.dispatch('stripe_json_text', 'stripe')(column, path)) }}{% endmacro %}
{% macro default__stripe_json_text(column, path) %}{{ return('json_extract_string(' ~ column ~ ", '" ~ stripe_json_path(path) ~ "')") }}{% endmacro %}
{% macro postgres__stripe_json_text(column, path) -%}
  {{ return('(' ~ column ~ " #>> '{" ~ stripe_path_parts(path) ~ "}')") }}
{%- endmacro %}
{% macro bigquery__stripe_json_text(column, path) %}{{ return('json_value(' ~ column ~ ", '" ~ stripe_json_path(path) ~ "')") }}{% endmacro %}
{% macro snowflake__stripe_json_text(column, path) %}{{ return('get_path(' ~ column ~ ", '" ~ path ~ "')::varchar") }}{% endmacro %}

{#- The same as a value of another kind. -#}
{% macro stripe_json_value(column, path, kind) -%}
  {%- if kind == 'json' -%}
    {{ return(stripe_json(column, path)) }}
  {%- elif kind == 'text' -%}
    {{ return(stripe_json_text(column, path)) }}
  {%- elif kind == 'timestamp' -%}
    {{ return(stripe_seconds('cast(' ~ stripe_json_text(column, path) ~ ' as ' ~ stripe_type('integer') ~ ')')) }}
  {%- else -%}
    {{ return('cast(' ~ stripe_json_text(column, path) ~ ' as ' ~ stripe_type(kind) ~ ')') }}
  {%- endif -%}
{%- endmacro %}

{#- What is at a path of a JSON column, as JSON. -#}
{% macro stripe_json(column, path) %}{{ return(adapter.dispatch('stripe_json', 'stripe')(column, path)) }}{% endmacro %}
{% macro default__stripe_json(column, path) %}{{ return('json_extract(' ~ column ~ ", '" ~ stripe_json_path(path) ~ "')") }}{% endmacro %}
{% macro postgres__stripe_json(column, path) -%}
  {{ return('(' ~ column ~ " #> '{" ~ stripe_path_parts(path) ~ "}')") }}
{%- endmacro %}
{% macro bigquery__stripe_json(column, path) %}{{ return('json_query(' ~ column ~ ", '" ~ stripe_json_path(path) ~ "')") }}{% endmacro %}
{% macro snowflake__stripe_json(column, path) %}{{ return('get_path(' ~ column ~ ", '" ~ path ~ "')") }}{% endmacro %}

{#- For a `from`: a row for each element of a JSON array, which is then `{{ '<alias>.value' }}`. No row where there is no array. -#}
{% macro stripe_elements(array, alias) %}{{ return(adapter.dispatch('stripe_elements', 'stripe')(array, alias)) }}{% endmacro %}
{% macro default__stripe_elements(array, alias) -%}
  {{ return('cross join unnest(cast(' ~ array ~ ' as json[])) as ' ~ alias ~ '(value)') }}
{%- endmacro %}
{% macro postgres__stripe_elements(array, alias) -%}
  {{ return("cross join lateral jsonb_array_elements(case when jsonb_typeof(" ~ array ~ ") = 'array' then " ~ array
            ~ " else '[]' end) as " ~ alias ~ '(value)') }}
{%- endmacro %}
{% macro bigquery__stripe_elements(array, alias) -%}
  {{ return('cross join unnest(array(select as struct each as value from unnest(json_query_array(' ~ array
            ~ ')) as each)) as ' ~ alias) }}
{%- endmacro %}
{% macro snowflake__stripe_elements(array, alias) %}{{ return('cross join lateral flatten(input => ' ~ array ~ ') as ' ~ alias) }}{% endmacro %}

{#- The sum of one number in each element of a JSON array, or in those only whose `field` is a text; 0 without any. -#}
{% macro stripe_json_sum(column, path, inner, field='', text='') -%}
  {%- set array = stripe_json(column, path) if path else column -%}
  {%- set number = 'cast(' ~ stripe_json_text('element.value', inner) ~ ' as ' ~ stripe_type('integer') ~ ')' -%}
  {%- if field -%}
    {%- set number = 'case when ' ~ stripe_json_text('element.value', field) ~ " = '" ~ text ~ "' then " ~ number ~ ' end' -%}
  {%- endif -%}
  {{ return(adapter.dispatch('stripe_json_sum', 'stripe')(array, number)) }}
{%- endmacro %}
{% macro default__stripe_json_sum(array, number) -%}
  {{ return("(select cast(coalesce(sum(" ~ number ~ "), 0) as bigint) from unnest(cast(" ~ array ~ " as json[])) as element(value))") }}
{%- endmacro %}
{% macro postgres__stripe_json_sum(array, number) -%}
  {{ return("(select coalesce(sum(" ~ number ~ "), 0)::bigint from jsonb_array_elements(case when jsonb_typeof(" ~ array
            ~ ") = 'array' then " ~ array ~ " else '[]' end) as element(value))") }}
{%- endmacro %}
{% macro bigquery__stripe_json_sum(array, number) -%}
  {{ return('(select coalesce(sum(' ~ number | replace('element.value', 'element') ~ '), 0) from unnest(json_query_array('
            ~ array ~ ')) as element)') }}
{%- endmacro %}
{#- Snowflake takes no subquery that depends on a row here; `reduce` does without. -#}
{% macro snowflake__stripe_json_sum(array, number) -%}
  {{ return('coalesce(reduce(' ~ array ~ '::array, 0, (total, element) -> total + coalesce('
            ~ number | replace('element.value', 'element') ~ ', 0)), 0)') }}
{%- endmacro %}

{#- Unix seconds as a timestamp in UTC. -#}
{% macro stripe_seconds(number) %}{{ return(adapter.dispatch('stripe_seconds', 'stripe')(number)) }}{% endmacro %}
{% macro default__stripe_seconds(number) %}{{ return('make_timestamp(cast(' ~ number ~ ' as bigint) * 1000000)') }}{% endmacro %}
{% macro postgres__stripe_seconds(number) %}{{ return('(to_timestamp(' ~ number ~ ") at time zone 'UTC')") }}{% endmacro %}
{% macro bigquery__stripe_seconds(number) %}{{ return('timestamp_seconds(cast(' ~ number ~ ' as int64))') }}{% endmacro %}
{% macro snowflake__stripe_seconds(number) %}{{ return('to_timestamp_ntz(cast(' ~ number ~ ' as number))') }}{% endmacro %}

{#- A timestamp as Unix seconds, for differences. -#}
{% macro stripe_epoch(timestamp) %}{{ return(adapter.dispatch('stripe_epoch', 'stripe')(timestamp)) }}{% endmacro %}
{% macro default__stripe_epoch(timestamp) %}{{ return('epoch(' ~ timestamp ~ ')') }}{% endmacro %}
{% macro postgres__stripe_epoch(timestamp) %}{{ return('extract(epoch from ' ~ timestamp ~ ')') }}{% endmacro %}
{% macro bigquery__stripe_epoch(timestamp) %}{{ return('unix_seconds(' ~ timestamp ~ ')') }}{% endmacro %}
{% macro snowflake__stripe_epoch(timestamp) %}{{ return('date_part(epoch_second, ' ~ timestamp ~ ')') }}{% endmacro %}

{#- A column that may have a time zone as a timestamp in UTC; `type` is what it is in the table. -#}
{% macro stripe_in_utc(column, type) %}{{ return(adapter.dispatch('stripe_in_utc', 'stripe')(column, type)) }}{% endmacro %}
{% macro default__stripe_in_utc(column, type) -%}
  {{ return('(' ~ column ~ " at time zone 'UTC')" if 'with time zone' in type else 'cast(' ~ column ~ ' as timestamp)') }}
{%- endmacro %}
{% macro bigquery__stripe_in_utc(column, type) %}{{ return('cast(' ~ column ~ ' as timestamp)') }}{% endmacro %}
{% macro snowflake__stripe_in_utc(column, type) -%}
  {{ return("convert_timezone('UTC', " ~ column ~ ')::timestamp_ntz' if 'tz' in type and 'ntz' not in type else column) }}
{%- endmacro %}

{#- A timestamp moved by whole months; where a month is too short, to its last day. -#}
{% macro stripe_months_later(timestamp, months) %}{{ return(adapter.dispatch('stripe_months_later', 'stripe')(timestamp, months)) }}{% endmacro %}
{% macro default__stripe_months_later(timestamp, months) %}{{ return('(' ~ timestamp ~ ' + to_months(cast(' ~ months ~ ' as integer)))') }}{% endmacro %}
{% macro postgres__stripe_months_later(timestamp, months) %}{{ return('(' ~ timestamp ~ ' + make_interval(months => cast(' ~ months ~ ' as integer)))') }}{% endmacro %}
{% macro bigquery__stripe_months_later(timestamp, months) -%}
  {{ return('timestamp(datetime_add(datetime(' ~ timestamp ~ '), interval cast(' ~ months ~ ' as int64) month))') }}
{%- endmacro %}
{% macro snowflake__stripe_months_later(timestamp, months) %}{{ return('dateadd(month, ' ~ months ~ ', ' ~ timestamp ~ ')') }}{% endmacro %}
