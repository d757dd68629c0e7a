"""How faces are drawn where nobody chose: the endpoint's defaults, and the faces that ship."""

from models.diffusion.draw import ONE_EACH
from models.diffusion.samplers import Settings

WHOM = ONE_EACH
SETTINGS = Settings("ddim", steps=20, guidance=2.0)
