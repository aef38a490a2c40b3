"""Stands around a port's implementation and tells of every call, before and after it.

What enters a transaction is watched too, and leaving it counts as the call ``commit``. So a hook
can end the process, or raise, at any moment that a port knows.
"""

import inspect
import typing
from contextlib import AbstractContextManager

from hub import ports

BEFORE, AFTER = "before", "after"


def protocols():
    """Every protocol of ``hub.ports``, by name."""
    found = {name: one for name, one in vars(ports).items() if isinstance(one, type)}
    return {n: one for n, one in sorted(found.items()) if getattr(one, "_is_protocol", False)}


def entered_by(method):
    """The protocol of what this method's context manager lends; ``None`` if it lends nothing."""
    answer = typing.get_type_hints(method).get("return")
    if typing.get_origin(answer) is not AbstractContextManager:
        return None
    (lent,) = typing.get_args(answer)
    return lent


def is_durable(method):
    """Whether a port's method changes what survives a crash."""
    return getattr(method, "__durable__", False)


def crash_points():
    """Before and after every durable call and every commit that the ports have."""
    calls = []
    for name, port in protocols().items():
        for method_name, method in inspect.getmembers(port, callable):
            if is_durable(method):
                calls.append(f"{name}.{method_name}")
            elif callable(method) and not method_name.startswith("_"):
                lent = entered_by(method)
                calls += [f"{lent.__name__}.commit"] if lent else []
    once = dict.fromkeys(calls)  # a port may be a part of another
    return [f"{moment} {call}" for call in once for moment in (BEFORE, AFTER)]


class Watched:
    """``inner`` as an implementation of ``port``, every call told to ``hook(point, arguments)``."""

    def __init__(self, inner, port, hook):
        self._inner, self._port, self._hook = inner, port, hook
        self.changed = False
        """Whether a durable method was called: leaving without one commits nothing."""

    def __getattr__(self, name):
        found = getattr(self._inner, name)
        method = getattr(self._port, name, None)
        if method is None or not callable(found):
            return found
        call = f"{self._port.__name__}.{name}"

        def watched(*arguments, **named):
            self._hook(f"{BEFORE} {call}", arguments)
            answer = found(*arguments, **named)
            self.changed = self.changed or is_durable(method)
            self._hook(f"{AFTER} {call}", arguments)
            lent = entered_by(method)
            return answer if lent is None else _Lending(answer, lent, self._hook)

        return watched


class _Lending:
    """A transaction that is watched, and whose end is the call ``commit`` if it has changed."""

    def __init__(self, inner, lent, hook):
        self._inner, self._lent, self._hook = inner, lent, hook

    def __enter__(self):
        self._watched = Watched(self._inner.__enter__(), self._lent, self._hook)
        return self._watched

    def __exit__(self, kind, error, trace):
        commits = kind is None and self._watched.changed
        if commits:
            self._hook(f"{BEFORE} {self._lent.__name__}.commit", ())
        answer = self._inner.__exit__(kind, error, trace)
        if commits:
            self._hook(f"{AFTER} {self._lent.__name__}.commit", ())
        return answer
