"""Tells in which of the encodings that exports use a text file is written."""

import codecs
from pathlib import Path
from typing import Final

_CHUNK: Final = 1 << 20


def text_encoding(path: Path) -> str:
    """Answer UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as opened:
        if opened.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        opened.seek(0)
        try:
            while chunk := opened.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"
