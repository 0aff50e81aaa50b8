"""Collects the source of functions and of exactly those of our definitions that they use."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass, field

from tui_dl.export.source import Definition, Imported, Source, bound, inner_imports, used

INSTEAD = {
    "tui_dl.datasets.iris": "tui_dl.export.plain.iris",
    "tui_dl.datasets.digits": "tui_dl.export.plain.digits",
    "tui_dl.datasets.cifar10": "tui_dl.export.plain.cifar10",
}
"""Modules that find their data files themselves, and the modules exported in their place."""

LOOP = "tui_dl.export.plain.loop"


@dataclass
class Closure:
    """The definitions that some functions need.

    Call `need(module, name)` for each function, then read `imports`, `pieces` and `namespaces`.
    """

    ours: tuple[str, ...]
    skip: frozenset[str] = frozenset()
    imports: set[str] = field(default_factory=set)
    namespaces: dict[str, dict[str, str]] = field(default_factory=dict)
    _sources: dict[str, Source] = field(default_factory=dict)
    _needed: dict[str, dict[str, Definition]] = field(default_factory=dict)
    _uses: dict[str, set[str]] = field(default_factory=dict)
    _owners: dict[str, str] = field(default_factory=dict)  # final name → module
    _finals: dict[tuple[str, str], str] = field(default_factory=dict)

    def reserve(self, module: str, name: str) -> None:
        """Reserve a name for a definition, even if others have the same name."""
        self._owners[name], self._finals[module, name] = module, name

    def need(self, module: str, name: str) -> None:
        """Add a definition and what it uses."""
        source = self._source(LOOP if name == "Loop" else module)
        if name in source.imported and name not in source.defined:
            self._follow(source, name, source.imported[name], None)
        node = source.defined.get(name)
        known = self._needed.setdefault(source.name, {})
        if node is None or name in self.skip or name in known:
            return
        known[name] = node
        self._name(source.name, name)
        inner = {n: i for each in inner_imports(node, self.ours) for n, i in bound(each).items()}
        for word, attribute in used(node):
            if word in inner:
                self._follow(source, word, inner[word], attribute)
            elif word in source.defined:
                self.need(source.name, word)
            elif word in source.imported:
                self._follow(source, word, source.imported[word], attribute)

    def pieces(self) -> Iterator[tuple[str, str]]:
        """Yield (module, text) of every definition, those of helper modules first."""
        for module in self._in_order():
            source, told = self._sources[module], set()
            for node in sorted(self._needed[module].values(), key=lambda n: n.lineno):
                if id(node) not in told:
                    told.add(id(node))
                    yield module, self._text(source, node)

    def _in_order(self) -> list[str]:
        """Return the modules, each after those that it uses."""
        order: list[str] = []
        entered: set[str] = set()

        def enter(module: str) -> None:
            if module not in entered:
                entered.add(module)
                for used_by_it in sorted(self._uses.get(module, ())):
                    enter(used_by_it)
                order.append(module)

        for module in self._needed:
            enter(module)
        return [module for module in order if module in self._needed]

    def _text(self, source: Source, node: Definition) -> str:
        def final(name: str) -> str:
            return self._finals.get((source.name, name), name)

        return source.text(node, inner_imports(node, self.ours), final)

    def _name(self, module: str, name: str) -> None:
        """Set the name in the file: its own, or with the module's as a prefix if that is taken."""
        free = self._owners.setdefault(name, module) == module
        final = name if free else f"{module.rpartition('.')[2]}_{name}"
        self._owners[final] = module
        self._finals[module, name] = final

    def _source(self, module: str) -> Source:
        module = INSTEAD.get(module, module)
        if module not in self._sources:
            self._sources[module] = Source.of(module)
        return self._sources[module]

    def _follow(self, source: Source, name: str, what: Imported, attribute: str | None) -> None:
        """Add an imported name: our own as a definition, anything else as an import."""
        node, alias = what
        module = str(node.module if isinstance(node, ast.ImportFrom) else alias.name)
        if module == "__future__":
            return
        if not module.startswith(self.ours):
            self.imports.add(_import(node, alias))
            return
        whole = f"{module}.{alias.name}" if isinstance(node, ast.ImportFrom) else module
        target = whole if _is_module(whole) else module
        self._uses.setdefault(source.name, set()).add(self._source(target).name)
        if target == module:
            self.need(module, alias.name)
            self._finals[source.name, name] = self._final(module, alias.name)
        elif attribute:
            self.need(whole, attribute)
            self.namespaces.setdefault(name, {})[attribute] = self._final(whole, attribute)

    def _final(self, module: str, name: str) -> str:
        return self._finals.get((self._source(module).name, name), name)


def _import(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    start = f"from {node.module} " if isinstance(node, ast.ImportFrom) else ""
    return f"{start}import {ast.unparse(alias)}"


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
