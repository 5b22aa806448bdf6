"""How a setting is written down: default, unit, reason, bounds. See `config.py`."""

from typing import Any

from pydantic import Field


def setting(default: Any, unit: str, why: str, **bounds: Any) -> Any:
    return Field(default=default, description=why, json_schema_extra={"unit": unit}, **bounds)
