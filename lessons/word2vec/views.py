"""Word vectors: the views and the measured values."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

import numpy as np

from lessons.word2vec.corpus import RELATIONS, Pair, Relation, vocabulary
from lessons.word2vec.settings import Word2Vec
from tui_dl.lesson import Dataset, View

WORDS = vocabulary()
NUMBER = {word: number for number, word in enumerate(WORDS)}
GROUPS = {
    relation.names[side]: [NUMBER[pair[side]] for pair in relation.pairs]
    for relation in RELATIONS
    for side in (0, 1)
}
GROUP_OF = {word: name for name, members in GROUPS.items() for word in members}

SHOWN_ANALOGIES = (
    ("man", "king", "woman", "queen"),
    ("france", "paris", "japan", "tokyo"),
    ("dog", "puppy", "horse", "foal"),
    ("sings", "sang", "drinks", "drank"),
)
SHOWN_PAIRS = (
    ("man", "woman"), ("king", "queen"), ("uncle", "aunt"), ("monk", "nun"), ("boy", "girl"),
)  # fmt: skip


@functools.cache
def questions() -> np.ndarray:
    """Return every analogy a : b = c : d from the pairs of one relation, as numbers (576, 4)."""
    asked = []
    for relation in RELATIONS:
        for a, b in relation.pairs:
            for c, d in relation.pairs:
                asked += [(a, b, c, d), (b, a, d, c)] if a != c else []
    return np.array([[NUMBER[word] for word in four] for four in asked])


def unit_rows(model: Any) -> np.ndarray:
    """Return the rows of v, each divided by its length (words, d); row 0, no word, stays 0."""
    v = np.asarray(model.v.weights[0])
    n = v / np.maximum(np.linalg.norm(v, axis=1, keepdims=True), 1e-12)
    n[0] = 0
    return n


def likeness(model: Any) -> np.ndarray:
    """Return the cosine of every word with every word (words, words)."""
    n = unit_rows(model)
    return np.einsum("id,jd->ij", n, n)  # not n @ n.T, whose threads wait for training's cores


def scores(cosines: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Return the similarity of b − a + c to every word (questions, words) but a, b, c and 0.

    It is not divided by the sum's own length, which does not change the order.
    """
    a, b, c = asked[:, :3].T
    sums = cosines[b] - cosines[a] + cosines[c]
    np.put_along_axis(sums, asked[:, :3], -np.inf, axis=1)
    sums[:, 0] = -np.inf
    return sums


def nearest(cosines: np.ndarray, words: np.ndarray, count: int) -> np.ndarray:
    """Return the words nearest to each of `words`, best first: (len(words), count)."""
    near = cosines[words]
    near[np.arange(len(words)), words] = near[:, 0] = -np.inf
    return np.argsort(-near, axis=1)[:, :count]


def share_of_analogies(cosines: np.ndarray) -> float:
    """Return the share of all questions whose best word is the right one."""
    asked = questions()
    return float(np.mean(scores(cosines, asked).argmax(axis=1) == asked[:, 3]))


def share_of_neighbors(cosines: np.ndarray) -> float:
    """Return the share of same-group words among the five nearest to each word of a group."""
    words = np.array(list(GROUP_OF))
    near = nearest(cosines, words, 5).tolist()
    pairs = zip(words.tolist(), near, strict=True)
    same = [GROUP_OF.get(other) == GROUP_OF[word] for word, others in pairs for other in others]
    return float(np.mean(same))


def measure(model: Any, data: Dataset, p: Word2Vec) -> dict[str, float]:
    """Measure both shares, from 0 to 1."""
    cosines = likeness(model)
    return {"analogies": share_of_analogies(cosines), "neighbors": share_of_neighbors(cosines)}


def analogies(model: Any, data: Dataset, p: Word2Vec) -> dict[str, Any]:
    """Draw the three words nearest to b − a + c, by their cosine, for some analogies."""
    n = unit_rows(model)
    cosines = likeness(model)
    asked = np.array([[NUMBER[word] for word in four] for four in SHOWN_ANALOGIES])
    a, b, c = (n[column] for column in asked[:, :3].T)
    sizes = np.maximum(np.linalg.norm(b - a + c, axis=1, keepdims=True), 1e-12)
    found = scores(cosines, asked) / sizes
    best = np.argsort(-found, axis=1)[:, :3]
    panels = [
        {
            "kind": "bars", "title": f"{b} − {a} + {c}", "low": 0, "high": 1, "highlight": [0], "decimals": 2,
            "labels": [WORDS[i] for i in near], "values": found[row, near].tolist(),
        } | ({"target": near.index(NUMBER[d])} if NUMBER[d] in near else {})
        for row, (near, (a, b, c, d)) in enumerate(zip(best.tolist(), SHOWN_ANALOGIES, strict=True))
    ]  # fmt: skip
    title = f"nearest words: {share_of_analogies(cosines):.0%} of 576 analogies right"
    return {"kind": "panels", "columns": 2, "title": title, "panels": panels}


