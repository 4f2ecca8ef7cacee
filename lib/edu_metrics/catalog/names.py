"""Names as people write them, made comparable."""

from __future__ import annotations

import unicodedata


def plain(name: str) -> str:
    """
    Make two spellings of one name the same: width, case and spaces apart.

    Parameters
    ----------
    name : str
        A name as found.

    Returns
    -------
    str
        The name in NFKC, without white space, in lower case.

    Examples
    --------
    >>> plain("海 南 区") == plain("海南区")
    True
    >>> plain("Ｗuhai City")
    'wuhaicity'
    """
    return "".join(unicodedata.normalize("NFKC", name).split()).lower()
