"""What a browser does with a form: it knows what the page has filled in, and sends files beside it (RFC 7578)."""

from __future__ import annotations

from html.parser import HTMLParser

Fields = list[tuple[str, str]]
_BOUNDARY = "xuke-form-boundary-7d1f"
_NOT_SENT = ("submit", "button", "image", "reset", "file")


def filled_in(page: str, *, form: str) -> Fields:
    """The fields of the form with that id, as they would be sent without typing anything."""
    reader = _Form(form)
    reader.feed(page)
    return reader.fields


def multipart(fields: Fields, *, file: str, name: str, content: bytes) -> tuple[bytes, str]:
    """A body with one file in the field `file`, and its content type."""
    parts = [f'name="{field}"\r\n\r\n{value}'.encode() for field, value in fields]
    parts.append(
        f'name="{file}"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode() + content
    )
    body = b"".join(f"--{_BOUNDARY}\r\nContent-Disposition: form-data; ".encode() + part + b"\r\n" for part in parts)
    return body + f"--{_BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={_BOUNDARY}"


class _Form(HTMLParser):
    """Collects the fields of one form."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.fields: Fields = []
        self._form, self._inside = form, False
        self._select, self._options = "", list[tuple[str, bool]]()
        self._textarea, self._text = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        if tag == "form":
            self._inside = facts.get("id") == self._form
        if not self._inside:
            return
        name, value = facts.get("name") or "", facts.get("value")
        if tag == "input" and name:
            self._take_input(name, value, facts)
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option" and self._select:
            self._options.append((value or "", "selected" in facts))
        elif tag == "textarea":
            self._textarea, self._text = name, ""

    def _take_input(self, name: str, value: str | None, facts: dict[str, str | None]) -> None:
        kind = facts.get("type") or "text"
        if kind in _NOT_SENT or (kind in ("checkbox", "radio") and "checked" not in facts):
            return
        self.fields.append((name, value if value is not None else "on" if kind == "checkbox" else ""))

    def handle_data(self, data: str) -> None:
        self._text += data if self._textarea else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._textarea:
            self.fields.append((self._textarea, self._text.removeprefix("\n")))
            self._textarea = ""
        elif tag == "select" and self._select:
            chosen = [value for value, is_selected in self._options if is_selected]
            self.fields += [(self._select, value) for value in chosen or [value for value, _ in self._options[:1]]]
            self._select = ""
