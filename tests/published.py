"""Published test vectors: read where they lie beside the project, never copied in.

Other folders can be named in PUBLISHED_VECTORS, separated by colons.
"""

import os
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAMED = [Path(one) for one in os.environ.get("PUBLISHED_VECTORS", "").split(":") if one]
PLACES = (*NAMED, ROOT.parent / "shared" / "vectors", ROOT.parent.parent / "shared" / "vectors")


def published(name: str) -> Path | None:
    """The file or folder of this name, or nothing where it is in none of these places."""
    return next((place / name for place in PLACES if (place / name).exists()), None)
