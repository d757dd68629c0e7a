"""The network that denoises faces, and the noise schedule that it was made for."""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

if TYPE_CHECKING:
    from diffusers import DDPMScheduler

_IMPORTING = threading.Lock()


def from_diffusers(name: str) -> Any:
    """A class of diffusers, which is imported when one is first asked for.

    By one thread at a time: its modules are made as they are asked for, and two threads that ask
    for the first one together are told that it is not there.
    """
    with _IMPORTING:
        import diffusers

        return getattr(diffusers, name)


@dataclass(frozen=True)
class DenoiserConfig:
    """A `FaceDenoiser`: its U-Net, the characters it can be asked for, and its noise schedule."""

    characters: tuple[str, ...]
    size: int = 32
    channels: tuple[int, ...] = (48, 96, 192)
    """Of each resolution, from full size down; the lowest has self-attention."""
    layers: int = 1
    norm_groups: int = 16
    head_channels: int = 32
    """Of one attention head; many narrow heads cost a fifth of all time on a CPU."""
    timesteps: int = 1000
    noise_schedule: str = "squaredcos_cap_v2"
    """The cosine schedule of Nichol and Dhariwal 2021, equation 17, by diffusers' name."""
    prediction: str = "v_prediction"
    """v = sqrt(alpha_bar) noise - sqrt(1 - alpha_bar) x0 (Salimans and Ho 2022, appendix D)."""


class FaceDenoiser(nn.Module):
    """diffusers' `UNet2DModel` over faces, with one label more than characters: "nobody in
    particular", on which it was trained as well, for classifier-free guidance (Ho and Salimans
    2022).
    """

    def __init__(self, config: DenoiserConfig):
        super().__init__()
        self.config = config
        plain = len(config.channels) - 1
        self.unet = from_diffusers("UNet2DModel")(
            sample_size=config.size,
            block_out_channels=config.channels,
            layers_per_block=config.layers,
            down_block_types=("DownBlock2D",) * plain + ("AttnDownBlock2D",),
            up_block_types=("AttnUpBlock2D",) + ("UpBlock2D",) * plain,
            norm_num_groups=config.norm_groups,
            attention_head_dim=config.head_channels,
            num_class_embeds=len(config.characters) + 1,
        )

    @property
    def nobody(self) -> int:
        """The label that asks for no character in particular."""
        return len(self.config.characters)

    def forward(
        self, noisy: torch.Tensor, timestep: torch.Tensor, label: torch.Tensor
    ) -> torch.Tensor:
        """Predict v (or what `config.prediction` names) from noisy faces.

        Args:
            noisy: x_t, B 3 H W, faces in [-1, 1] under the schedule's noise.
            timestep: B, in [0, timesteps); samplers may ask between two of them.
            label: int64 B, a character, or `nobody`.

        Returns:
            B 3 H W.
        """
        return self.unet(noisy, timestep, class_labels=label).sample  # B 3 H W

    def noise_schedule(self) -> "DDPMScheduler":
        """The schedule that the network was trained with."""
        return from_diffusers("DDPMScheduler")(**self.schedule_config())

    def schedule_config(self) -> dict:
        """The schedule as arguments of any of diffusers' schedulers."""
        return {
            "num_train_timesteps": self.config.timesteps,
            "beta_schedule": self.config.noise_schedule,
            "prediction_type": self.config.prediction,
        }
