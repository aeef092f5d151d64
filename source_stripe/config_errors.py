"""What is wrong with a configuration, in a sentence for each thing. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from source_stripe.credentials import API_KEY, OAUTH
from source_stripe.wording import nearest, quoted, shown


def no_key(options: Mapping[str, object]) -> str:
    """That there is nothing to be let in by."""
    near = nearest("client_secret", options)
    meant = f" (is that what {shown(near)} is meant for?)" if near else ""
    return f"client_secret is missing; it is the API key with which to read from Stripe{meant}."


def sentence(problem: Mapping[str, object]) -> str:
    """What is wrong, by an error of pydantic's."""
    location = problem["loc"]
    names = [str(part) for part in location] if isinstance(location, tuple) else []
    if names[:1] == ["credentials"]:
        del names[1:2]  # which of the alternatives it is
    name = ".".join(names) or "The configuration"
    instead = "" if names[:1] in (["client_secret"], ["credentials"]) else f", not {quoted(problem['input'])}"
    context = problem.get("ctx")
    limits = context if isinstance(context, Mapping) else {}
    match problem["type"]:
        case "missing":
            what = "is missing"
        case "union_tag_invalid" | "union_tag_not_found":
            what = f"must have {API_KEY} or {OAUTH} as its auth_type"
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
            part = len(names) > 1 and names[0] in LISTS
            what = KINDS["items" if part else kind] + ("" if kind == "model" else instead)
    return f"{names[0] if names and names[0] in LISTS else name} {what}."


LISTS = ("connected_accounts", "contexts")
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
