"""Short dialogues: the answer to the last question depends on the question or an earlier turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

END = 0  # pads a turn to its full length, and precedes an answer's first word
WORDS_A_TURN = 6

FACTS = {
    "name": "my name is",
    "home": "i live in",
    "pet": "i have a",
    "weather": "outside it is",
}
VALUES = {
    "name": ["ada", "ben", "eva", "ian", "leo", "mia", "sam", "zoe"],
    "home": ["cairo", "delhi", "lima", "oslo", "paris", "quito", "rome", "tokyo"],
    "pet": ["cat", "dog", "duck", "fish", "goat", "horse", "mouse", "parrot"],
    "weather": ["raining", "sunny", "snowing"],
}
QUESTIONS = {
    "name": "what is my name",
    "home": "where do i live",
    "pet": "which pet do i have",
    "weather": "what shall we do today",
}
ANSWERS = {"name": "your name is", "home": "you live in", "pet": "you have a"}
IDEAS = {
    "raining": ("bake some fresh bread", "play chess at home", "watch a long film", "read old story books"),
    "sunny": ("swim across the lake", "ride bikes through woods", "pick apples and pears", "row our wooden boat"),
    "snowing": ("build an ice house", "ski down that hill", "pull sledges up there", "throw snowballs around us"),
}  # fmt: skip
COLORS = {"grass": "green", "snow": "white", "coal": "black", "blood": "red", "butter": "yellow"}
SMALL_TALK = ("the bus was late", "i slept well", "my tea is cold", "this chair is hard")
REPLIES = ("i see", "go on", "oh really", "how nice")

TURNS = [
    *(f"{FACTS[kind]} {value}" for kind in FACTS for value in VALUES[kind]),
    *QUESTIONS.values(),
    *(f"{ANSWERS[kind]} {value}" for kind in ANSWERS for value in VALUES[kind]),
    *(f"let us {idea}" for ideas in IDEAS.values() for idea in ideas),
    *(f"which color is {thing} it is {color}" for thing, color in COLORS.items()),
    *SMALL_TALK,
    *REPLIES,
]  # every turn that is possible
VOCABULARY = ("", *sorted({word for turn in TURNS for word in turn.split()}))
NUMBER = {word: i for i, word in enumerate(VOCABULARY)}


@dataclass(frozen=True)
class Dialogue:
    """The turns, every right answer, the answer that was given, and what it depends on."""

    turns: tuple[str, ...]
    right: tuple[str, ...]
    answer: str
    kind: str  # name, home, pet: one right answer; weather: several; color: no memory needed


def dialogue(exchanges: int, rng: np.random.Generator) -> Dialogue:
    """Return up to two facts and small talk in any order, each with a reply, and then a question."""
    told = list(rng.permutation(list(FACTS))[: min(2, exchanges)])
    facts = {kind: str(rng.choice(VALUES[kind])) for kind in told}
    said = [f"{FACTS[kind]} {value}" for kind, value in facts.items()]
    said += [str(rng.choice(SMALL_TALK)) for _ in range(exchanges - len(said))]
    turns = [
        turn for each in rng.permutation(said) for turn in (str(each), str(rng.choice(REPLIES)))
    ]
    kind = str(rng.choice([*told, "color"], p=[0.8 / len(told)] * len(told) + [0.2]))
    question, right = asked(kind, facts.get(kind, ""), rng)
    return Dialogue((*turns, question), right, str(rng.choice(right)), kind)


def asked(kind: str, value: str, rng: np.random.Generator) -> tuple[str, tuple[str, ...]]:
    """Return the question of this kind and its right answers, given the value of the fact."""
    if kind == "color":
        thing = str(rng.choice(list(COLORS)))
        return f"which color is {thing}", (f"it is {COLORS[thing]}",)
    if kind == "weather":
        return QUESTIONS[kind], tuple(f"let us {idea}" for idea in IDEAS[value])
    return QUESTIONS[kind], (f"{ANSWERS[kind]} {value}",)


def encode(turns: Sequence[str]) -> np.ndarray:
    """Return the word numbers (turns, WORDS_A_TURN), padded with END."""
    rows = [[NUMBER[word] for word in turn.split()] for turn in turns]
    return np.array([row + [END] * (WORDS_A_TURN - len(row)) for row in rows], "int32")


def decode(numbers: np.ndarray) -> str:
    """Return the words up to the first END."""
    words = [VOCABULARY[i] for i in numbers]
    return " ".join(words[: words.index("")] if "" in words else words)


def right_answers(x: np.ndarray) -> tuple[str, tuple[str, ...]]:
    """Return the kind of the last question of a dialogue x (turns, words), and its right answers."""
    *turns, question = [decode(turn) for turn in x]
    kinds = [kind for kind, text in QUESTIONS.items() if text == question]
    if not kinds:
        return "color", (f"it is {COLORS[question.split()[-1]]}",)
    told = next(turn for turn in turns if turn.startswith(FACTS[kinds[0]]))
    return kinds[0], asked(kinds[0], told.split()[-1], np.random.default_rng(0))[1]
