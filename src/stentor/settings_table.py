"""The table of settings, as `stentor settings` prints it and docs/SETTINGS.md has it. Pure."""

from dataclasses import dataclass

from pydantic.fields import FieldInfo

from stentor.config import Settings


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One line of the table."""

    name: str
    unit: str
    default: str
    bounds: str
    why: str
    toml_default: str


def table() -> list[SettingRow]:
    """Every setting, in the order of the source."""
    return [_row(name, field) for name, field in Settings.model_fields.items()]


def _row(name: str, field: FieldInfo) -> SettingRow:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    edges = {type(m).__name__: m for m in field.metadata}
    low, high = edges.get("Ge"), edges.get("Le")
    bounds = "…".join(str(getattr(e, a)) if e else "" for e, a in ((low, "ge"), (high, "le")))
    empty = field.default in (None, "", ())
    return SettingRow(
        name=name,
        unit=str(extra.get("unit", "")),
        default="(empty)" if empty else str(field.default),
        bounds="" if bounds == "…" else bounds,
        why=str(field.description),
        toml_default=_as_toml(field.default),
    )


def _as_toml(value: object) -> str:
    if isinstance(value, bool | int | float):
        return str(value).lower()
    return "[]" if isinstance(value, tuple) else f'"{value or ""}"'
