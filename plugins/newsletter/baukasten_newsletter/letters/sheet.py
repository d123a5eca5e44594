"""How a letter looks: the sheet that is laid into its elements, and the part that dark screens and phones follow."""

from functools import lru_cache
from string import Template

import css_inline

from baukasten.sdk import Letterhead

FONTS = "'Fira Sans','Segoe UI',Roboto,Helvetica,Arial,sans-serif"
WIDTH = 600
"""Pixels; what mail programs have room for beside their lists."""
LIGHT = Template("""
body{margin:0;padding:0;background:$paper;color:$text;font:400 17px/1.6 $fonts;-webkit-text-size-adjust:100%}
table{border-collapse:collapse;border-spacing:0}
td{padding:0;vertical-align:top}
img{border:0;max-width:100%;height:auto}
a{color:$action;text-decoration:underline}
h1{margin:0;font-weight:600;font-size:20px;line-height:1.2;color:$text}
h2{margin:28px 0 8px;font-weight:600;font-size:24px;line-height:1.2;color:$text}
h3{margin:24px 0 8px;font-weight:600;font-size:19px;line-height:1.25;color:$text}
h4,h5,h6{margin:20px 0 4px;font-weight:600;font-size:17px;line-height:1.3;color:$text}
p{margin:0 0 16px}
ul,ol{margin:0 0 16px;padding:0 0 0 24px}
li{margin:0 0 4px}
blockquote{margin:0 0 16px;padding:0 0 0 16px;border-left:3px solid $line;color:$muted}
pre{white-space:pre-wrap;font:14px/1.5 monospace}
hr{margin:24px 0;border:0;border-top:1px solid $line}
.paper{background:$paper}
.sheet{width:100%;max-width:600px;background:$surface}
.outer{padding:16px 8px}
.top{padding:20px 24px;background:$deep;color:$on_deep}
.top h1,.top p{color:$on_deep}
.top p{margin:2px 0 0;font-size:14px}
.crest{display:block;width:44px;height:52px}
.crest-cell{width:60px}
.top,.main,.foot{font-family:$fonts}
.main{padding:24px 24px 8px}
.foot{padding:20px 24px;font-size:14px;line-height:1.5;color:$muted}
.foot p{margin:0 0 8px;color:$muted}
.nl-figure{margin:0 0 16px}
.nl-picture{display:block;width:100%;max-width:552px;height:auto}
.nl-teaser h2,.nl-teaser h3{margin:24px 0 4px;font-size:20px;line-height:1.25}
.nl-teaser h2 a,.nl-teaser h3 a{color:$text}
.nl-note{color:$muted;font-size:15px}
.main table{margin:0 0 16px}
.main td,th{padding:4px 8px;border:1px solid $line;text-align:left}
.main .nl-button td{padding:0;border:0;background:$action;border-radius:8px}
.nl-button a{display:inline-block;padding:12px 22px;color:$on_action;font-weight:600;text-decoration:none}
.hidden{display:none;max-height:0;overflow:hidden;font-size:1px;line-height:1px;color:$paper}
""")
# Dark screens: programs that know the question get the theme's own dark colours, all others their usual turn.
DARK = Template("""
:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){
body,.paper{background:$paper!important;color:$text!important}
.sheet{background:$surface!important}
h1,h2,h3,h4,h5,h6,p,li,td,.nl-teaser h2 a,.nl-teaser h3 a{color:$text!important}
a{color:$action!important}
.top{background:$deep!important}
.top h1,.top p{color:$on_deep!important}
.foot,.foot p,.nl-note,blockquote{color:$muted!important}
hr,blockquote{border-color:$line!important}
.nl-button td{background:$action!important}
.nl-button a{color:$on_action!important}
.hidden{color:$paper!important}
}
@media (max-width:480px){
.outer{padding:0!important}
.main,.foot,.top{padding-left:16px!important;padding-right:16px!important}
}
""")


def with_styles(document: str, head: Letterhead, *, dark: bool = False) -> str:
    """Lay the theme's sheet into a letter's elements, for programs that know no sheets.

    With ``dark`` the dark colours alone, as a preview shows them.
    """
    look = head.dark if dark else head.light
    light, night = LIGHT.substitute(look, fonts=FONTS), DARK.substitute(head.dark)
    inlined = _inliner().inline(str(document).replace("<style></style>", f"<style>{light}</style>", 1))
    # What cannot be laid into elements goes into the head afterwards, so that it stays as it is written.
    return inlined.replace("</head>", f"<style>{night}</style></head>", 1)


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    """One for the process; it fetches nothing."""
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
