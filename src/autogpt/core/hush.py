"""Keeps libraries from telling a person what concerns only their makers."""

import logging

_CHATTY = ("torchao", "torch.utils._pytree")


def hush() -> None:
    """Silence what torchao, which transformers imports wherever it is installed, warns of: kernels for other machines,
    and torch of the way torchao registers its types. Errors are told as ever.
    """
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.ERROR)
