"""Keeps the tokens of an app in the file that the configuration came from, as a platform would."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from airbyte_cdk.models import AirbyteMessage

from source_stripe.airbyte.output import Announce
from source_stripe.commands.terminal import Terminal


def keeping(path: Path, terminal: Terminal) -> Announce:
    """Writes each configuration that the source sends into its file, whole or not at all."""

    def announce(message: AirbyteMessage) -> None:
        if not (message.control and message.control.connectorConfig):
            return
        try:
            _replace(path.resolve(), json.dumps(dict(message.control.connectorConfig.config), indent=2) + "\n")
        except OSError as error:
            terminal.warn(
                f"The next refresh token could not be written to {path} ({error.strerror}): the one that stands there "
                "is good no more. Authorize the app again before the next sync."
            )

    return announce


def _replace(path: Path, text: str) -> None:
    """As readable as the file was. Raises OSError."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o777)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
