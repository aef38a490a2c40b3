"""The mark of a port's method that changes what survives a crash."""

from collections.abc import Callable
from typing import TypeVar

_Method = TypeVar("_Method", bound=Callable[..., object])


def durable(method: _Method) -> _Method:
    """Mark a port's method as one that changes what survives a crash."""
    method.__durable__ = True  # type: ignore[attr-defined]  # read by the crash tests
    return method
