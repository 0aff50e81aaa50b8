"""A module as text and syntax tree: its definitions, its imports, and parts of its text."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

Definition = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
Imported = tuple[ast.Import | ast.ImportFrom, ast.alias]


class ExportError(Exception):
    """Raised if a lesson's source cannot be put into one file; the text is one line."""


@dataclass
class Source:
    """A module's definitions and imports, by the names they bind."""

    name: str
    lines: list[str]
    defined: dict[str, Definition] = field(default_factory=dict)
    imported: dict[str, Imported] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str) -> Source:
        """Read a module without running it."""
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise ExportError(f"the source of {name} was not found")
        text = Path(spec.origin).read_text(encoding="utf-8")
        source = cls(name, text.splitlines())
        for node in ast.parse(text).body:
            source._add(node)
        return source

    def _add(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            self.imported |= bound(node)
        elif isinstance(node, ast.If):  # imports only for annotations
            for inner in node.body:
                self._add(inner)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            self.defined[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
            self.defined |= dict.fromkeys(names, node)

    def text(
        self, node: Definition, without: list[ast.ImportFrom], final: Callable[[str], str]
    ) -> str:
        """Return the node's lines with its decorators and the comment above, renamed by `final`."""
        gone = {n for each in without for n in range(each.lineno, (each.end_lineno or 0) + 1)}
        lines = dict(enumerate(self.lines, start=1))
        for line, begin, end, name in sorted(_places(node, final), reverse=True):
            raw = lines[line].encode()
            lines[line] = (raw[:begin] + name.encode() + raw[end:]).decode()
        numbers = range(self._first(node), (node.end_lineno or 0) + 1)
        return "\n".join(lines[n] for n in numbers if n not in gone)

    def _first(self, node: Definition) -> int:
        decorators = [] if isinstance(node, ast.Assign | ast.AnnAssign) else node.decorator_list
        first = min([node.lineno, *(d.lineno for d in decorators)])
        while first > 1 and self._is_comment(self.lines[first - 2]):
            first -= 1
        return first

    @staticmethod
    def _is_comment(line: str) -> bool:
        return line.startswith("#") and "---" not in line  # a ruled line heads a section


def bound(node: ast.Import | ast.ImportFrom) -> dict[str, Imported]:
    """Return what an import binds, by name."""
    return {alias.asname or alias.name: (node, alias) for alias in node.names}


def inner_imports(node: ast.AST, ours: tuple[str, ...]) -> list[ast.ImportFrom]:
    """Return the imports of our own modules inside a function."""
    inner = (n for n in ast.walk(node) if isinstance(n, ast.ImportFrom))
    return [n for n in inner if str(n.module).startswith(ours)]


def used(node: ast.AST) -> Iterator[tuple[str, str | None]]:
    """Yield the names that the node reads, each with the attribute read from it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Attribute) and isinstance(child.value, ast.Name):
            yield child.value.id, child.attr
        elif isinstance(child, ast.Name):
            yield child.id, None
        else:
            yield from used(child)


def _places(node: Definition, final: Callable[[str], str]) -> Iterator[tuple[int, int, int, str]]:
    """Yield (line, first byte, end byte, new name) for each name that changes."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and final(node.name) != node.name:
        begin = node.col_offset + len("def " if isinstance(node, ast.FunctionDef) else "class ")
        yield node.lineno, begin, begin + len(node.name.encode()), final(node.name)
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and final(each.id) != each.id:
            yield each.lineno, each.col_offset, each.end_col_offset or 0, final(each.id)
