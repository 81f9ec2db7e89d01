"""Published test vectors: read where they lie beside the project, never copied in."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
PLACES = (ROOT.parent / "shared" / "vectors", ROOT.parent.parent / "shared" / "vectors")


def published(name: str) -> Path | None:
    """The file or folder of this name, or nothing where it is not beside the project."""
    return next((place / name for place in PLACES if (place / name).exists()), None)
