"""Small generated sets of binary pictures whose distribution is known exactly."""

import torch
from torch import Tensor

from server.models.rbm import binary_states


def bars_and_stripes(side: int) -> Tensor:
    """All pictures of full columns and all of full rows: (2·2^side, side²) float32 of 0 and 1.

    The empty and the full picture occur in both halves and are kept twice, so that each is twice as likely as
    any other: 2·2^side − 2 distinct pictures. Source: D. MacKay, "Information Theory, Inference and Learning
    Algorithms" (2003), section 43.2. Raises ValueError for a side outside 1 … 8.
    """
    if not 1 <= side <= 8:
        raise ValueError(f"Bars and stripes of side {side} were asked for; the side must be 1 to 8.")
    rows = binary_states(side).unsqueeze(2).expand(-1, side, side)
    return torch.cat([rows.transpose(1, 2), rows]).flatten(1)


def best_log_likelihood(patterns: Tensor) -> float:
    """Mean log-likelihood in nats of a perfect model of the rows (n, units): minus their entropy."""
    counts = torch.unique(patterns, dim=0, return_counts=True)[1].double()
    return float((counts / counts.sum()).log() @ (counts / counts.sum()))
