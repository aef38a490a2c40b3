"""The form of the code, held by a test: what is not checked is a wish.

Each check is a function over source text, so that it is seen to find what is planted.
"""

import ast
import io
import re
import tokenize

import pytest

from tests.architecture.source_tree import KEPT_LIKE_IT, TESTED_TOO, Module, dotted, modules

MODULE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40
"""Of code: the docstring is not counted, for it must never be shortened to fit."""

LONGER_FUNCTIONS = {
    ("hub/api/wording.py", "plan_words"): "one table of words, a line for each answer",
    ("connectors/command.py", "run_connector"): "the command's options, each with its help",
}

NOQA = re.compile(
    r"# (?:ruff: )?noqa\b(?P<codes>:? ?[A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)*)?(?P<rest>.*)"
)
IGNORED_TYPE = re.compile(r"# type: ignore(?P<codes>\[[\w, -]+\])?(?P<rest>.*)")
REASON = re.compile(r"\s+(#|-|\u2013) ?\S.*\w")
MARKERS = re.compile(r"\b(TO" r"DO|FIX" r"ME|HA" r"CK)\b")
CLOCK = frozenset(
    {
        *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"),
        *("time.time_ns", "time.localtime", "time.gmtime", "uuid.uuid1", "uuid.uuid4", "uuid4"),
        *("datetime.datetime.now", "datetime.date.today"),
    }
)
CLOCK_HOLDERS = {"hub/bootstrap/clock.py", "connectors/run.py"}


def long_functions(module):
    for function in module.functions:
        lines = function.end_lineno - function.lineno + 1
        if ast.get_docstring(function) is not None:
            told = function.body[0]
            lines -= told.end_lineno - told.lineno + 1
        if lines > FUNCTION_LINES_MAX:
            yield function.name, lines


def printed(module):
    return [c.lineno for c in module.calls if isinstance(c.func, ast.Name) and c.func.id == "print"]


def comments(module):
    """Every comment with its line; what only looks like one, in a string, is none."""
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def markers(module):
    return [number for number, comment in comments(module) if MARKERS.search(comment)]


def unreasoned(module):
    """Comments that switch a check off without saying which, or without saying why."""
    for number, comment in comments(module):
        for switched_off in (NOQA.search(comment), IGNORED_TYPE.search(comment)):
            if switched_off and not (switched_off["codes"] and REASON.match(switched_off["rest"])):
                yield number


def clock_readings(module):
    """Where a clock is read or an id made up, called or passed on."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute | ast.Name) and dotted(node) in CLOCK:
            yield node.lineno


def undocumented(module):
    """Public functions, classes and the module itself without a docstring."""
    if not ast.get_docstring(module.tree):
        yield module.path
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _undocumented_in(node)
    yield from _undocumented_in(module.tree)


def _undocumented_in(scope):
    for node in scope.body:
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
            and not any("overload" in dotted(mark) for mark in node.decorator_list)
        ):
            yield node.name


def offenders(check, *folders, but=frozenset()):
    return [
        f"{module.path}:{found}"
        for module in modules(*folders)
        if module.path not in but
        for found in check(module)
    ]


def test_modules_are_short():
    assert [m.path for m in modules(*KEPT_LIKE_IT) if len(m.lines) > MODULE_LINES_MAX] == []


def test_functions_are_short():
    long = {(m.path, name) for m in modules(*KEPT_LIKE_IT) for name, _ in long_functions(m)}
    assert sorted(long) == sorted(LONGER_FUNCTIONS)


def test_nothing_is_printed():
    assert offenders(printed, *KEPT_LIKE_IT) == []


def test_nothing_is_left_for_later():
    assert offenders(markers, *TESTED_TOO) == []


def test_whatever_is_switched_off_says_why():
    assert offenders(unreasoned, *TESTED_TOO) == []


def test_only_the_composition_roots_read_a_clock_or_make_an_id_up():
    assert offenders(clock_readings, *KEPT_LIKE_IT, but=CLOCK_HOLDERS) == []


def test_everything_public_says_what_it_answers():
    assert offenders(undocumented, *KEPT_LIKE_IT) == []


@pytest.mark.parametrize(
    ("check", "line"),
    [
        (printed, "print(answer)"),
        (markers, "x = 1  # TODO: later"),
        (unreasoned, "x = 1  # noqa: S101"),
        (unreasoned, "x = 1  # noqa"),
        (unreasoned, "# ruff: noqa"),
        (unreasoned, "x = 1  # noqa: S101, S102"),
        (unreasoned, "x = f()  # type: ignore[misc]"),
        (unreasoned, "x = f()  # type: ignore  # for some reason"),
        (clock_readings, "at = datetime.now(UTC)"),
        (clock_readings, "make(new_id=uuid.uuid4)"),
        (clock_readings, "at = time.time()"),
        (undocumented, "def answer():\n    return 1"),
        (undocumented, "class Answer:\n    def plan(self):\n        return 1"),
        (long_functions, "def f():\n" + "    x = 1\n" * FUNCTION_LINES_MAX),
    ],
)
def test_each_check_finds_what_is_planted(check, line):
    assert list(check(Module("planted.py", f'"""Planted."""\n{line}\n')))


@pytest.mark.parametrize(
    ("check", "line"),
    [
        (unreasoned, "x = 1  # noqa: S101  # an assertion is the point"),
        (unreasoned, "x = 1  # noqa: S101 - an assertion is the point"),
        (unreasoned, "x = f()  # type: ignore[misc]  # it has no types"),
        (clock_readings, "waited = time.monotonic() - began"),
        (long_functions, "def f():\n" + "    x = 1\n" * (FUNCTION_LINES_MAX - 1)),
        (undocumented, "def _answer():\n    return 1"),
    ],
)
def test_no_check_finds_what_is_in_order(check, line):
    assert not list(check(Module("fine.py", f'"""Fine."""\n{line}\n')))
