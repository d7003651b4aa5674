"""The link preview: what a chat or a search shows of the page, which needs absolute addresses.

Only whoever puts the page somewhere knows its address (``build.py build --address``). A page that
does not know where it stands says nothing of it.
"""

from __future__ import annotations

import html
import re
from typing import Final
from urllib.parse import urlsplit

from building.steps import Failure

PICTURE: Final = "preview.png"
"""The page as it looks once a story has been told, at the size that previews want."""

WIDTH: Final = 1200
HEIGHT: Final = 630
PICTURE_SAYS: Final = "The bank account, looked at in the past: ledger, state and slider."


def with_preview(page: str, address: str) -> str:
    """The page, saying where it stands and what is to be shown of it.

    Raises:
        Failure: the address is not the absolute address of a page, or the page lacks a title.
    """
    place = checked(address)
    title = _said(page, r"<title>(.*?)</title>", "title")
    description = _said(page, r'<meta name="description" content="(.*?)">', "description")
    picture = f"{place}{PICTURE}"
    tags = [f'<link rel="canonical" href="{html.escape(place)}">']
    for name, content in (
        ("og:type", "website"),
        ("og:url", place),
        ("og:title", title),
        ("og:description", description),
        ("og:image", picture),
        ("og:image:width", str(WIDTH)),
        ("og:image:height", str(HEIGHT)),
        ("og:image:alt", PICTURE_SAYS),
    ):
        tags.append(f'<meta property="{name}" content="{html.escape(content)}">')
    tags.append('<meta name="twitter:card" content="summary_large_image">')
    return page.replace("</head>", "".join(f"  {tag}\n" for tag in tags) + "</head>", 1)


def checked(address: str) -> str:
    """An address as the folder of a page, with its slash at the end.

    Raises:
        Failure: it is not the absolute address of a folder.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("https", "http") or not parts.netloc or parts.query or parts.fragment:
        raise Failure(
            f"“{address}” is not where a page can stand. Give its whole address, such as "
            "https://example.org/esbank/"
        )
    return address if address.endswith("/") else f"{address}/"


def _said(page: str, pattern: str, what: str) -> str:
    found = re.search(pattern, page)
    if found is None:
        raise Failure(f"index.html has no {what}, which a link preview shows.")
    return html.unescape(found[1])
