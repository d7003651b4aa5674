"""What changed between two screens, as operations that ``paint.js`` carries out.

Elements are addressed by id: slots, and keyed elements within them. What has no id of its
own is replaced together with its parent, which is always small. Parts that are the same
value as before are passed over without a look inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bankpage.paper.tree import Element, Node, Screen, Slot, Value

Operation = list[Any]
"""An operation, the id of its element, and arguments: see ``paint.js``."""


def patches(before: Screen | None, after: Screen) -> list[Operation]:
    """The operations that turn one screen into the other; without a first, all of it.

    A slot that was not on the screen before is painted whole: a lab that has been opened.
    """
    operations: list[Operation] = []
    for old, new in _beside(before or (), after):
        if old is new:
            continue
        if old is None:
            _set_attributes(new.id, {}, new.attributes, operations)
            if new.children is not None:
                operations.append(["fill", new.id, list(map(_plain, new.children))])
            continue
        if old.attributes != new.attributes:
            _set_attributes(new.id, old.attributes, new.attributes, operations)
        if new.children is not None and new.children != old.children:
            _change_children(new.id, old.children or (), new.children, operations)
    return operations


def _beside(before: Screen, after: Screen) -> Iterator[tuple[Slot | None, Slot]]:
    """Each slot of a screen beside what it was before."""
    common = 0
    for old, new in zip(before, after, strict=False):
        if old.id != new.id:
            break
        common += 1
        yield old, new
    rest = {slot.id: slot for slot in before[common:]}
    yield from ((rest.get(slot.id), slot) for slot in after[common:])


def _set_attributes(
    element: str,
    before: Mapping[str, Value],
    after: Mapping[str, Value],
    operations: list[Operation],
) -> None:
    for name, value in after.items():
        if name not in before or before[name] != value:
            operations.append(["set", element, name, _attribute(name, value)])
    operations.extend(["set", element, name, None] for name in before if name not in after)


def _attribute(name: str, value: Value) -> Value:
    """A value as ``paint.js`` takes it: properties as they are, attributes as text or null."""
    if value is False or value is True:
        return value if name.startswith(".") else "" if value else None
    return value


def _change_children(
    parent: str,
    before: Sequence[Node],
    after: Sequence[Node],
    operations: list[Operation],
) -> None:
    old, new = _by_key(before), _by_key(after)
    kept = [key for key in old if key in new] if old and new else []
    if not kept or kept != [key for key in new if key in old]:
        operations.append(["fill", parent, list(map(_plain, after))])
        return
    operations.extend(["remove", key] for key in old if key not in new)
    added = [
        [index, _plain(node)] for index, node in enumerate(new.values()) if node.key not in old
    ]
    if added:
        operations.append(["insert", parent, added])
    for key in kept:
        _change_element(key, old[key], new[key], operations)


def _change_element(
    element: str, before: Element, after: Element, operations: list[Operation]
) -> None:
    if before is after:
        return
    _set_attributes(element, before.attributes, after.attributes, operations)
    if before.children is not after.children and before.children != after.children:
        _change_children(element, before.children, after.children, operations)


def _by_key(nodes: Sequence[Node]) -> dict[str, Element]:
    """Keyed elements by their keys; none at all unless every one has a key."""
    keyed = {node.key: node for node in nodes if isinstance(node, Element) and node.key}
    return keyed if len(keyed) == len(nodes) else {}


def _plain(node: Node) -> str | list[Any]:
    if isinstance(node, str):
        return node
    tag, given, children, key = node
    attributes = {
        name: "" if value is True else value
        for name, value in given.items()
        if value is not None and value is not False
    }
    if key:
        attributes["id"] = key
    return [tag, attributes, [_plain(child) for child in children]]
