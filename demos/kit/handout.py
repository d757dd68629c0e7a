"""A tab on paper: its scenes, and a code of every preset that opens it on a phone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from ipaddress import ip_address
from string import Template
from urllib.parse import urlencode, urlsplit

import segno
from latex2mathml.converter import convert

from demos.kit.head import Preset, SceneInfo
from demos.kit.view import ASSETS

FORMULA = re.compile(r"\$([^$]+)\$")
STRONG = re.compile(r"\*\*(.+?)\*\*")
SHEET = ASSETS / "html" / "handout.html"
LOCAL = (
    "These codes lead to this computer only: start the app with --host 0.0.0.0 and open this page "
    "by the computer’s own address before you print it, and phones find them."
)


@dataclass(frozen=True)
class Chapter:
    """One tab as a handout has it."""

    slug: str
    title: str
    scenes: Sequence[SceneInfo]


def sheet(chapter: Chapter, address: str) -> str:
    """The handout of a tab, a page of HTML that needs nothing else.

    Args:
        chapter: the tab.
        address: where the app is, as phones reach it, ending in a slash.
    """
    scenes = "\n".join(_scene(chapter.slug, info, address) for info in chapter.scenes)
    alone = f'<p class="alone" role="note">{escape(LOCAL)}</p>' if _is_local(address) else ""
    return Template(SHEET.read_text("utf-8")).substitute(
        title=escape(chapter.title), address=escape(address), alone=alone, scenes=scenes
    )


def _is_local(address: str) -> bool:
    """Whether an address leads each machine to itself."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _scene(tab: str, info: SceneInfo, address: str) -> str:
    link = f"{address}?{urlencode({'tab': tab, 'scene': info.slug})}"
    presets = "".join(_preset(one, link) for one in info.presets)
    return (
        f"<section><div>{_code(link)}<div><h2>{escape(info.title)}</h2>"
        f"<p>{text(info.lead)}</p></div></div><ul>{presets}</ul></section>"
    )


def _preset(preset: Preset, link: str) -> str:
    link = f"{link}&{urlencode({'preset': preset.slug})}"
    slide = f" (slide {escape(preset.slide)})" if preset.slide else ""
    return f"<li>{_code(link)}{escape(preset.title)}{slide}</li>"


def _code(link: str) -> str:
    drawn = segno.make(link, error="l", micro=False).svg_inline(border=3, omitsize=True)
    return f'<a href="{escape(link)}">{drawn}</a>'


def text(lead: str) -> str:
    """A scene's lead as HTML: its formulas in MathML, which browsers draw by themselves."""
    parts = FORMULA.split(lead)
    said = [STRONG.sub(r"<strong>\1</strong>", escape(part)) for part in parts[::2]]
    formulas = [convert(part) for part in parts[1::2]]
    return "".join(a + b for a, b in zip(said, [*formulas, ""], strict=True))
