"""What a layer costs in numbers to learn, beside a fully connected one (SLIDES 7)."""

from dataclasses import dataclass

from models.convolution.geometry import Sliding, output_axes
from models.core.checks import whole


@dataclass(frozen=True)
class Cost:
    """Parameter counts of a convolutional layer and of the dense layer with the same output.

    terms: length of the dot product behind one output number (the bias comes on top).
    inputs: numbers in the input volume. output: F, H, W. The formulas have the numbers in them.
    """

    terms: int
    inputs: int
    output: tuple[int, int, int]
    outputs: int
    convolution: int
    dense: int
    terms_formula: str
    inputs_formula: str
    output_formula: str
    convolution_formula: str
    dense_formula: str

    @property
    def ratio(self) -> float:
        """How many times as many parameters the dense layer has."""
        return self.dense / self.convolution


def cost(
    channels: int,
    height: int,
    width: int,
    kernel: int,
    filters: int,
    sliding: Sliding | None = None,
) -> Cost:
    """The cost of `filters` filters of `kernel` x `kernel` over an input of C x H x W.

    Convolution: K·K·C·F weights + F biases. Dense: every output number has its own weight to
    every input number, and its own bias.

    Raises:
        InputError: a count that is not a whole number from 1, or a kernel that does not fit.
    """
    whole("Channels", channels, 1, 4096)
    whole("Filters", filters, 1, 4096)
    whole("Kernel size", kernel, 1, 1000)
    whole("Height", height, 1, 100_000)
    whole("Width", width, 1, 100_000)
    rows, columns = output_axes(height, width, kernel, kernel, sliding or Sliding())
    terms, inputs = kernel * kernel * channels, channels * height * width
    outputs = filters * rows.output * columns.output
    volume = f"{filters}×{rows.output}×{columns.output}"
    return Cost(
        terms=terms,
        inputs=inputs,
        output=(filters, rows.output, columns.output),
        outputs=outputs,
        convolution=terms * filters + filters,
        dense=inputs * outputs + outputs,
        terms_formula=f"{kernel}×{kernel}×{channels} = {_count(terms, 'term')} + 1 bias",
        inputs_formula=f"{channels}×{height}×{width} = {_count(inputs, 'input')}",
        output_formula=f"{volume} = {_count(outputs, 'output')}",
        convolution_formula=(
            f"{kernel}×{kernel}×{channels}×{filters} + {filters} = {terms * filters + filters:,}"
        ),
        dense_formula=(
            f"({channels}×{height}×{width})×({volume}) + {volume} = {inputs * outputs + outputs:,}"
        ),
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
