"""From a job description as it was sent to the text that a reader of its page sees.

Adverts arrive as plain text, Markdown, HTML, or HTML whose tags were escaped once more on the way.
"""

import html
import re

_TAGS = (
    "a|abbr|article|b|blockquote|body|br|div|em|font|footer|h[1-6]|head|header|hr|html|i|img|li|main"
    "|ol|p|pre|section|small|span|strong|style|table|tbody|td|th|thead|tr|u|ul"
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ESCAPED_TAG = re.compile(rf"&lt;/?(?:{_TAGS})(?:\s|/|&gt;)", re.IGNORECASE)
_MARKDOWN = re.compile(r"^ {0,3}#{1,6} \S|\*\*\S|\]\(\S|^ {0,3}```", re.MULTILINE)
_SPACE = re.compile(r"[^\S\n]+")

_HIDDEN = {"script", "style", "template", "noscript", "head", "title", "svg", "iframe", "object"}
_BLOCKS = {
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
}
_CELLS = {"td", "th"}
_BULLET = "- "


def shown_text(source: str) -> str:
    """Return the text that a reader of the page sees; block tags are line ends, items have a dash.

    Plain text comes back as it is, but for its white space: lines are trimmed, runs of spaces and
    of empty lines become one.
    """
    markup = source
    if not _TAG.search(markup) and _ESCAPED_TAG.search(markup):
        markup = html.unescape(markup)
        if not _TAG.search(markup) and _ESCAPED_TAG.search(markup):
            markup = html.unescape(markup)
    if _TAG.search(markup):
        return _tidied(_text_of_html(markup))
    if _MARKDOWN.search(markup):
        return _tidied(_text_of_html(_html_of_markdown(markup)))
    return _tidied(html.unescape(markup))


def _html_of_markdown(source: str) -> str:
    # Imported where it is needed, like lxml: most adverts are plain text, and a process that meets
    # no others is smaller without them.
    from markdown_it import MarkdownIt

    rendered: str = MarkdownIt("commonmark", {"html": False, "breaks": True}).render(source)
    return rendered


def _text_of_html(markup: str) -> str:
    from lxml import etree

    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    root = etree.fromstring(f"<body>{markup}</body>".encode(), parser)
    if root is None:
        return ""
    parts: list[str] = []

    def end_line() -> None:
        if parts and parts[-1] not in ("\n", _BULLET):
            parts.append("\n")

    def say(text: str | None) -> None:
        if hidden or not text:
            return
        words = _SPACE.sub(" ", text.replace("\n", " "))
        if words != " " or (parts and parts[-1] not in ("\n", _BULLET)):
            parts.append(words)

    hidden = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if event == "start":
            hidden += tag in _HIDDEN
            if tag in _BLOCKS:
                end_line()
            if tag == "br":
                parts.append("\n")
            elif tag == "li":
                parts.append(_BULLET)
            say(element.text)
        else:
            hidden -= tag in _HIDDEN
            if tag in _BLOCKS:
                end_line()
            elif tag in _CELLS:
                say(" ")
            say(element.tail)
    return "".join(parts)


def _tidied(text: str) -> str:
    lines = [_SPACE.sub(" ", line).strip() for line in text.replace("\r\n", "\n").splitlines()]
    kept: list[str] = []
    for line in lines:
        if line == _BULLET.strip():
            continue
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()
