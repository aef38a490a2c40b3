"""The tree as these tests read it: product modules parsed, and the files that are committed."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("hub", "connectors")
KEPT_LIKE_IT = (*PRODUCT, "training")
"""What is not installed and is held to the same form."""
TESTED_TOO = (*KEPT_LIKE_IT, "tests", "benchmark", "scripts")
VENDORED = ("hub/web/static/", "tests/browser/vendor/")


@dataclass(frozen=True)
class Module:
    """One Python file: its path from the root, its lines and its syntax tree."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return parsed(self.text)

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method of the module."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    @property
    def calls(self) -> Iterator[ast.Call]:
        """Every call in the module."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every Python module in these folders."""
    found = [
        Module(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]
    assert len(found) > len(folders), "the folders are where they are said to be"
    return tuple(found)


@cache
def committed() -> tuple[Path, ...]:
    """Every file that git keeps and that is there now."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True
    ).stdout.decode()
    paths = [ROOT / name for name in listed.split("\0") if name]
    return tuple(path for path in paths if path.is_file())


def is_vendored(path: Path) -> bool:
    return path.relative_to(ROOT).as_posix().startswith(VENDORED)


def dotted(node: ast.AST) -> str:
    """A name as it is written, such as ``datetime.now``; empty if it is no plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""
