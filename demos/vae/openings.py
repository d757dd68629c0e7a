"""What this tab opens with, made by the shipped networks: `python -m demos.vae.openings`.

To be called when weights were published; `models.ship` does.
"""

from demos import vae
from demos.kit.openings import main

if __name__ == "__main__":
    main(vae.build)
