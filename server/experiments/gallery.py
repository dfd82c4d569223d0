"""The pictures that a restricted machine learns from, and how near to them a picture must lie to pass as one."""

from math import nan
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from server.models.data import split
from server.models.patterns import bars_and_stripes, best_log_likelihood

Data = Literal["digits", "3×3", "4×4"]
NAMES = {"digits": "digits, 8×8", "3×3": "bars and stripes, 3×3", "4×4": "bars and stripes, 4×4"}
SIDES = {"digits": 8, "3×3": 3, "4×4": 4}
FIRST = 36
MONITORED = 200  # pictures on either side of the free-energy gap: few enough to be measured at every step


class Gallery:
    """Pictures of `side`² pixels of 0 and 1 as rows: `train` (n, units) and `held_out`, which are never learned from.

    Of bars and stripes nothing is held out: there `held_out` are the patterns themselves. `swapped` are the held-out
    pictures with every pixel exchanged among them; `near` is the distance, in pixels, within which 95 % of the held-out
    pictures have a picture learned from; `yardsticks` are the shares of `swapped` and of `held_out` that pass.
    `monitored` are `each` others (held out, or swapped where nothing is) and after them as many learned from.

    `kinds` says of each picture learned from which of `kinds_known` kinds it is: the digit, or the pattern itself.

    `on` is how often each pixel is on, `guess` the reconstruction error of guessing that, `best` the largest possible
    mean of ln p in nats, not a number where it is not known; `by_kind` that of the monitored others if pixels are
    drawn alone, but with another mean for each digit, and not a number where kinds are single pictures.
    """

    def __init__(self, data: Data, seed: int, shuffle: torch.Generator, device: torch.device) -> None:
        self.side = SIDES[data]
        self.generated = data != "digits"
        self.train, self.held_out = (pictures.to(device) for pictures in self._load(seed))
        order = torch.rand(self.held_out.shape, generator=shuffle).argsort(0).to(device)
        self.swapped = self.held_out.gather(0, order)
        self.each = min(MONITORED, len(self.train), len(self.held_out))
        others = self.swapped if self.generated else self.held_out
        self.monitored = torch.cat([others[: self.each], self.train[: self.each]])
        labels = torch.unique(self.train, dim=0, return_inverse=True)[1] if self.generated else split(seed).train_labels
        self.kinds, self.kinds_known = labels.to(device), int(labels.max()) + 1
        self.near = float(self.nearest(self.held_out)[1].quantile(0.95))
        self.yardsticks = tuple(self.passing(self.nearest(each)[1]) for each in (self.swapped, self.held_out))
        self.first = self.images(self.train[:FIRST])
        self.on = (self.train.sum(0) + 0.5) / (len(self.train) + 1)  # ½: a pixel that is never on stays finite
        self.guess = (self.on * (1 - self.on)).mean()
        self.best = best_log_likelihood(self.train) if self.generated else nan
        self.by_kind = nan if self.generated else self._by_kind()

    def _by_kind(self) -> float:
        """Mean ln p of a mixture of machines without links, one for each kind, as frequent as it is."""
        members = one_hot(self.kinds, self.kinds_known).float()
        counts = members.sum(0)
        on = (members.T @ self.train + 0.5) / (counts[:, None] + 1)
        logs = self.monitored[: self.each] @ on.logit().T + (1 - on).log().sum(1) + (counts / counts.sum()).log()
        return float(logs.logsumexp(1).mean())

    def _load(self, seed: int) -> tuple[Tensor, Tensor]:
        """To learn from, and held out: digits in black and white, a pixel being on from half of full ink."""
        if self.generated:
            patterns = bars_and_stripes(self.side)
            return patterns, patterns
        data = split(seed)
        held_out = torch.cat([data.validation_inputs, data.test_inputs])
        return (data.train_inputs >= 0.5).float(), (held_out >= 0.5).float()

    def images(self, pictures: Tensor) -> Tensor:
        """Rows as images, (n, side, side)."""
        return pictures.view(-1, self.side, self.side)

    def nearest(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Which picture learned from differs in the fewest pixels from each, and in how many, (n,) each."""
        differing = pictures.sum(1, keepdim=True) + self.train.sum(1) - 2 * pictures @ self.train.T
        distance, nearest = differing.min(1)
        return nearest, distance

    def passes(self, distance: Tensor) -> Tensor:
        """Which pictures lie as near to one learned from as held-out ones do, (n,) bool; a copied digit does not pass.

        Of bars and stripes, where all there are were learned from, only copies do.
        """
        return (distance <= self.near) & ((distance > 0) | self.generated)

    def passing(self, distance: Tensor) -> float:
        """Share that passes."""
        return float(self.passes(distance).float().mean())

    def variety(self, nearest: Tensor, distance: Tensor) -> float:
        """How many kinds the pictures that pass are of, from 1, or 0 where none passes: exp(entropy), as if all even.

        Each counts as the kind of the picture learned from that is nearest to it.
        """
        counts = torch.bincount(self.kinds[nearest[self.passes(distance)]], minlength=self.kinds_known)
        shares = counts / counts.sum().clamp_min(1)
        return float(torch.special.entr(shares).sum().exp()) if bool(counts.any()) else 0.0
