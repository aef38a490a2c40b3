"""Opens what agencies told in words, where it is disclosed and nowhere else."""

import json
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from hub.core.seal import open_detail
from hub.errors import ConfigurationError
from hub.ports import SealedWords


class Narratives:
    """The secret disclosure keys, and what they open."""

    def __init__(self, keys: Mapping[str, X25519PrivateKey]) -> None:
        self._keys = keys

    def __call__(self, words: SealedWords) -> Mapping[str, object]:
        """Answer a narrative's fields; none if there is none, or if it cannot be opened here.

        A reader is then told that the agency has the words, and whom to ask: words that cannot be
        opened must not take the whole notice along.
        """
        if words.detail is None or not self._keys:
            return {}
        try:
            plain = open_detail(
                words.detail, keys=self._keys, agency=words.agency, source_key=words.source_key
            )
            told = json.loads(plain)
        except (ConfigurationError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}
