"""Identifiers that are valid by construction and never show themselves by accident.

``parse`` takes every spelling seen in real feeds and answers the one canonical value, or raises
:class:`~hub.errors.InvalidIdentifier` with a stable reason and never with the text. Calling the
type itself takes only the canonical spelling, as kept in the hub's own store. ``repr``, ``str``,
``format`` and ``%s`` show the type and nothing else; :meth:`Identifier.reveal` gives the value.
"""

from hub.core.identifiers.base import Flaw, Identifier
from hub.core.identifiers.person import LocalId, NhsNumber, Upn
from hub.core.identifiers.place import ForceCode, GssCode, OdsCode, Postcode, Urn
from hub.core.identifiers.term import SnomedCode

__all__ = [
    "Flaw",
    "ForceCode",
    "GssCode",
    "Identifier",
    "LocalId",
    "NhsNumber",
    "OdsCode",
    "Postcode",
    "SnomedCode",
    "Upn",
    "Urn",
]
