"""Reads the authorities' policy files: typed, and refused whole if anything in them is wrong.

One TOML file per authority, named by its GSS code, beside ``hub.toml``, which holds what applies
wherever a file says nothing: a whole key of ``[windows]``, ``[office_hours]``, ``[relay]``,
``bank_holidays``, and each key of a rule's table. Sources of ``hub.toml`` are joined by all.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    model_validator,
)

from hub.core.clock import Hours, Opening
from hub.core.identifiers import GssCode
from hub.core.plan_standing import DisplayWindows
from hub.core.policy import (
    FEED_AGE_MAX_DEFAULT,
    REGISTER_AGE_MAX_DEFAULT,
    SCHOOL_AGE_MAX_DEFAULT,
    LocalAuthorityPolicy,
    PhoneEntry,
    PhoneHours,
    Policies,
    RuleMode,
    RuleSetting,
    Source,
)
from hub.core.report import Feed
from hub.core.rule import Rule, RuleParameters
from hub.core.rules import RULES
from hub.errors import ConfigurationError, InvalidIdentifier

HUB_FILE = "hub.toml"
_HOUR = timedelta(hours=1)


def load_policies(directory: Path) -> Policies:
    """Answer the policies in a directory.

    Raises:
        ConfigurationError: a file is missing or wrong; the sentence names file, key and what was
            expected. No file is taken if any is wrong.
    """
    if not (directory / HUB_FILE).is_file():
        raise ConfigurationError(f"{HUB_FILE} was expected in the directory of policy files.")
    hub_table = _read(directory / HUB_FILE)
    hub = _policy(directory / HUB_FILE, hub_table, {})
    paths = sorted(path for path in directory.glob("*.toml") if path.name != HUB_FILE)
    authorities = [_policy(path, _read(path), hub_table) for path in paths]
    version = _digest([hub.version, *(policy.version for policy in authorities)])
    return Policies(
        hub=hub,
        authorities={one.authority: one for one in authorities if one.authority},
        version=f"{hub.version.split('+')[0]}+{version}",
    )


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


_FORCE = re.compile(r"POL[0-9]{2}")
_Words = Annotated[str, Field(min_length=1, max_length=120)]
_PhoneNumber = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ]{4,18}[0-9]$")]


class _Relay(_Table):
    label: _Words
    number: _PhoneNumber


class _Phone(_Relay):
    hours: Annotated[PhoneHours, Field(strict=False)]


class _Opening(_Table):
    opens: time
    closes: time


class _OfficeHours(_Table):
    monday: _Opening | None = None
    tuesday: _Opening | None = None
    wednesday: _Opening | None = None
    thursday: _Opening | None = None
    friday: _Opening | None = None
    saturday: _Opening | None = None
    sunday: _Opening | None = None


class _Windows(_Table):
    ended_plan_days: Annotated[int, Field(ge=0, le=3660)]
    unborn_days: Annotated[int, Field(ge=0, le=366)]
    seen_days: Annotated[int, Field(ge=1, le=3660)]
    this_visit_hours: Annotated[int, Field(ge=0, le=72)]


class _Source(_Table):
    agency: Annotated[str, Field(pattern=r"^[0-9A-Z]{3,12}$")]
    feed: Annotated[Feed, Field(strict=False)]
    name: _Words
    live_from: AwareDatetime
    maximum_age_hours: Annotated[int, Field(ge=1, le=24 * 31)] | None = None

    @model_validator(mode="after")
    def _a_force_has_the_code_of_one(self) -> "_Source":
        if (self.feed is Feed.POLICE) is not bool(_FORCE.fullmatch(self.agency)):
            raise ValueError("POL and two digits is a force's code, and only on the feed police")
        return self


class _PolicyFile(_Table):
    authority: str | None = None
    name: _Words
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.-]{1,40}$")]
    phones: Annotated[list[_Phone], Field(min_length=1, max_length=20)]
    relay: _Relay
    office_hours: _OfficeHours
    bank_holidays: list[date]
    windows: _Windows
    sources: list[_Source]
    rules: dict[str, dict[str, Any]]

    @model_validator(mode="after")
    def _somebody_always_answers(self) -> "_PolicyFile":
        hours = {phone.hours for phone in self.phones}
        both = {PhoneHours.OFFICE, PhoneHours.OUT_OF_HOURS} <= hours
        if PhoneHours.ALWAYS not in hours and not both:
            raise ValueError("phones must cover every hour: one always, or office and out_of_hours")
        agencies = [source.agency for source in self.sources]
        if len(set(agencies)) != len(agencies):
            raise ValueError("an agency may be named once only among the sources")
        return self


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path.name}: TOML was expected: {error}.") from None


def _policy(path: Path, own: dict[str, Any], defaults: dict[str, Any]) -> LocalAuthorityPolicy:
    table = _merged(own, defaults)
    told = _checked(path, _PolicyFile, table)
    authority = _authority(path, told.authority, needed=bool(defaults))
    return LocalAuthorityPolicy(
        authority=authority,
        name=told.name,
        version=f"{told.version}+{_digest(table)}",
        sources={one.agency: _source(one) for one in told.sources},
        phones=tuple(PhoneEntry(**phone.model_dump()) for phone in told.phones),
        relay=PhoneEntry(**told.relay.model_dump(), hours=PhoneHours.ALWAYS),
        office_hours=_hours(path, told.office_hours),
        bank_holidays=frozenset(told.bank_holidays),
        windows=DisplayWindows(
            ended_plan_days=told.windows.ended_plan_days, unborn_days=told.windows.unborn_days
        ),
        seen_days=told.windows.seen_days,
        this_visit_hours=told.windows.this_visit_hours,
        rules={name: _rule_setting(path, name, table) for name, table in told.rules.items()},
    )


def _merged(own: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """Answer the file's table with the hub's where it is silent; keys that are unknown stay."""
    table = {name: value for name, value in defaults.items() if name not in _OF_ITS_OWN} | own
    for name in ("windows", "rules"):
        if isinstance(own.get(name), dict) and isinstance(defaults.get(name), dict):
            table[name] = _overlaid(defaults[name], own[name])
    ours, theirs = own.get("sources", []), defaults.get("sources", [])
    if isinstance(ours, list) and isinstance(theirs, list):
        named = {source.get("agency") for source in ours if isinstance(source, dict)}
        table["sources"] = [*(one for one in theirs if one.get("agency") not in named), *ours]
    return table


_OF_ITS_OWN = frozenset({"authority", "name", "version", "phones"})
"""What no authority takes from the hub: above all, whom to ring."""


def _overlaid(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    overlaid = dict(below)
    for name, value in above.items():
        inner = below.get(name)
        both = isinstance(value, dict) and isinstance(inner, dict)
        overlaid[name] = {**inner, **value} if both and inner is not None else value
    return overlaid


def _authority(path: Path, code: str | None, *, needed: bool) -> GssCode | None:
    if not needed:
        if code is not None:
            raise ConfigurationError(f"{path.name}: authority: none was expected in {HUB_FILE}.")
        return None
    try:
        authority = GssCode(code or "")
    except InvalidIdentifier as error:
        raise ConfigurationError(f"{path.name}: authority: {error}") from None
    if path.stem != code:
        raise ConfigurationError(f"{path.name}: authority: the file must be named {code}.toml.")
    return authority


def _source(told: _Source) -> Source:
    usual = _USUAL_AGE.get(told.feed, FEED_AGE_MAX_DEFAULT)
    return Source(
        agency=told.agency,
        feed=told.feed,
        name=told.name,
        live_from=told.live_from,
        maximum_age=told.maximum_age_hours * _HOUR if told.maximum_age_hours else usual,
    )


_USUAL_AGE = {
    Feed.SOCIAL_CARE: REGISTER_AGE_MAX_DEFAULT,
    Feed.SCHOOLS: SCHOOL_AGE_MAX_DEFAULT,
}


def _hours(path: Path, told: _OfficeHours) -> Hours:
    try:
        openings = tuple(
            Opening(opens=day.opens, closes=day.closes) if day else None
            for day in (getattr(told, name) for name in _OfficeHours.model_fields)
        )
    except ValueError as error:
        raise ConfigurationError(f"{path.name}: office_hours: {error}") from None
    return Hours(by_weekday=openings)


def _rule_setting(path: Path, name: str, table: Mapping[str, Any]) -> RuleSetting:
    rule = next((rule for rule in RULES if rule.name == name), None)
    if rule is None:
        known = ", ".join(one.name for one in RULES)
        raise ConfigurationError(f"{path.name}: rules.{name}: no such rule; there are: {known}.")
    told = _checked(path, _rule_table(rule), dict(table), within=f"rules.{name}.")
    numbers = {one: getattr(told, one) for one in rule.numbers()}
    try:
        parameters: RuleParameters = rule.parameters(**numbers)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path.name}: rules.{name}: {error}") from None
    return RuleSetting(mode=RuleMode(told.mode), parameters=parameters)


@cache
def _rule_table(rule: Rule[Any]) -> type[_Table]:
    """Answer the model of a rule's table: its mode and the numbers that its parameters name."""
    own: dict[str, Any] = {"mode": (Annotated[RuleMode, Field(strict=False)], ...)}
    for one in fields(rule.parameters):
        if one.name in rule.numbers():
            default = ... if one.default is MISSING else one.default
            own[one.name] = (one.type, Field(default, strict=one.type in (int, bool)))
    model: type[_Table] = create_model(f"{rule.name}_table", __base__=_Table, **own)
    return model


def _checked(path: Path, model: type[Any], table: dict[str, Any], *, within: str = "") -> Any:  # noqa: ANN401  # the model's instance
    try:
        return model.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
    key = within + ".".join(str(part) for part in first["loc"])
    raise ConfigurationError(f"{path.name}: {key or 'the file'}: {_expectation(first)}.")


def _expectation(fault: Mapping[str, Any]) -> str:
    known = {"extra_forbidden": "this key is not known", "missing": "this key is needed"}
    return known.get(fault["type"]) or str(fault["msg"]).removeprefix("Value error, ")


def _digest(content: object) -> str:
    plain = json.dumps(content, sort_keys=True, default=_plain)
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


def _plain(value: object) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    raise TypeError(f"A TOML value was expected, not a {type(value).__name__}.")
