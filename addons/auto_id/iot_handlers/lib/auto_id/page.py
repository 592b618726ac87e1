"""The page of a box that shows how its readers and their reads fare, as HTML."""

from html import escape
from typing import Any

REFRESH = 5
"""Seconds after which a browser asks anew."""

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem;
       color: #212529; background: #f8f9fa; }
main { background: #fff; border-radius: .5rem; padding: 1.5rem 2rem; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .5rem .75rem .5rem 0; border-top: 1px solid #dee2e6;
         overflow-wrap: anywhere; vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.good::before, .bad::before, .idle::before { content: "\\25CF\\A0"; }
.good { color: #146c43; } .bad { color: #b02a37; } .idle { color: #6c757d; }
small { color: #6c757d; } a { color: #714b67; }
"""
_CHINESE = {
    "IoT Box": "IoT 盒子",
    "Server": "服务器",
    "connected": "已连接",
    "not connected": "未连接",
    "This box is not paired. Paste the link that Odoo shows on": (
        "这台盒子尚未配对。请把 Odoo 显示的链接粘贴到"
    ),
    "its page": "它的主页",
    "Unsent reads": "未发送的读取",
    "none: Odoo has every read": "无：Odoo 已收到全部读取",
    "refused because no room was left": "因空间不足被拒绝",
    "put aside, as Odoo refuses them": "因 Odoo 拒绝而搁置",
    "Readers": "读写器",
    "No reader was found.": "没有找到读写器。",
    "Reader": "读写器",
    "State": "状态",
    "Reads": "读取次数",
    "Errors": "错误次数",
    "working": "工作中",
    "waiting": "等待中",
    "failing": "故障",
}
_MARKS = {"working": "good", "waiting": "idle", "failing": "bad"}


def render(box: dict[str, Any], accept_language: str = "") -> str:
    """The whole page, in English or in Chinese as the browser prefers.

    :param box: ``{"identifier", "version", "server": address or "", "is_heard": bool,
        "trouble": why it is not heard, "spool": as `Spool.health`, "readers": [{"name",
        "identifier", "state", "error", "reads", "errors"}]}``
    """
    chinese = accept_language.strip().lower().startswith("zh")

    def say(text: str) -> str:
        return _CHINESE[text] if chinese else text

    return f"""<!DOCTYPE html>
<html lang="{"zh-CN" if chinese else "en"}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{REFRESH}"><title>{say("IoT Box")}</title>
<style>{_STYLE}</style></head>
<body><main>
<h1>{say("IoT Box")} {escape(box["identifier"])} <small>{escape(box["version"])}</small></h1>
<table>
<tr><th>{say("Server")}</th><td>{_server(box, say)}</td></tr>
<tr><th>{say("Unsent reads")}</th><td>{_spool(box["spool"], say)}</td></tr>
</table>
<h2>{say("Readers")}</h2>
{_readers(box["readers"], say)}
</main></body></html>
"""


def _server(box, say):
    if not box["server"]:
        text = say("This box is not paired. Paste the link that Odoo shows on")
        return f'<span class="idle">{text} <a href="/">{say("its page")}</a></span>'
    server = escape(box["server"])
    if box["is_heard"]:
        return f'{server} <span class="good">{say("connected")}</span>'
    trouble = f"<br><small>{escape(box['trouble'])}</small>" if box["trouble"] else ""
    return f'{server} <span class="bad">{say("not connected")}</span>{trouble}'


def _spool(spool, say):
    """How many reads wait, and what went wrong with others."""
    lines = [
        f"{spool['length']}"
        if spool["length"]
        else f'<span class="good">{say("none: Odoo has every read")}</span>'
    ]
    for key, text in (
        ("dropped", "refused because no room was left"),
        ("dead", "put aside, as Odoo refuses them"),
    ):
        if spool[key]:
            lines.append(f'<span class="bad">{spool[key]} {say(text)}</span>')
    if spool["trouble"]:
        lines.append(f'<span class="bad">{escape(spool["trouble"])}</span>')
    return "<br>".join(lines)


def _readers(readers, say):
    if not readers:
        return f"<p>{say('No reader was found.')}</p>"
    numbers = "".join(f'<th class="number">{say(name)}</th>' for name in ("Reads", "Errors"))
    rows = "\n".join(_reader(reader, say) for reader in readers)
    return (
        f"<table><tr><th>{say('Reader')}</th><th>{say('State')}</th>{numbers}</tr>\n{rows}</table>"
    )


def _reader(reader, say):
    error = f"<br><small>{escape(reader['error'])}</small>" if reader["error"] else ""
    return (
        f"<tr><td>{escape(reader['name'])}<br><small>{escape(reader['identifier'])}</small></td>"
        f'<td><span class="{_MARKS[reader["state"]]}">{say(reader["state"])}</span>{error}</td>'
        f'<td class="number">{reader["reads"]}</td><td class="number">{reader["errors"]}</td></tr>'
    )
