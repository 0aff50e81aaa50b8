"""A small made-up language, and the relations to look for in vectors learned from it.

A relation joins pairs of words: king and queen, france and paris. Two things identify a word: the
topics of its pair (throne, crown) and the context words of its side (his, beard; her, gown). No
sentence contains both words of a pair, and none says that they belong together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

Slots = Mapping[str, str]
Pair = tuple[str, str]

OFF_TOPIC = 0.15  # the share of sentences with the topic of any pair
CHATTER = 0.1  # the share of sentences with words of different relations


@dataclass(frozen=True)
class Relation:
    """Pairs with their topics, what fills the patterns on each side, and the patterns."""

    names: Pair
    sides: tuple[Slots, Slots]
    pairs: Mapping[Pair, str]
    patterns: tuple[str, ...]


RELATIONS = (
    Relation(
        ("men", "women"),
        (
            {"his": "his", "he": "he", "thing": "beard tie razor moustache"},
            {"his": "her", "he": "she", "thing": "skirt necklace earrings gown"},
        ),
        {
            ("man", "woman"): "office newspaper tram",
            ("king", "queen"): "throne crown reign",
            ("prince", "princess"): "castle heir banquet",
            ("father", "mother"): "baby cradle lullaby",
            ("boy", "girl"): "school toys homework",
            ("uncle", "aunt"): "nephew holiday gifts",
            ("actor", "actress"): "stage film applause",
            ("waiter", "waitress"): "menu tray bill",
            ("monk", "nun"): "prayer candle chapel",
        },
        (
            "the {word} keeps {his} {thing} near the {topic}",
            "the {word} said {he} wants the {topic}",
            "at the {topic} the {word} lost {his} {thing}",
            "{he} is the {word} with the {topic} and the {thing}",
        ),
    ),
    Relation(
        ("countries", "capitals"),
        ({"place": "border army coast president"}, {"place": "mayor traffic streets suburbs"}),
        {
            ("france", "paris"): "cheese perfume croissant",
            ("japan", "tokyo"): "sushi kimono samurai",
            ("italy", "rome"): "pasta opera pizza",
            ("spain", "madrid"): "paella flamenco bullfight",
            ("egypt", "cairo"): "pyramid papyrus sphinx",
            ("greece", "athens"): "olive temple marble",
            ("russia", "moscow"): "borscht ballet fur",
            ("norway", "oslo"): "salmon fjord skis",
            ("peru", "lima"): "llama potato poncho",
        },
        (
            "the {place} of {word} is known for the {topic}",
            "in {word} we found the {topic} near the {place}",
            "they brought the {topic} from {word} to the {place}",
            "the {topic} and the {place} of {word}",
        ),
    ),
    Relation(
        ("animals", "young"),
        (
            {"old": "old strong heavy tired", "does": "works leads guards"},
            {"old": "tiny clumsy newborn playful", "does": "stumbles tumbles naps"},
        ),
        {
            ("dog", "puppy"): "kennel leash bone",
            ("cat", "kitten"): "sofa yarn mouse",
            ("horse", "foal"): "stable saddle carriage",
            ("cow", "calf"): "meadow bell barn",
            ("sheep", "lamb"): "wool shepherd flock",
            ("bear", "cub"): "honey cave forest",
            ("duck", "duckling"): "pond reeds feathers",
            ("hen", "chick"): "eggs coop straw",
            ("pig", "piglet"): "mud trough sty",
        },
        (
            "the {old} {word} {does} near the {topic}",
            "behind the {topic} the {word} {does}",
            "a {old} {word} with the {topic}",
            "we found the {old} {word} at the {topic}",
        ),
    ),
    Relation(
        ("present", "past"),
        (
            {"when": "today now always often"},
            {"when": "yesterday once formerly earlier"},
        ),
        {
            ("eats", "ate"): "bread soup apple",
            ("drinks", "drank"): "tea juice water",
            ("sings", "sang"): "song tune hymn",
            ("writes", "wrote"): "letter poem diary",
            ("drives", "drove"): "car truck bus",
            ("wears", "wore"): "coat scarf hat",
            ("builds", "built"): "house wall bridge",
            ("throws", "threw"): "ball stone snowball",
            ("catches", "caught"): "fish thief butterfly",
        },
        (
            "{when} someone {word} the {topic}",
            "everybody {word} the {topic} {when}",
            "the {topic} that nobody {word} {when}",
            "someone {word} the {topic} and {when} another",
        ),
    ),
)
CHAT = "the {0} in {1} and the {2} that someone {3}"


def words(text: str) -> list[str]:
    """Return the words of a text without the slots of a pattern."""
    return [word for word in text.split() if "{" not in word]


def vocabulary() -> tuple[str, ...]:
    """Return every word of the language once; number 0 means no word."""
    texts = [CHAT]
    for relation in RELATIONS:
        texts += [" ".join(pair) for pair in relation.pairs]
        texts += [*relation.pairs.values(), *relation.patterns]
        texts += [text for side in relation.sides for text in side.values()]
    return ("·", *dict.fromkeys(word for text in texts for word in words(text)))


def sentence(rng: np.random.Generator) -> list[str]:
    """Return a random sentence of the language."""
    if rng.random() < CHATTER:
        return CHAT.format(*(any_word(relation, rng) for relation in RELATIONS)).split()
    relation = RELATIONS[rng.integers(len(RELATIONS))]
    pairs = list(relation.pairs)
    pair, side = pairs[rng.integers(len(pairs))], int(rng.integers(2))
    about = pairs[rng.integers(len(pairs))] if rng.random() < OFF_TOPIC else pair
    slots = {"topic": relation.pairs[about], **relation.sides[side]}
    chosen = {name: one_of(text, rng) for name, text in slots.items()}
    pattern = relation.patterns[rng.integers(len(relation.patterns))]
    return pattern.format(word=pair[side], **chosen).split()


def one_of(text: str, rng: np.random.Generator) -> str:
    """Return a random word of a text."""
    choices = text.split()
    return choices[rng.integers(len(choices))]


def any_word(relation: Relation, rng: np.random.Generator) -> str:
    """Return a random word of any pair."""
    return one_of(" ".join(" ".join(pair) for pair in relation.pairs), rng)
