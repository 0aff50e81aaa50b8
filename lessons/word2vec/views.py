"""Word vectors: the views and the measured values."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from lessons.word2vec.corpus import RELATIONS, vocabulary
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

SHOWN_WORDS = ("king", "aunt", "paris", "puppy", "ate")
SHOWN_ANALOGIES = (
    ("man", "king", "woman", "queen"),
    ("girl", "princess", "boy", "prince"),
    ("france", "paris", "japan", "tokyo"),
    ("oslo", "norway", "rome", "italy"),
    ("dog", "puppy", "horse", "foal"),
    ("sings", "sang", "drinks", "drank"),
)
SHOWN_PAIRS = (("man", "woman"), ("king", "queen"), ("uncle", "aunt"), ("monk", "nun"))


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


def share_of_neighbours(cosines: np.ndarray) -> float:
    """Return the share of same-group words among the five nearest to each word of a group."""
    words = np.array(list(GROUP_OF))
    near = nearest(cosines, words, 5).tolist()
    pairs = zip(words.tolist(), near, strict=True)
    same = [GROUP_OF.get(other) == GROUP_OF[word] for word, others in pairs for other in others]
    return float(np.mean(same))


def measure(model: Any, data: Dataset, p: Word2Vec) -> dict[str, float]:
    """Measure both shares, from 0 to 1."""
    cosines = likeness(model)
    return {"analogies": share_of_analogies(cosines), "neighbours": share_of_neighbours(cosines)}


def analogies(model: Any, data: Dataset, p: Word2Vec) -> dict[str, Any]:
    """Tabulate present completions of some analogies, and the share of right ones."""
    cosines = likeness(model)
    asked = np.array([[NUMBER[word] for word in four] for four in SHOWN_ANALOGIES])
    best = np.argsort(-scores(cosines, asked), axis=1)[:, :2]
    rows = []
    for (a, b, c, d), (first, second) in zip(SHOWN_ANALOGIES, best, strict=True):
        right = "yes" if WORDS[first] == d else "no"
        rows.append([f"{b} − {a} + {c}", WORDS[first], WORDS[second], d, right])
    return {
        "kind": "table", "title": f"analogies: {share_of_analogies(cosines):.0%} of 576 right",
        "columns": ["sum", "nearest", "second", "wanted", "right"], "rows": rows,
    }  # fmt: skip


def neighbours(model: Any, data: Dataset, p: Word2Vec) -> dict[str, Any]:
    """Tabulate the four nearest words of some words."""
    cosines = likeness(model)
    near = nearest(cosines, np.array([NUMBER[word] for word in SHOWN_WORDS]), 4)
    pairs = zip(SHOWN_WORDS, near, strict=True)
    rows = [[word, *(WORDS[number] for number in others)] for word, others in pairs]
    title = f"nearest words: {share_of_neighbours(cosines):.0%} of the same group"
    return {"kind": "table", "title": title, "columns": ["word", *"1234"], "rows": rows}


def principal(n: np.ndarray) -> np.ndarray:
    """Return the two directions (2, d) of largest variation, signs fixed so that nothing flips."""
    _, _, axes = np.linalg.svd(n - n.mean(axis=0), full_matrices=False)
    axes = axes[:2]
    return axes * np.sign(axes[:, np.abs(axes).argmax(axis=1)].diagonal())[:, None]


def groups_at(place: np.ndarray, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return some groups of words as points; `place` (words, 2) is the position of all words."""
    return [
        {"name": name, "x": place[GROUPS[name], 0].tolist(), "y": place[GROUPS[name], 1].tolist()}
        for name in names
    ]


def map_of_words(model: Any, data: Dataset, p: Word2Vec) -> dict[str, Any]:
    """Draw the words of all groups, in the plane of their largest variation."""
    n = unit_rows(model)
    place = n @ principal(n[list(GROUP_OF)]).T
    return {
        "kind": "scatter", "title": "all groups: the two principal components",
        "x_label": "first", "y_label": "second",
        "groups": groups_at(place, tuple(GROUPS)), "lines": [],
    }  # fmt: skip


def map_of_pairs(model: Any, data: Dataset, p: Word2Vec) -> dict[str, Any]:
    """Draw men and women in a separate plane, with some pairs joined by lines.

    The first axis is the mean step from a man to his woman, the second the largest remaining
    variation.
    """
    n = unit_rows(model)
    men, women = n[GROUPS["men"]], n[GROUPS["women"]]
    step = (women - men).mean(axis=0)
    step = step / max(float(np.linalg.norm(step)), 1e-12)
    rest = np.concatenate([men, women])
    place = n @ np.stack([step, principal(rest - np.outer(rest @ step, step))[0]]).T
    lines = [
        {"name": f"{a}–{b}", "x": place[ends, 0].tolist(), "y": place[ends, 1].tolist()}
        for a, b in SHOWN_PAIRS
        for ends in [[NUMBER[a], NUMBER[b]]]
    ]
    return {
        "kind": "scatter", "title": "men and women: parallel pairs make analogies",
        "x_label": "mean step from men to women", "y_label": "what else spreads most",
        "groups": groups_at(place, ("men", "women")), "lines": lines,
    }  # fmt: skip


VIEWS = (
    View("analogies", "Analogies", analogies),
    View("neighbours", "Neighbours", neighbours),
    View("map", "Map", map_of_words),
    View("pairs", "Pairs", map_of_pairs),
)
