"""A platform that gets tokens for its user as a specification says, and stores the configurations that a source sends.

The templates are those of Airbyte's declarative OAuth: `{{client_id_key}}={{client_id_value}}`,
`{{ {{redirect_uri_value}} | urlEncoder }}`.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from airbyte_cdk.models import AirbyteMessage, AirbyteMessageSerializer, OrchestratorType, Type

from integration_tests.sandbox import Sandbox, StripeApp

Json = dict[str, Any]
STATE = "a state that nobody guesses"
_VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")
_FILTERED = re.compile(r"{{\s*(.+?)\s*\|\s*(urlEncoder|base64Encoder)\s*}}")
_FILTERS = {
    "urlEncoder": lambda text: quote(text, safe=""),
    "base64Encoder": lambda text: b64encode(text.encode()).decode(),
}


def filled(template: str, values: Mapping[str, str]) -> str:
    """A template with its variables, inner ones first."""
    text = _VARIABLE.sub(lambda found: values[found[1]], template)
    return _FILTERED.sub(lambda found: _FILTERS[found[2]](found[1]), text)


def consented(spec: Json, stripe: Sandbox, app: StripeApp) -> Json:
    """The configuration that the flow ends with, as the specification `advanced_auth` says."""
    flow = spec["advanced_auth"]["oauth_config_specification"]
    asked = flow["oauth_connector_input_specification"]
    names = ("client_id", "client_secret", "redirect_uri", "state", "auth_code")
    keys = {f"{name}_key": asked.get(f"{name}_key") or name.removeprefix("auth_") for name in names}
    server = {"client_id": app.client_id, "client_secret": app.secret}
    values = keys | {f"{name}_value": value for name, value in server.items()}
    values |= {"redirect_uri_value": app.redirect_uri, "state_value": quote(STATE)}
    session = stripe.session()
    sent = session.get(filled(asked["consent_url"], values), allow_redirects=False).headers["Location"]
    back = {name: value[0] for name, value in parse_qs(urlsplit(sent).query).items()}
    assert back["state"] == STATE
    values["auth_code_value"] = back[keys["auth_code_key"]]
    headers = {name: filled(value, values) for name, value in (asked.get("access_token_headers") or {}).items()}
    answer = session.post(filled(asked["access_token_url"], values), headers=headers)
    assert answer.status_code == 200, answer.text
    got = {name: answer.json()[name] for name in asked["extract_output"]}
    config: Json = {"credentials": {"auth_type": spec["advanced_auth"]["predicate_value"]}}
    for part, what in (("complete_oauth_output", got), ("complete_oauth_server_output", server)):
        for name, field in flow[f"{part}_specification"]["properties"].items():
            *path, last = field["path_in_connector_config"]
            place = config
            for step in path:
                place = place.setdefault(step, {})
            place[last] = what[name]
    return config


def stored(lines: Iterable[str]) -> list[Json]:
    """The configurations that a source sends, by its lines. Each must be a message as the protocol has it."""
    sent = []
    for line in lines:
        raw = json.loads(line)
        if raw["type"] == "CONTROL":
            sent.append(of(AirbyteMessageSerializer.load(raw)))
            assert set(raw) == {"type", "control"}
            assert set(raw["control"]) == {"type", "emitted_at", "connectorConfig"}
    return sent


def of(message: AirbyteMessage) -> Json:
    assert message.type is Type.CONTROL
    control = message.control
    assert control is not None
    assert control.type is OrchestratorType.CONNECTOR_CONFIG
    # In milliseconds.
    assert control.emitted_at > 1_500_000_000_000
    assert control.connectorConfig is not None
    config: Json = control.connectorConfig.config
    return json.loads(json.dumps(config))  # type: ignore[no-any-return]
