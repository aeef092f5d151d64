"""What is wrong with a configuration, in sentences: from what pydantic finds. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from source_stripe.wording import nearest, quoted, shown


def sentence(problem: Mapping[str, object], options: Mapping[str, object]) -> str:
    """About one problem; `options` are those that were given."""
    location = problem["loc"]
    path = location if isinstance(location, tuple) else ()
    name = str(path[0]) if path else "The configuration"
    instead = "" if name == "client_secret" else f", not {quoted(problem['input'])}"
    context = problem.get("ctx")
    limits = context if isinstance(context, Mapping) else {}
    match problem["type"]:
        case "missing":
            near = nearest(name, options)
            meant = f" (is that what {shown(near)} is meant for?)" if near else ""
            what = f"is missing; it is the API key with which to read from Stripe{meant}"
        case "value_error":
            what = str(limits["error"])
        case "greater_than_equal":
            what = f"must be at least {limits['ge']}{instead}"
        case "greater_than":
            what = f"must be more than {limits['gt']:g}{instead}"
        case "less_than_equal":
            what = f"must be at most {limits['le']:g}{instead}"
        case "literal_error":
            what = f"must be {limits['expected']}{instead}"
        case _:
            kind = str(problem["type"]).partition("_")[0]
            what = KINDS["items" if len(path) > 1 else kind] + ("" if kind == "model" else instead)
    return f"{name} {what}."


KINDS = {
    "bool": "must be true or false",
    "float": "must be a number",
    "int": "must be a whole number",
    "items": "must be a list of texts",
    "list": "must be a list",
    "model": "must be a JSON object",
    "string": "must be a text",
}
"""What an option must be, by the first word of pydantic's name of the problem."""
