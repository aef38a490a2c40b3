"""What must hold at the rims: nobody in a log, no event lost in an agent, nothing unused."""

import ast
import re
import tomllib
from importlib import import_module

import pytest

from hub.adapters.policy_files import load_policies
from hub.core.event import EventKind
from hub.core.intake_event import KINDS_BY_FEED
from hub.core.report import Feed
from hub.topics import FEED_OF_TOPIC, declared_topics
from tests.architecture.source_tree import PRODUCT, ROOT, Module, dotted, modules

# ------------------------------------------------------------------ nobody in a log

LOG_METHODS = frozenset(
    {"debug", "info", "warning", "warn", "error", "critical", "exception", "log"}
)
PERSONAL = re.compile(
    r"(^|_)(name|names|surname|forename|nhs|nhs_number|upn|postcode|birth|born|birth_date|dob"
    r"|address|address_lines|local_id|source_key|subject|mother|detail|ledger|contacts)"
    r"(_|$)"
)


def is_logging(call):
    receiver, _, method = dotted(call.func).rpartition(".")
    return method in LOG_METHODS and re.search(r"(^|\.)_?(log|logger|logging)$", receiver)


def personal_arguments(module):
    """Names of personal fields that reach a logger, in whatever expression."""
    for call in module.calls:
        if is_logging(call):
            for argument in (*call.args, *(one.value for one in call.keywords)):
                for node in ast.walk(argument):
                    said = node.attr if isinstance(node, ast.Attribute) else dotted(node)
                    if said != "__name__" and PERSONAL.search(said):
                        yield f"{call.lineno}: {said}"


def tracebacks(module):
    """Calls that log a traceback: the texts of errors in it may hold a child's details."""
    for call in module.calls:
        asked = any(one.arg in {"exc_info", "stack_info"} for one in call.keywords)
        if is_logging(call) and (asked or dotted(call.func).endswith(".exception")):
            yield call.lineno


@pytest.mark.parametrize("check", [personal_arguments, tracebacks])
def test_nothing_personal_is_passed_to_a_logger(check):
    assert [f"{m.path}:{found}" for m in modules(*PRODUCT) for found in check(m)] == []


def test_there_are_log_lines_for_that_to_be_about():
    assert sum(bool(is_logging(call)) for m in modules(*PRODUCT) for call in m.calls) > 10


@pytest.mark.parametrize(
    "line",
    [
        'log.warning("parked: %s", child.family_name)',
        'log.info(f"matched {subject.nhs_number}")',
        'self._logger.error("no such child: %s", str(question.birth_date))',
        'logging.debug("%s", {"key": event.source_key})',
        'log.error("refused", extra={"who": local_id})',
        'log.log(10, "%s", record.postcode.reveal())',
    ],
)
def test_a_planted_log_line_with_a_person_in_it_is_seen(line):
    assert list(personal_arguments(Module("planted.py", line)))


@pytest.mark.parametrize(
    "line", ['log.exception("failed")', 'log.error("failed: %s", code, exc_info=True)']
)
def test_a_planted_traceback_is_seen(line):
    assert list(tracebacks(Module("planted.py", line)))


def test_a_log_line_with_a_position_and_the_type_of_an_error_is_in_order():
    line = 'log.error("parked: %s at %d", type(error).__name__, raw.offset)'
    assert not list(personal_arguments(Module("fine.py", line)))


# ------------------------------------------------------------------ nothing lost in an agent


def agents(module):
    """Functions that Faust calls for a stream's events."""
    for function in module.functions:
        marks = (m.func if isinstance(m, ast.Call) else m for m in function.decorator_list)
        if any(dotted(mark).endswith(".agent") for mark in marks):
            yield function


