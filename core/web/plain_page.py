"""A page that is whole by itself: for those who are not signed in, or while what other pages need is away."""

from __future__ import annotations

from html import escape

from core.i18n import _, language
from core.web.answer_headers import script_nonce


def plain_page(what: str, body: str, *, again_s: int = 0) -> str:
    """``body`` is HTML below the product's name; with ``again_s`` the page asks again by itself."""
    return _PAGE.format(
        lang="zh-CN" if language() == "zh_CN" else "en",
        title=escape(_("Customer service hotline")),
        what=escape(what),
        refresh=f'<meta http-equiv="refresh" content="{again_s}">\n' if again_s else "",
        body=body,
        nonce=script_nonce(),
    )


# The colours are those of the pages' theme, which lies above this folder; so is the scheme that was chosen there.
_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
{refresh}<title>{what} · {title}</title>
<script nonce="{nonce}">document.documentElement.dataset.scheme = localStorage.getItem("scheme") || "light";</script>
<style>
:root {{ --bg: #EEF2F4; --panel: #FFFFFF; --line: #D5DDE2; --field: #8094A0; --text: #15222B; --text2: #455662;
  --accent: #0B7285; --tint: #E1F1F4; --on: #FFFFFF; --bad: #B3261E; --bad-tint: #FCE8E6 }}
[data-scheme="dark"] {{ color-scheme: dark; --bg: #0A1116; --panel: #111B22; --line: #263742; --field: #5A7080;
  --text: #EAF1F5; --text2: #B4C3CD; --accent: #4CC4D6; --tint: #12323A; --on: #0A1116; --bad: #FF8278;
  --bad-tint: #43191A }}
* {{ box-sizing: border-box }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--bg); color: var(--text);
  font: 14px/1.35 "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", sans-serif }}
main {{ width: min(360px, 92vw); padding: 32px; background: var(--panel); border: 1px solid var(--line);
  border-radius: 8px }}
h1 {{ display: flex; gap: 10px; align-items: center; margin: 0 0 24px; font-size: 20px }}
h1 i {{ width: 18px; height: 18px; border-radius: 0 50% 50% 50%; transform: rotate(45deg); background: var(--accent) }}
label {{ display: block; margin: 16px 0 4px; color: var(--text2) }}
input {{ width: 100%; height: 38px; padding: 0 10px; font: inherit; font-size: 16px; color: inherit;
  background: var(--panel); border: 1px solid var(--field); border-radius: 6px }}
button {{ width: 100%; height: 40px; margin-top: 24px; font: inherit; font-size: 16px; font-weight: 700;
  color: var(--on); background: var(--accent); border: 0; border-radius: 6px; cursor: pointer }}
:is(input, button, a):focus-visible {{ outline: 2px solid var(--accent); outline-offset: 2px;
  box-shadow: 0 0 0 4px var(--tint) }}
.error {{ margin: 0; padding: 8px 12px; color: var(--bad); background: var(--bad-tint); border: 1px solid;
  border-radius: 6px }}
footer {{ margin-top: 20px; text-align: right }} a {{ color: var(--text2) }}
</style>
</head>
<body><main>
<h1><i></i>{title}</h1>
{body}
</main></body>
</html>
"""