def principal(n: np.ndarray) -> np.ndarray:
    """Return the two directions (2, d) of largest variation, signs fixed so that nothing flips."""
    _, _, axes = np.linalg.svd(n - n.mean(axis=0), full_matrices=False)
    axes = axes[:2]
    return axes * np.sign(axes[:, np.abs(axes).argmax(axis=1)].diagonal())[:, None]


def map_of_words(model: Any, data: Dataset, p: Word2Vec) -> dict[str, Any]:
    """Draw the words of all groups, in the plane of their largest variation."""
    n = unit_rows(model)
    place = n @ principal(n[list(GROUP_OF)]).T
    groups = [
        {"name": name, "x": place[members, 0].tolist(), "y": place[members, 1].tolist()}
        for name, members in GROUPS.items()
    ]
    middles = {name: place[members].mean(axis=0).tolist() for name, members in GROUPS.items()}
    words = [
        {"text": name, "x": x, "y": y, "group": i, "bold": True}
        for i, (name, (x, y)) in enumerate(middles.items())
    ]
    share = share_of_neighbors(likeness(model))
    return {
        "kind": "plane", "title": f"{share:.0%} of the nearest words are of the same group",
        "x_label": "first component", "y_label": "second", "groups": groups, "words": words,
    }  # fmt: skip


def side_by_side(n: np.ndarray, relation: Relation) -> np.ndarray:
    """Return the position of every word (words, 2) in the plane of a relation.

    The first axis is the mean step from one side of a pair to the other, the second the largest
    remaining variation.
    """
    first, second = (n[GROUPS[name]] for name in relation.names)
    step = (second - first).mean(axis=0)
    step = step / max(float(np.linalg.norm(step)), 1e-12)
    rest = np.concatenate([first, second])
    return np.asarray(n @ np.stack([step, principal(rest - np.outer(rest @ step, step))[0]]).T)


def arrows_between(place: np.ndarray, pairs: Iterable[Pair]) -> list[dict[str, Any]]:
    """Return an arrow from the first to the second word of each pair."""
    return [
        {"name": "", "x": place[ends, 0].tolist(), "y": place[ends, 1].tolist()}
        for ends in ([NUMBER[a], NUMBER[b]] for a, b in pairs)
    ]


def map_of_pairs(model: Any, data: Dataset, p: Word2Vec) -> dict[str, Any]:
    """Draw men and women in a plane of their own, an arrow from each man to his woman."""
    n = unit_rows(model)
    relation = RELATIONS[0]
    place = side_by_side(n, relation)
    a, b, c, d = (n[NUMBER[word]] for word in SHOWN_ANALOGIES[0])
    sizes = np.linalg.norm(c - a) * np.linalg.norm(d - b)
    words = [
        {"text": word, "x": float(place[NUMBER[word], 0]), "y": float(place[NUMBER[word], 1]),
         "group": side}
        for pair in SHOWN_PAIRS
        for side, word in enumerate(pair)
    ]  # fmt: skip
    return {
        "kind": "plane", "words": words, "arrows": arrows_between(place, SHOWN_PAIRS),
        "title": f"cos(woman − man, queen − king) = {(c - a) @ (d - b) / max(sizes, 1e-12):.2f}",
        "x_label": "mean step from men to women", "y_label": "largest other variation",
        "y_range": _as_wide(words),
    }  # fmt: skip


def _as_wide(words: list[dict[str, Any]]) -> list[float]:
    """Return a range of y that spans at least what x does, so that no slope is exaggerated."""
    x, y = ([word[axis] for word in words] for axis in "xy")
    middle = (min(y) + max(y)) / 2
    half = 0.55 * max(max(x) - min(x), max(y) - min(y), 1e-3)
    return [middle - half, middle + half]


def relations(model: Any, data: Dataset, p: Word2Vec) -> dict[str, Any]:
    """Draw all pairs of each relation as arrows: parallel arrows make analogies."""
    n = unit_rows(model)
    panels = []
    for relation in RELATIONS:
        place = side_by_side(n, relation)
        panels.append({
            "kind": "plane", "title": " → ".join(relation.names), "axes": False,
            "arrows": arrows_between(place, relation.pairs),
        })  # fmt: skip
    return {
        "kind": "panels", "columns": 2, "title": "nine pairs of each relation", "panels": panels,
    }  # fmt: skip


VIEWS = (
    View("pairs", "Pairs", map_of_pairs),
    View("analogies", "Analogies", analogies),
    View("relations", "Four relations", relations),
    View("map", "Map", map_of_words),
)
