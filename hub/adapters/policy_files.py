"""Reads the authorities' policy files: typed, and refused whole if anything in them is wrong.

One TOML file per authority, named by its GSS code, beside ``hub.toml``, which holds what applies
wherever a file says nothing: a whole key of ``[windows]``, ``[clocks]``, ``[wakes]``, ``[yields]``,
``[chronology]``, ``[encompass]``, ``[answers]``, ``[household]``, ``[office_hours]``, ``[relay]``,
``bank_holidays``, all of ``[[escalation]]``, and each key of a rule's table. Sources of
``hub.toml`` are joined by all. ``[matching]`` is of ``hub.toml`` alone. Any table may say in a
table ``why`` where its numbers are from.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    Field,
    ValidationError,
    create_model,
)

from hub.adapters.front_doors import defaults_of, shared_of
from hub.adapters.policy_reasons import Reasons, laid_out, parted, refuse_reasons_of_nothing
from hub.adapters.policy_refusals import looks_back, refuse_two_addresses
from hub.adapters.policy_table import Table
from hub.adapters.policy_tables import (
    OfficeHoursTable,
    PolicyFile,
    SourceTable,
)
from hub.adapters.toml_files import toml_table
from hub.core.clock import Hours, Opening
from hub.core.contact_policy import ContactPolicy
from hub.core.due import Clocks
from hub.core.event import EventKind
from hub.core.identifiers import GssCode
from hub.core.identity_weights import Bands
from hub.core.policy import (
    FEED_AGE_MAX_DEFAULT,
    REGISTER_AGE_MAX_DEFAULT,
    SCHOOL_AGE_MAX_DEFAULT,
    LocalAuthorityPolicy,
    PhoneEntry,
    PhoneHours,
    Policies,
    RuleSetting,
    Source,
)
from hub.core.report import Feed
from hub.core.retention import Retention
from hub.core.rule import Rule, RuleMode, RuleParameters
from hub.core.rule_yield import Floor
from hub.core.rules import RULES
from hub.core.wake import Patience
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
    hub_file = _read(directory / HUB_FILE)
    hub = looks_back(directory / HUB_FILE, _policy(directory / HUB_FILE, None, hub_file))
    paths = sorted(path for path in directory.glob("*.toml") if path.name != HUB_FILE)
    authorities = [looks_back(path, _policy(path, _read(path), hub_file)) for path in paths]
    refuse_two_addresses([(directory / HUB_FILE, hub), *zip(paths, authorities, strict=True)])
    version = _digest([hub.version, *(policy.version for policy in authorities)])
    return Policies(
        hub=hub,
        authorities={one.authority: one for one in authorities if one.authority},
        version=f"{hub.version.split('+')[0]}+{version}",
    )


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it is written: what it says, and why."""

    table: dict[str, Any]
    reasons: Reasons

    @property
    def parts(self) -> tuple[dict[str, Any], Reasons]:
        """Both."""
        return self.table, self.reasons


def _read(path: Path) -> _File:
    return _File(*parted(path, toml_table(path)))


_NOTHING = _File({}, {})


def _policy(path: Path, own: _File | None, hub: _File) -> LocalAuthorityPolicy:
    """Answer an authority's policy, or the hub's own where no file of an authority is given."""
    below = defaults_of(path, own.table, hub.parts) if own else None
    table = _merged(own.table, below[0]) if own and below else hub.table
    told = _checked(path, PolicyFile, table)
    authority = _authority(path, told.authority, needed=own is not None)
    _refuse_elsewhere(path, authority, told)
    rules = {name: _rule_setting(path, name, table) for name, table in told.rules.items()}
    settings = laid_out((own or _NOTHING).parts, below or hub.parts, table, _numbers(rules))
    refuse_reasons_of_nothing(path, (own or hub).reasons, settings)
    return LocalAuthorityPolicy(
        authority=authority,
        name=told.name,
        version=f"{told.version}+{_digest(table)}",
        sources={one.agency: _source(one) for one in told.sources},
        phones=tuple(PhoneEntry(**phone.model_dump()) for phone in told.phones),
        relay=PhoneEntry(**told.relay.model_dump(), hours=PhoneHours.ALWAYS),
        office_hours=_hours(path, told.office_hours),
        bank_holidays=frozenset(told.bank_holidays),
        windows=told.windows.shown(),
        seen_days=told.windows.seen_days,
        this_visit_hours=told.windows.this_visit_hours,
        clocks=Clocks(**told.clocks.model_dump()),
        patience=Patience(**told.wakes.model_dump()),
        contacts=ContactPolicy(**told.contacts.model_dump()),
        escalation=told.passing_on(),
        floor=Floor(**told.yields.model_dump()),
        informed_sees=told.chronology.informed_sees,
        rules=rules,
        encompass=told.encompass.policy(),
        household_correlation=frozenset(map(EventKind, told.household.correlate)),
        told_again_days=told.answers.told_again_days,
        answer_webhooks=told.answers.webhooks,
        bands=Bands(**told.matching.model_dump()) if told.matching else None,
        retention=Retention(**told.retention.model_dump()),
        routes=tuple(one.route() for one in told.routes),
        digest_at=told.digest.at,
        front_door=shared_of(told.front_door, hub.table),
        settings=settings,
    )


def _refuse_elsewhere(path: Path, authority: GssCode | None, told: PolicyFile) -> None:
    """Refuse what only the hub may say, and what only an authority may."""
    if authority and told.matching:
        raise ConfigurationError(
            f"{path.name}: matching: none was expected but in {HUB_FILE}, for a child is one child"
            " for every authority."
        )
    if authority is None and told.front_door:
        raise ConfigurationError(f"{path.name}: front_door: none was expected in {HUB_FILE}.")


def _numbers(rules: Mapping[str, RuleSetting]) -> dict[str, dict[str, object]]:
    return {
        rule.name: {one: getattr(rules[rule.name].parameters, one) for one in rule.numbers()}
        for rule in RULES
        if rule.name in rules
    }


def _merged(own: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """Answer the file's table with the hub's where it is silent; keys that are unknown stay."""
    table = defaults | own
    for name in (
        "windows",
        "clocks",
        "wakes",
        "contacts",
        "yields",
        "retention",
        "chronology",
        "rules",
        "encompass",
        "answers",
        "household",
        "digest",
    ):
        if isinstance(own.get(name), dict) and isinstance(defaults.get(name), dict):
            table[name] = _overlaid(defaults[name], own[name])
    ours, theirs = own.get("sources", []), defaults.get("sources", [])
    if isinstance(ours, list) and isinstance(theirs, list):
        named = [source.get("agency") for source in ours if isinstance(source, dict)]
        table["sources"] = [*(one for one in theirs if one.get("agency") not in named), *ours]
    return table


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


def _source(told: SourceTable) -> Source:
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


def _hours(path: Path, told: OfficeHoursTable) -> Hours:
    try:
        openings = tuple(
            Opening(opens=day.opens, closes=day.closes) if day else None
            for day in (getattr(told, name) for name in OfficeHoursTable.model_fields)
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
def _rule_table(rule: Rule[Any]) -> type[Table]:
    """Answer the model of a rule's table: its mode and the numbers that its parameters name."""
    mode = Annotated[RuleMode, Field(strict=False)]
    own: dict[str, Any] = {"mode": (mode, rule.default_mode)}
    for one in fields(rule.parameters):
        if one.name in rule.numbers():
            default = ... if one.default is MISSING else one.default
            own[one.name] = (one.type, Field(default, strict=one.type in (int, bool)))
    model: type[Table] = create_model(f"{rule.name}_table", __base__=Table, **own)
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
