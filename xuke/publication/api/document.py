"""The OpenAPI document: drawn from the types, with what they cannot say: problems, header fields, the promise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from ninja.openapi.schema import OpenAPISchema

from xuke.publication.api import problems
from xuke.publication.api.problems import Kind
from xuke.publication.api.root import api

Json = dict[str, Any]

DESCRIPTION = """许可公示平台的公开数据，给其他系统读取；不需要登录，不需要密钥，不读Cookie。

* 只读：POST只用于批量核验和核验文件，什么也不保存。
* 日期是中国的法定日期（YYYY-MM-DD），时刻是带时区的ISO 8601。
* 列表按翻页位置翻页，不给总数；请原样使用`next`或者Link头里的地址。
* 出错时返回RFC 9457的problem+json，detail是一句中文，errors逐条指出位置。
* 兼容承诺：/api/v1里只会增加字段、参数和枚举值，不会改变或者去掉已有的；请忽略不认识的字段。"""
_TAGS = {
    "register": "登记簿：许可证和它们的历史",
    "verification": "核验证书",
    "progress": "按接收凭证号查进度",
    "announcements": "许可决定公示",
}
_ALWAYS = (problems.UNREADABLE, problems.TOO_MANY, problems.ERROR, problems.UNAVAILABLE, problems.INVALID)
_WITH_BODY = (problems.TOO_LARGE, problems.MEDIA, problems.NO_LENGTH)
_HEADERS: dict[str, Json] = {
    "ETag": {"description": "内容的标识，强校验；下次放在If-None-Match里", "schema": {"type": "string"}},
    "Cache-Control": {"description": "共享缓存最多保留5秒", "schema": {"type": "string"}},
    "Link": {"description": '下一页，rel="next"（RFC 8288）；最后一页没有', "schema": {"type": "string"}},
    "RateLimit-Policy": {
        "description": "额度：q次，w秒内恢复（draft-ietf-httpapi-ratelimit-headers）",
        "schema": {"type": "string"},
    },
    "RateLimit": {"description": "还剩r次，t秒后恢复到满额", "schema": {"type": "string"}},
    "Retry-After": {"description": "请等这么多秒再请求", "schema": {"type": "integer"}},
}
_PROBLEM: Json = {
    "title": "Problem",
    "description": "出错的原因（RFC 9457）",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "这一类错误的说明，打开就是中文的解释"},
        "title": {"type": "string", "description": "这一类错误", "examples": [problems.INVALID.title]},
        "status": {"type": "integer", "description": "HTTP状态码", "examples": [422]},
        "detail": {"type": "string", "description": "一句中文，可以原样给人看"},
        "instance": {"type": "string", "description": "这一次请求的编号，反映问题时请附上"},
        "errors": {
            "type": "array",
            "description": "逐条说明哪里不对",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "detail": {"type": "string", "description": "哪里不对，应该怎样写"},
                    "parameter": {"type": "string", "description": "参数的名称", "examples": ["limit"]},
                    "pointer": {
                        "type": "string",
                        "description": "在正文里的位置（RFC 6901）",
                        "examples": ["/numbers/3"],
                    },
                },
            },
        },
    },
}


@cache
def document() -> Json:
    """The document as it is published and committed."""
    drawn: Json = json.loads(json.dumps(OpenAPISchema(api, problems.PAGE.strip("/") + "/"), default=str))
    drawn["info"] |= {"description": DESCRIPTION}
    drawn["servers"] = [{"url": "/", "description": "本平台"}]
    drawn["tags"] = [{"name": name, "description": words} for name, words in _TAGS.items()]
    drawn["components"]["schemas"]["Problem"] = _PROBLEM
    drawn["components"]["headers"] = _HEADERS
    drawn["components"]["responses"] = {_name(kind): _response(kind) for kind in problems.KINDS}
    for path, method, operation in _operations(drawn):
        _complete(path, method, operation)
    return drawn


@cache
def text() -> str:
    """The document as people read it."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


def parameters(path: str) -> dict[str, frozenset[str]]:
    """The parameters that may stand behind an address, by method."""
    methods = document()["paths"].get(path, {})
    return {
        method.upper(): frozenset(each["name"] for each in operation["parameters"] if each["in"] == "query")
        for method, operation in methods.items()
    }


def _operations(drawn: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in drawn["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _complete(path: str, method: str, operation: Json) -> None:
    """What the types do not say about one operation."""
    operation["parameters"] = [_plain(each) for each in operation["parameters"]]
    answer = operation["responses"].pop("200")
    answer["description"] = operation["summary"]
    kept = ["ETag", "Cache-Control"] if method == "get" else ["RateLimit"]
    listed = ["Link"] if any(each["name"] == "cursor" for each in operation["parameters"]) else []
    answer["headers"] = _refer("headers", [*kept, *listed, "RateLimit-Policy"])
    operation["responses"] = {"200": answer}
    if method == "get":
        operation["responses"]["304"] = {"description": "与If-None-Match给出的相同", "headers": _refer("headers", kept)}
        operation["parameters"].append(_IF_NONE_MATCH)
    kinds = [*_ALWAYS, *(_WITH_BODY if method == "post" else ()), *((problems.NOT_FOUND,) if "{" in path else ())]
    for kind in sorted(kinds, key=lambda kind: kind.status):
        operation["responses"][str(kind.status)] = {"$ref": f"#/components/responses/{_name(kind)}"}


_IF_NONE_MATCH: Json = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "description": "上次的ETag；没有变化时返回304",
    "schema": {"type": "string"},
}


def _plain(parameter: Json) -> Json:
    """A parameter as it stands in an address: left out, or a text; there is no null there."""
    schema = dict(parameter["schema"])
    choices = [each for each in schema.pop("anyOf", ()) if each.get("type") != "null"]
    schema |= choices[0] if choices else {}
    for name in ("default", "description", "examples", "title"):
        schema.pop(name, None)
    examples = parameter.pop("examples", None) or []
    shown = {"example": examples[0]} if examples else {}
    return parameter | shown | {"schema": schema}


def _response(kind: Kind) -> Json:
    schema = {"$ref": "#/components/schemas/Problem"}
    waits = kind in (problems.TOO_MANY, problems.UNAVAILABLE)
    return {
        "description": f"{kind.title}。{kind.advice}",
        "content": {problems.MEDIA_TYPE: {"schema": schema}},
        "headers": _refer("headers", ["Retry-After"] if waits else []),
    }


def _refer(place: str, names: list[str]) -> dict[str, Json]:
    return {name: {"$ref": f"#/components/{place}/{name}"} for name in names}


def _name(kind: Kind) -> str:
    """TooManyRequests."""
    return "".join(part.capitalize() for part in kind.name.split("-"))
