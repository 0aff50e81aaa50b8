"""Two small worlds as tables: gymnasium's cliff, and a grid of three rows by four columns."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np

ARROWS = "↑→↓←"  # the actions 0 to 3, as gymnasium numbers them
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))
KINDS = ("free", "start", "goal", "danger", "wall")
FREE, START, GOAL, DANGER, WALL = range(5)


@dataclass(frozen=True)
class World:
    """The results of action a in state s: next state, reward and end, each (states, 4)."""

    shape: tuple[int, int]  # rows, columns; state = row · columns + column, row 0 at the top
    start: int
    following: np.ndarray
    reward: np.ndarray
    ends: np.ndarray
    kinds: np.ndarray  # (states,), of KINDS


@functools.cache
def world(name: str) -> World:
    """Return the world of this name: `cliff` or `grid`."""
    return cliff() if name == "cliff" else grid()


def cliff() -> World:
    """Return gymnasium's CliffWalking: −1 per step; −100 and back to the start for a fall."""
    made: Any = gymnasium.make("CliffWalking-v1").unwrapped
    states, actions = made.observation_space.n, made.action_space.n
    table = [[made.P[s][a][0] for a in range(actions)] for s in range(states)]  # nothing is random
    _, following, reward, ends = np.moveaxis(np.array(table, float), 2, 0)
    kinds = np.full(states, FREE)
    kinds[37:47], kinds[36], kinds[47] = DANGER, START, GOAL
    return World(
        (4, 12),
        int(made.start_state_index),
        following.astype(int),
        reward,
        ends.astype(bool),
        kinds,
    )


def grid() -> World:
    """Return the grid: start bottom left, goal +1 top right, pit −1 below it, and a wall.

    The wall is in row 1, column 1. Nothing else gives a reward. A move into the wall or an edge
    does not change the state.
    """
    kinds = np.full((3, 4), FREE)
    kinds[2, 0], kinds[0, 3], kinds[1, 3], kinds[1, 1] = START, GOAL, DANGER, WALL
    following = np.array([[_moved(kinds, s, move) for move in MOVES] for s in range(12)])
    reached = kinds.ravel()[following]
    walked = np.isin(kinds, (FREE, START)).reshape(12, 1)  # no move begins in the other cells
    reward = walked * (1.0 * (reached == GOAL) - 1.0 * (reached == DANGER))
    return World((3, 4), 8, following, reward, reward != 0, kinds.ravel())


def _moved(kinds: np.ndarray, state: int, move: tuple[int, int]) -> int:
    row, column = state // 4 + move[0], state % 4 + move[1]
    free = 0 <= row < 3 and 0 <= column < 4 and kinds[row, column] != WALL
    return row * 4 + column if free else state


def best_values(w: World, discount: float) -> np.ndarray:
    """Return Q of the best policy, (states, 4), by dynamic programming on the world's tables."""
    Q = np.zeros(w.reward.shape)
    for _ in range(1000):
        Q = w.reward + discount * ~w.ends * Q.max(axis=1)[w.following]
    return Q


def greedy_path(w: World, Q: np.ndarray, most: int = 100) -> list[int]:
    """Return the states that Q's best actions lead through from the start, at most `most` moves."""
    path, over = [w.start], False
    while not over and len(path) <= most:
        s, a = path[-1], int(Q[path[-1]].argmax())
        over = bool(w.ends[s, a])
        path.append(int(w.following[s, a]))
    return path
