"""The health connector: HL7 v2 ADT to emergency attendances."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from connectors.contract import ConnectorContext, Reading
from connectors.health import mllp, source
from connectors.health.mapping_file import load_mapping
from hub.core.report import Feed

__all__ = ["HealthConnector", "connector"]


class HealthConnector:
    """What the one loop in ``connectors/run.py`` is offered: files, folders and MLLP."""

    feed = Feed.HEALTH

    def read(self, path: Path, context: ConnectorContext) -> Iterator[Reading]:
        """Read a file or a folder of HL7 v2 messages in bounded memory.

        Raises:
            ConfigurationError: the path or the mapping file cannot be used.
        """
        return source.read(path, context)

    async def listen(
        self, host: str, port: int, context: ConnectorContext, handle: mllp.Handle
    ) -> mllp.Listener:
        """Begin to listen for MLLP; the answer names its ``port`` and can be awaited to ``stop``.

        ``handle`` is awaited for every message, refused and left-out ones included: ``True`` is
        answered AA, ``False`` or an exception AE.

        Raises:
            ConfigurationError: the mapping file cannot be used.
            OSError: the address cannot be listened on.
        """
        mapping = load_mapping(context.mapping_path)
        return await mllp.Listener.start(
            host=host, port=port, mapping=mapping, context=context, handle=handle
        )


connector: Final = HealthConnector()
