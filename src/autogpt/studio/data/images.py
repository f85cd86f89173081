"""Images in a folder for each class; what is no image is told, and left out."""

from collections.abc import Iterator

from autogpt.core.errors import MissingExtra
from autogpt.studio.corpus import Rejected
from autogpt.studio.data.raw import Raw
from autogpt.studio.data.sources import Piece


def read_image(piece: Piece) -> Iterator[Raw | Rejected]:
    """The one row of an image: its path, and its folder as the label. The image is checked, not kept in memory.

    Raises MissingExtra without Pillow.
    """
    try:
        from PIL import Image
    except ImportError:
        raise MissingExtra("images need Pillow: pip install 'autogpt[studio]'") from None
    try:
        with Image.open(piece.path) as image:
            image.verify()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        yield Rejected(file=piece.name, line=0, reason=f"is no image: {str(error)[:200]}")
        return
    yield Raw(0, {"image": str(piece.path.absolute()), **({"label": piece.folder} if piece.folder else {})})