def lets_out(agent):
    """What in an agent's body an exception may leave through; nothing means that it cannot.

    The body is one loop; in it one ``try`` that holds all the work, and a bare ``yield``. The try
    catches every ``Exception`` and ends the process there: an exception that leaves acknowledges
    its events and so loses them (measured: design 4).
    """
    body = agent.body[1:] if ast.get_docstring(agent) is not None else agent.body
    if len(body) != 1 or not isinstance(body[0], ast.AsyncFor):
        yield f"{agent.lineno}: the body is not one loop"
        return
    for statement in body[0].body:
        if isinstance(statement, ast.Try):
            yield from _badly_caught(statement)
        elif not _is_bare_yield(statement):
            yield f"{statement.lineno}: outside of the try"
    if not any(isinstance(statement, ast.Try) for statement in body[0].body):
        yield f"{body[0].lineno}: no try"


def _is_bare_yield(statement):
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Yield)
        and statement.value.value is None
    )


def _badly_caught(attempt):
    caught = {dotted(one.type): one for one in attempt.handlers if one.type is not None}
    everything = caught.get("Exception") or caught.get("BaseException")
    if everything is None:
        yield f"{attempt.lineno}: does not catch everything"
        return
    if any(isinstance(node, ast.Raise) for node in ast.walk(everything)):
        yield f"{everything.lineno}: raises again"
    if not any("_end" in dotted(c.func) or "exit" in dotted(c.func) for c in _calls(everything)):
        yield f"{everything.lineno}: goes on instead of ending the process"
    others = [one for name, one in caught.items() if one is not everything]
    if any(dotted(one.type) != "asyncio.CancelledError" for one in others):
        yield f"{attempt.lineno}: treats some errors otherwise"
    if attempt.orelse or attempt.finalbody:
        yield f"{attempt.lineno}: work beside the try"


def _calls(node):
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))


def test_no_exception_can_leave_an_agent():
    found = [(m.path, agent) for m in modules(*PRODUCT) for agent in agents(m)]
    assert [path for path, _ in found] == ["hub/pipeline.py"]
    assert [why for _, agent in found for why in lets_out(agent)] == []


AGENT = """
@app.agent(topic)
async def receive(stream):
    async for events in stream.take_events(10, within=1):
        {}
"""
CAUGHT = "try:\n            work(events)\n        except {}:\n            {}\n        yield"


@pytest.mark.parametrize(
    "body",
    [
        "work(events)\n        yield",
        CAUGHT.format("ValueError", "_end_because()"),
        CAUGHT.format("Exception", "log.error('failed')"),
        CAUGHT.format("Exception", "_end_because()\n            raise"),
        CAUGHT.format("ValueError", "pass\n        except Exception:\n            _end()"),
        "events = decoded(events)\n        " + CAUGHT.format("Exception", "_end_because()"),
    ],
)
def test_a_planted_way_out_of_an_agent_is_seen(body):
    (agent,) = agents(Module("planted.py", AGENT.format(body)))
    assert list(lets_out(agent))


# ------------------------------------------------------------------ what is declared is used


def test_every_topic_is_of_a_feed_that_a_connector_sends_and_intake_takes():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    points = project["entry-points"]["safeguarding_hub.connectors"]
    sent = {import_module(module).connector.feed for module in points.values()}
    declared = {topic.feed for topic in declared_topics()}
    assert declared == set(Feed) == sent == set(KINDS_BY_FEED) == set(FEED_OF_TOPIC.values())


def test_every_kind_of_event_is_taken_on_some_feed():
    assert set().union(*KINDS_BY_FEED.values()) >= set(EventKind)


def test_every_connector_folder_is_offered_and_has_examples_and_a_page():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    points = project["entry-points"]["safeguarding_hub.connectors"]
    folders = sorted(path.parent.name for path in (ROOT / "connectors").glob("*/mapping.py"))
    assert folders == sorted(points)
    for folder in folders:
        assert (ROOT / "connectors" / folder / "source.py").is_file()
        assert (ROOT / "connectors" / folder / "README.md").is_file()
        assert any((ROOT / "connectors" / folder / "examples").iterdir())


def test_every_policy_file_counts():
    files = {path.stem for path in (ROOT / "deploy" / "policies").glob("*.toml")}
    loaded = load_policies(ROOT / "deploy" / "policies")
    assert files == {"hub", *(code.reveal() for code in loaded.authorities)}
