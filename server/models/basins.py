"""Which memory each start ends in, as a picture that gets finer and then says how much of it was chance."""

from __future__ import annotations

import torch
from torch import Tensor

from server.models.memory import Memory
from server.models.projections import Projection, stream
from server.models.recall import RECALLED, settle

NONE, OUTSIDE = 254, 255

TILE = 512  # starts
COARSE = 32  # pixels a side of the first picture
DRAWS = 5


class BasinMap:
    """A picture (side, side) of starts, row 0 on top, of the memory that each ends in.

    The first picture is made of one pixel in each block, blown up; `refine` fills in the others, coarse to fine,
    and then draws every start again, with other chance and another order of updates. A pixel shows where most of its
    draws ended (of equally many the first), and ``purity`` says how many those were.

    ``labels`` are numbers of memories, `NONE` where the end is no memory (overlap below `RECALLED` with all) and
    `OUTSIDE` where the projection has no states. What is shown depends on the seed and how many tiles are done.
    Raises ValueError for more memories than numbers, or a side that is not a power of two of at least 32.
    """

    def __init__(
        self,
        memory: Memory,
        projection: Projection,
        patterns: Tensor,
        seed: int,
        *,
        side: int = 128,
        threshold: float = 0.0,
        tile: int = TILE,
    ) -> None:
        if len(patterns) > NONE:
            raise ValueError(f"A map tells at most {NONE} memories apart, not {len(patterns)}.")
        if side < COARSE or side & (side - 1):
            raise ValueError(f"A map's side must be a power of two, at least {COARSE}, not {side}.")
        self.memory, self.projection, self.threshold = memory, projection, threshold
        self.side, self._seed, self._tile = side, seed, tile
        self._patterns = patterns.double()
        self._points = grid(side).to(patterns.device)
        inside = projection.inside(self._points).cpu()
        self._inside = inside.reshape(side, side)
        self._strides, self._order, self._coarse = coarse_to_fine(self._inside)
        # Only pixels inside are drawn again; those just outside serve the blocks that reach inside.
        self._again = self._order[inside[self._order]]
        self._ends = torch.empty(DRAWS, side * side, dtype=torch.uint8)
        self._done = 0
        self.labels = torch.full((side, side), OUTSIDE, dtype=torch.uint8)
        self.purity = torch.ones(side, side)
        self._advance(self._coarse)

    @property
    def _total(self) -> int:
        return len(self._order) + (DRAWS - 1) * len(self._again)

    @property
    def progress(self) -> float:
        """The share of all starts that have settled, all draws counted."""
        return self._done / self._total

    @property
    def complete(self) -> bool:
        """Whether every pixel has a start of its own."""
        return self._done >= len(self._order)

    @property
    def finished(self) -> bool:
        """Whether all draws are done."""
        return self._done == self._total

    @property
    def recalled(self) -> float:
        """The share of the map that ends in a memory."""
        return float((self.labels[self._inside] < NONE).double().mean())

    def refine(self, tiles: int) -> None:
        """Settle so many tiles of ``tile`` starts more, or as many as are left."""
        left = min(tiles * self._tile, self._total - self._done)
        while left > 0:
            left -= self._advance(left)

    def _advance(self, most: int) -> int:
        """Settle at most so many starts, all of one draw; return how many."""
        first = self._done
        if first < len(self._order):
            draw, queue = 0, self._order[first : first + most]
        else:
            draw, offset = divmod(first - len(self._order), len(self._again))
            draw, queue = draw + 1, self._again[offset : offset + most]
        self._ends[draw, queue] = self._settle(queue, draw)
        if draw == 0:
            self._paint(queue, self._strides[first : first + len(queue)])
        else:
            self._vote(queue, draw + 1)
        self._done += len(queue)
        return len(queue)

    def _settle(self, pixels: Tensor, draw: int) -> Tensor:
        """The label at which the start of each pixel ends (C,)."""
        points = self._points[pixels.to(self._points.device)]
        starts = self.projection.starts(points, draw)
        ends = settle(self.memory, starts, seed=stream(self._seed, draw), threshold=self.threshold)
        overlaps = ends.attractors.double() @ self._patterns.T / self.memory.size
        best, number = overlaps.max(1)
        labels = torch.where(best >= RECALLED, number, NONE).to(torch.uint8)
        return labels[ends.which].cpu()

    def _paint(self, pixels: Tensor, strides: Tensor) -> None:
        """Colour the block of each pixel, as wide as the stride it was reached with."""
        for stride in (2**power for power in range(self.side.bit_length()) if 2**power in strides):
            chosen = pixels[strides == stride]
            steps = torch.arange(stride)
            rows = (chosen // self.side // stride * stride)[:, None, None] + steps[:, None]
            columns = (chosen % self.side // stride * stride)[:, None, None] + steps
            ends = self._ends[0, chosen, None, None].expand(-1, stride, stride)
            self.labels[rows, columns] = torch.where(self._inside[rows, columns], ends, OUTSIDE)

    def _vote(self, pixels: Tensor, draws: int) -> None:
        """Show where most of the draws ended, and their share."""
        ends = self._ends[:draws, pixels]
        votes = (ends[:, None] == ends).sum(0)
        most, first = votes.max(0)
        self.labels.view(-1)[pixels] = ends.gather(0, first[None])[0]
        self.purity.view(-1)[pixels] = most / draws

    def heights(self, side: int) -> Tensor:
        """Energies (side, side) of the states on such a grid, NaN where there are none."""
        points = grid(side).to(self._points.device)
        inside = self.projection.inside(points)
        energies = torch.full((side * side,), torch.nan, dtype=torch.float64, device=points.device)
        energies[inside] = self.memory.energy(self.projection.starts(points[inside]), self.threshold)
        return energies.reshape(side, side)


def grid(side: int) -> Tensor:
    """The points (side², 2) in the middle of each pixel, row after row from the top."""
    ticks = (torch.arange(side, dtype=torch.float64) * 2 + 1) / side - 1
    return torch.stack([ticks.repeat(side), -ticks.repeat_interleave(side)], 1)


def coarse_to_fine(inside: Tensor) -> tuple[Tensor, Tensor, int]:
    """Each pixel's stride, the pixels in their order, and how many make up the first picture.

    A pixel stands for the block of that stride that it lies in, until smaller blocks take their parts of it. In
    the first picture it lies in the middle.
    """
    side = len(inside)
    stride = side // COARSE
    numbers = torch.arange(side * side).reshape(side, side)
    wanted = torch.zeros_like(inside)
    # The first picture must reach every pixel inside, from just outside where need be.
    wanted[stride // 2 :: stride, stride // 2 :: stride] = inside.reshape(COARSE, stride, COARSE, stride).any(3).any(1)
    taken = wanted
    pixels = [numbers[wanted]]
    strides = [torch.full_like(pixels[0], stride)]
    while stride > 1:
        stride //= 2
        wanted = torch.zeros_like(inside)
        wanted[::stride, ::stride] = (inside & ~taken)[::stride, ::stride]
        taken = taken | wanted
        pixels.append(numbers[wanted])
        strides.append(torch.full_like(pixels[-1], stride))
    return torch.cat(strides), torch.cat(pixels), len(pixels[0])
