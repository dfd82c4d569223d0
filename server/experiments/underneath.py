"""What stands below the first screen of the page of the sampled machine."""

from server.grammar import Curves, Line, Number, Profile, Readout, Relation, Theory, View

BELOW: tuple[View, ...] = (
    Relation(
        title="Misplaced, sample by sample",
        caption="Four times the facts **halve** the noise.",
        detail="{powers}",
        x="counted",
        lines=(Line(channel="misplaced_marks", label="misplaced"),),
        style="line",
        theory=(Theory(label="noise alone", channel="noise_line"),),
        axis="samples",
        x_scale="log",
        y_scale="log",
    ),
    Relation(
        title="Energy against log probability",
        caption="Boltzmann’s law is a **straight** line.",
        detail="{slope}",
        index="state",
        x="energies",
        lines=(Line(channel="log_shares", label="ln share"),),
        theory=(Theory(label="−E/T − ln Z", channel="law"),),
        axis="(free) energy",
    ),
    Readout(
        title="In numbers",
        caption="Compared: **{compared}**.",
        detail="{news}",
        numbers=(
            Number(channel="samples", label="samples", digits=0),
            Number(channel="facts", label="independent facts they hold", digits=0, waiting=True),
            Number(channel="misplaced", label="misplaced, in %", digits=2, waiting=True),
            Number(channel="mean_energy", label="mean energy, measured", digits=3, waiting=True),
            Number(channel="exact_mean", label="mean energy, exact", digits=3, waiting=True),
            Number(channel="log_partition", label="ln Z, exact", digits=3, waiting=True),
        ),
    ),
    Curves(
        title="Temperature",
        caption="It is **{course}**.",
        lines=(Line(channel="heat", label="T"),),
        low=0,
    ),
    Profile(
        title="Biases",
        caption="What a unit likes with all others **off**.",
        detail="{biases}",
        index="unit",
        lines=(Line(channel="biases"),),
        axis="unit",
    ),
)
