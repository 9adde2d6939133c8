"""Views that exist only to be refused: each test looks at what the person at the screen gets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_POST

from xuke.foundation.refusals import Conflict, Invalid, NotFound, NotPermitted, Problem, StepNotOpen, TooMany
from xuke.foundation.scope import Scope
from xuke.web import kept, refusals
from xuke.web.access import public_view
from xuke.web.formats import SHANGHAI
from xuke.web.middleware import outside_the_door
from xuke.web.navigation import NavItem, Who
from xuke.web.pages import go, page

NIGHT = datetime(2026, 10, 16, 23, 59, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Person:
    scope: Scope
    code: str = "officer:7"
    label: str = "刘正平（宜昌市市场监督管理局）"


PERSON = Person(scope=Scope(authority_path="420000/420500/"))


def who_acts(get_response):
    def middleware(request: HttpRequest) -> HttpResponse:
        request.actor = PERSON if request.COOKIES.get("in") else None
        return get_response(request)

    return middleware


def navigation(request: HttpRequest) -> dict[str, object]:
    nav = [NavItem("等我办理", "/office/", icon="inbox", count=17, current=True, group="办理", key="I")]
    return {"nav": nav, "who": Who("刘正平", "决定 · 宜昌市市场监督管理局"), "search_url": "/office/all/"}


def raising(refusal):
    def view(request: HttpRequest) -> HttpResponse:
        raise refusal() if callable(refusal) else refusal

    return view


def just_accepted(request: HttpRequest) -> HttpResponse:
    raise Conflict(who="周敏", what="已受理", at=request.now - timedelta(seconds=0))


def accepted_yesterday(request: HttpRequest) -> HttpResponse:
    request.today = date(2026, 10, 17)
    raise Conflict(who="周敏", what="已受理", at=NIGHT)


def write_and_refuse(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE half_done (at date)")
    raise StepNotOpen


def scope_now(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('xuke.authority', true), %s", [request.today])
        return HttpResponse(cursor.fetchone()[0] or "nothing")


@outside_the_door
def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(connection.in_atomic_block))


def login(request: HttpRequest) -> HttpResponse:
    if not request.POST.get("username"):
        return page(request, "login.html")
    response = kept.resume(request) if kept.is_carried(request) else go(request, "/")
    response.set_cookie("in", "1")
    return response


def opinion(request: HttpRequest) -> HttpResponse:
    if not request.actor:
        return kept.keep(request)
    names = [file.name for file in request.FILES.getlist("plan")]
    return HttpResponse(f"{request.POST.getlist('opinion')} {request.POST.getlist('category')} {names}")


@require_POST
def press(request: HttpRequest) -> HttpResponse:
    return go(request, "/office/")


def missing(request: HttpRequest) -> HttpResponse:
    raise Http404


urlpatterns = [
    path("", include("xuke.web.urls")),
    path("login/", login),
    path("office/opinion/", opinion),
    path("office/conflict/", just_accepted),
    path("office/yesterday/", accepted_yesterday),
    path("office/closed/", raising(StepNotOpen("受理后不能再要求补正。"))),
    path("office/forbidden/", raising(NotPermitted("它不在您的管辖范围内。"))),
    path("office/half/", write_and_refuse),
    path("my/foreign/", raising(NotFound)),
    path("my/missing/", missing),
    path("my/invalid/", raising(Invalid(Problem("name", "请填写名称"), Problem("site", "请选择生产场所")))),
    path("my/often/", raising(TooMany)),
    path("broken/", raising(ZeroDivisionError)),
    path("office/press/", press),
    path("scope/", scope_now),
    path("health/", health),
    path("login/failed/", outside_the_door(raising(TooMany))),
]
for each in urlpatterns[1:]:
    public_view(each.callback)

handler400 = refusals.bad_request
handler403 = refusals.permission_denied
handler404 = refusals.not_found
handler500 = refusals.server_error
