"""Valleys, passes and basins by plain searches over all states of a small machine: the oracle of the landscape."""

import heapq

import numpy as np
import torch

from server.models.landscape import states_of
from server.models.memory import Memory


def neighbours(state: int, units: int) -> list[int]:
    return [state ^ (1 << unit) for unit in range(units)]


def energies_of(memory: Memory, threshold: float) -> list[float]:
    """By the memory's own formula, state by state, ties made exact by rounding."""
    states = states_of(torch.arange(1 << memory.size), memory.size)
    return [round(float(memory.energy(state, threshold)), 8) for state in states]


def pieces_of(energies: list[float], units: int) -> dict[int, frozenset[int]]:
    """Each state's flat piece, by a search from it."""
    found: dict[int, frozenset[int]] = {}
    for start in range(len(energies)):
        if start in found:
            continue
        piece, ahead = {start}, [start]
        while ahead:
            ahead += (new := {n for n in neighbours(ahead.pop(), units) if energies[n] == energies[start]} - piece)
            piece |= new
        found |= dict.fromkeys(piece, frozenset(piece))
    return found


def valleys_of(energies: list[float], units: int) -> set[frozenset[int]]:
    """The flat pieces from which no flip leads lower."""
    return {
        piece
        for piece in pieces_of(energies, units).values()
        if all(energies[n] >= energies[state] for state in piece for n in neighbours(state, units))
    }


def pass_between(energies: list[float], units: int, start: int, end: int) -> float:
    """The least height that a path must climb to (Dijkstra's search with max for +)."""
    ahead, seen = [(energies[start], start)], set()
    while ahead:
        height, state = heapq.heappop(ahead)
        if state == end:
            return height
        if state not in seen:
            seen.add(state)
            for n in neighbours(state, units):
                heapq.heappush(ahead, (max(height, energies[n]), n))
    raise AssertionError("a hypercube is connected")


def shares_of(energies: list[float], units: int, *, coin: bool = False) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Where runs from all states end, (2^N,), by the linear equations of the absorbing chain.

    With a coin, off the valleys' floors neighbours of the same energy count half as much as lower ones.
    """
    count = len(energies)
    moves = np.zeros((count, count))
    floors = {state for piece in valleys_of(energies, units) for state in piece}
    for state in range(count):
        weights = {n: 1.0 for n in neighbours(state, units) if energies[n] < energies[state]}
        if coin and state not in floors:
            weights |= {n: 0.5 for n in neighbours(state, units) if energies[n] == energies[state]}
        for n, weight in weights.items():
            moves[state, n] = weight / sum(weights.values())
    visits = np.linalg.solve(np.eye(count) - moves.T, np.full(count, 1 / count))
    visits[moves.any(1)] = 0
    return visits
