"""The output size of a sliding window along one axis, and how it comes about."""

from dataclasses import dataclass

from models.convolution.grids import show
from models.core.checks import whole


@dataclass(frozen=True)
class Axis:
    """The output size along one axis, O = floor((W - K_eff + 2P)/S) + 1, and how it came about.

    symbol: `W` or `H`. dropped: indices in the padded input that no window reaches at its end,
    because the floor rounded down (gaps that stride or dilation leave between are not among them).
    """

    symbol: str
    size: int
    kernel: int
    padding: int
    stride: int
    dilation: int

    @property
    def effective_kernel(self) -> int:
        """How many pixels the dilated kernel spans: D(K - 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def padded(self) -> int:
        """The padded input's size: W + 2P."""
        return self.size + 2 * self.padding

    @property
    def output(self) -> int:
        """The output's size; 0 or less where the kernel does not fit."""
        return (self.padded - self.effective_kernel) // self.stride + 1

    @property
    def quotient(self) -> float:
        """How many steps would fit behind the first window, before the floor."""
        return (self.padded - self.effective_kernel) / self.stride

    @property
    def too_large_by(self) -> int:
        """By how many pixels the kernel is larger than the padded input; 0 where it fits."""
        return max(0, self.effective_kernel - self.padded)

    @property
    def dropped(self) -> tuple[int, ...]:
        """Indices at the end of the padded input that no window covers."""
        covered = (self.output - 1) * self.stride + self.effective_kernel
        return tuple(range(covered, self.padded)) if self.output > 0 else ()

    @property
    def inside(self) -> range:
        """The outputs whose windows lie in the input and take in nothing of the padding."""
        first = min(-(-self.padding // self.stride), self.output)
        last = (self.padding + self.size - self.effective_kernel) // self.stride
        return range(first, max(first, min(last + 1, self.output)))

    def covered(self, outputs: range) -> range:
        """The input's indices that the windows of those outputs span, beyond its ends too."""
        first, last = (outputs[end] * self.stride - self.padding for end in (0, -1))
        return range(first, last + self.effective_kernel)

    @property
    def formula(self) -> str:
        """The formula in symbols."""
        kernel = "K" if self.dilation == 1 else "(D(K − 1) + 1)"
        return f"O = ⌊({self.symbol} − {kernel} + 2P) / S⌋ + 1"

    @property
    def steps(self) -> tuple[str, ...]:
        """The formula with its numbers substituted, one simplification after the other."""
        kernel = str(self.kernel)
        if self.dilation > 1:
            kernel = f"({self.dilation}×({self.kernel} − 1) + 1)"
        span = self.padded - self.effective_kernel
        steps = [
            f"⌊({self.size} − {kernel} + 2×{self.padding}) / {self.stride}⌋ + 1",
            f"⌊{span} / {self.stride}⌋ + 1",
            f"⌊{show(self.quotient, 2)}⌋ + 1",
            f"{span // self.stride} + 1",
            str(self.output),
        ]
        return tuple(dict.fromkeys(steps))

    @property
    def substituted(self) -> str:
        """The whole derivation in one line: `O = ⌊(7 − 3 + 2×1) / 3⌋ + 1 = ... = 3`."""
        return "O = " + " = ".join(self.steps)

    @property
    def derivation(self) -> str:
        """The formula in symbols and then with its numbers, in one line."""
        return f"{self.formula} = {' = '.join(self.steps)}"


def output_size(
    size: int, kernel: int, padding: int = 0, stride: int = 1, dilation: int = 1, symbol: str = "W"
) -> Axis:
    """The output size along one axis; a kernel that does not fit shows in `too_large_by`.

    Raises:
        InputError: a number that is not whole, or too small (stride 0, a negative padding, ...).
    """
    whole("Input size", size, 1, 10**6)
    whole("Kernel size", kernel, 1, 10**6)
    whole("Padding", padding, 0, 10**6)
    whole("Stride", stride, 1, 10**6)
    whole("Dilation", dilation, 1, 10**6)
    return Axis(symbol, size, kernel, padding, stride, dilation)
