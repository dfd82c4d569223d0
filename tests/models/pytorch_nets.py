"""The same nets out of PyTorch's own modules: the oracle that the engine is held against."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from hypothesis import strategies as st
from torch import Tensor, nn

from server.models.mlp import MLP, targets_of

MODULES: dict[str, type[nn.Module]] = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "linear": nn.Identity,
}


@dataclass(frozen=True)
class Case:
    """One net and its minibatches."""

    units: tuple[int, ...]
    hidden: tuple[str, ...]
    output: str = "linear"
    loss: str = "cross_entropy"
    batch_norm: bool = False
    skip: bool = False
    dropout: float = 0.0
    examples: int = 8
    seed: int = 9

    def net(self) -> MLP:
        return MLP(
            self.units,
            generator=generator(self.seed),
            hidden=self.hidden,
            output=self.output,
            loss=self.loss,
            batch_norm=self.batch_norm,
            skip=self.skip,
            dropout=self.dropout,
            dtype=torch.float64,
        )

    def minibatch(self, number: int) -> tuple[Tensor, Tensor]:
        source = generator(1000 * self.seed + number)
        inputs = torch.randn(self.examples, self.units[0], generator=source, dtype=torch.float64)
        if self.loss == "squared_error":
            return inputs, torch.randn(self.examples, self.units[-1], generator=source, dtype=torch.float64)
        labels = torch.randint(self.units[-1], (self.examples,), generator=source)
        return inputs, targets_of(labels, self.units[-1], torch.float64)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any net of up to five layers. Two widths only, so that many layers are as wide as their input."""
    widths = draw(st.lists(st.integers(1, 7), min_size=2, max_size=2))
    units = tuple(draw(st.lists(st.sampled_from(widths), min_size=2, max_size=6)))
    kinds = st.sampled_from(sorted(MODULES))
    loss = draw(st.sampled_from(["squared_error", "cross_entropy"]))
    return Case(
        units=units,
        hidden=tuple(draw(st.lists(kinds, min_size=len(units) - 2, max_size=len(units) - 2))),
        output="linear" if loss == "cross_entropy" else draw(kinds),
        loss=loss,
        batch_norm=draw(st.booleans()),
        skip=draw(st.booleans()),
        dropout=draw(st.sampled_from([0.0, 0.3, 0.5])),
        examples=draw(st.integers(2, 12)),
        seed=draw(st.integers(0, 10_000)),
    )


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


class Reference(nn.Module):
    """A net with the first weights of ours, in PyTorch's words."""

    def __init__(self, net: MLP, case: Case) -> None:
        super().__init__()
        shapes = list(zip(case.units, case.units[1:], strict=False))
        self.skips = [case.skip and a == b for a, b in shapes[:-1]] + [False]
        norm = [case.batch_norm] * (len(shapes) - 1) + [False]
        self.linears = nn.ModuleList(
            nn.Linear(a, b, bias=not normed, dtype=torch.float64) for (a, b), normed in zip(shapes, norm, strict=True)
        )
        self.norms = nn.ModuleList(
            nn.BatchNorm1d(b, dtype=torch.float64) if normed else nn.Identity()
            for (_, b), normed in zip(shapes, norm, strict=True)
        )
        self.kinds = nn.ModuleList(MODULES[kind]() for kind in (*case.hidden, case.output))
        for layer, linear in zip(net.layers, self.linears, strict=True):
            assert isinstance(linear, nn.Linear)
            linear.weight.data.copy_(layer.weights)
            if layer.norm is None:
                linear.bias.data.copy_(layer.biases)

    def forward(self, inputs: Tensor, masks: Sequence[Tensor] = ()) -> Tensor:
        """Outputs (m, outputs); hidden layers are multiplied by the masks (units, m) if there are any."""
        o = inputs
        multiplied = [*(mask.t() for mask in masks), *[torch.ones(())] * (len(self.linears) - len(masks))]
        for linear, norm, kind, skip, mask in zip(
            self.linears, self.norms, self.kinds, self.skips, multiplied, strict=True
        ):
            k = kind(norm(linear(o))) * mask
            o = k + o if skip else k
        return o


def error(outputs: Tensor, targets: Tensor, loss: str) -> Tensor:
    """The two losses in PyTorch's words."""
    if loss == "cross_entropy":
        return nn.functional.cross_entropy(outputs, targets)
    return (outputs - targets).square().sum() / (2 * len(outputs))


def assert_close(ours: Tensor, theirs: Tensor) -> None:
    torch.testing.assert_close(ours, theirs.detach(), rtol=1e-7, atol=1e-8)


def assert_same_gradients(net: MLP, reference: Reference) -> None:
    for layer, linear, norm in zip(net.layers, reference.linears, reference.norms, strict=True):
        assert isinstance(linear, nn.Linear)
        assert linear.weight.grad is not None
        assert_close(layer.weights_gradient, linear.weight.grad)
        if layer.norm is not None:
            assert isinstance(norm, nn.BatchNorm1d)
            assert norm.weight.grad is not None
            assert_close(layer.norm.scale_gradient, norm.weight.grad)
        shift = norm.bias if isinstance(norm, nn.BatchNorm1d) else linear.bias
        assert shift.grad is not None
        assert_close(layer.biases_gradient, shift.grad)


def assert_same_state(net: MLP, reference: Reference) -> None:
    for layer, linear, norm in zip(net.layers, reference.linears, reference.norms, strict=True):
        assert isinstance(linear, nn.Linear)
        assert_close(layer.weights, linear.weight)
        if layer.norm is None:
            assert_close(layer.biases, linear.bias)
            continue
        assert isinstance(norm, nn.BatchNorm1d)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        assert_close(layer.norm.scale, norm.weight)
        assert_close(layer.norm.shift, norm.bias)
        assert_close(layer.norm.running_mean, norm.running_mean)
        assert_close(layer.norm.running_variance, norm.running_var)


def adopt(net: MLP, reference: Reference) -> None:
    """Give our net the reference's parameters."""
    for layer, linear, norm in zip(net.layers, reference.linears, reference.norms, strict=True):
        assert isinstance(linear, nn.Linear)
        layer.weights.copy_(linear.weight.detach())
        layer.biases.copy_((norm.bias if isinstance(norm, nn.BatchNorm1d) else linear.bias).detach())
        if layer.norm is not None:
            assert isinstance(norm, nn.BatchNorm1d)
            layer.norm.scale.copy_(norm.weight.detach())
