"""The cast: the people, enterprises and authorities that every test knows, and `at(state)`, which plays a case so far.

The world is made once per run, by commands, and put into each test's database as rows: a few milliseconds. It is there
as soon as a test asks for one of its people. In a test with `db` everything it reads is visible to it, while commands
run in the scope of whoever acts; a test with `committed_db` reads inside `everything()`.

Everything happens on one Monday, in the order of the story, ten minutes apart; at `NOON` the office has done it all.
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pikepdf
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection, connections, transaction
from django.test import override_settings

from xuke.accounts.models import User
from xuke.accounts.officers import Officer
from xuke.accounts.queries import officer
from xuke.catalogue import editions
from xuke.config.demonstration import people, stories
from xuke.config.demonstration.people import Cast, Firm
from xuke.documents.models import Notice
from xuke.foundation import files, journal, scope, working_days
from xuke.foundation.actors import SYSTEM
from xuke.foundation.journal import Subject
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import Invalid
from xuke.foundation.transactions import opened_for
from xuke.licensing import commands
from xuke.licensing.models import Application
from xuke.parties.applicants import Applicant

LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=journal.SHANGHAI)
"""When the people were hired and the enterprises registered."""
MORNING = datetime(2026, 9, 7, 9, tzinfo=journal.SHANGHAI)
"""The Monday on which everything happens. The week has no holiday; the acceptance term ends the next Monday."""
NOON = datetime(2026, 9, 7, 12, tzinfo=journal.SHANGHAI)
TOMORROW = NOON + timedelta(days=1)

YILING, YICHANG, YIDU, HUBEI = "420506", "420500", "420581", "420000"


class QuickHasher(Argon2PasswordHasher):
    """Argon2 with the least work it can do. Its hashes are ordinary ones and log in everywhere."""

    time_cost, memory_cost, parallelism = 1, 8, 1


def tiny_pdf(title: str = "样本") -> bytes:
    """A valid PDF of one empty page, different for every title."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Title"] = title
        made = io.BytesIO()
        pdf.save(made, deterministic_id=True)
    return made.getvalue()


# --- the world --------------------------------------------------------------------------------------------------------

_TABLES = (
    "accounts_authority",
    "accounts_user",
    "accounts_realname",
    "accounts_posting",
    "parties_enterprise",
    "parties_enterprisename",
    "parties_mandate",
    "parties_site",
    "documents_serviceconsent",
    "verifiers_verifier",
    "foundation_storedfile",
    "foundation_entry",
)


@dataclass
class World:
    """Everybody there is, and the rows they are made of."""

    casts: dict[str, Cast] = field(default_factory=dict)
    """By the division of the authority; the cast of an enterprise by its applicant's login name."""
    officers: dict[str, Officer] = field(default_factory=dict)
    """By login name."""
    file: StoredFile = field(default_factory=StoredFile)
    rows: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By table: its columns, and the rows as JSON."""

    @property
    def digest(self) -> str:
        """The content that stands for every material."""
        return self.file.digest


def _found() -> World:
    world = World()
    wanted = {HUBEI, YICHANG, YILING, YIDU}
    authorities = people.seat_authorities([seat for seat in people.SEATS if seat.code in wanted], now=LONG_AGO)
    users = {}
    for place, (code, staff) in enumerate(people.STAFF.items()):
        for number, person in enumerate(staff):
            hired = people.hire(person, authorities[code], place=100 * place + number, now=LONG_AGO)
            users[person.login_name] = hired
    for place, (firm, seat) in enumerate(FIRMS, start=1):
        enterprise, user = people.found_firm(firm, place=place, now=LONG_AGO)
        users[firm.login_name] = user
        cast = people.cast_of(authorities[seat], users, firm, enterprise, now=LONG_AGO)
        world.casts[firm.login_name] = cast
        world.officers |= cast.others
    world.file = files.store([tiny_pdf()], "样本.pdf", now=LONG_AGO)
    return world


def _firm(login_name: str) -> Firm:
    return next(firm for firm in people.FIRMS if firm.login_name == login_name)


FIRMS = (
    (_firm("wuxiaomei"), YILING),
    (_firm("wangjie"), YILING),
    (_firm("xiangwenjing"), YIDU),
    (
        Firm(
            "宜昌三峡乳业有限公司",
            "牛建军",
            "马兰",
            "malan",
            YILING,
            "龙泉镇乳业路1号",
            (("0501", "巴氏杀菌乳"), ("0601", "饮用纯净水")),
        ),
        YICHANG,
    ),
)
"""The enterprises, and the authority that is competent for each."""


def _read_rows(table: str) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'transaction'",
            [table],
        )
        (columns,) = cursor.fetchone()
        cursor.execute(f"SELECT json_agg(row_to_json(t)) FROM {table} AS t")
        (rows,) = cursor.fetchone()
    return columns, json.dumps(rows or [])


@pytest.fixture(scope="session")
def the_world(django_db_setup: None, django_db_blocker: Any) -> World:
    """The world, found once: its rows are taken down and rolled back."""
    with (
        django_db_blocker.unblock(),
        override_settings(PASSWORD_HASHERS=["xuke.tests.cast.QuickHasher"]),
        transaction.atomic(),
    ):
        scope.enter(scope.EVERYTHING)
        world = _found()
        world.rows = {table: _read_rows(table) for table in _TABLES}
        transaction.set_rollback(True)
    scope.forget()
    return world


def _settle(world: World) -> None:
    with connection.cursor() as cursor:
        for table, (columns, rows) in world.rows.items():
            cursor.execute(
                f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE"
                f" SELECT {columns} FROM json_populate_recordset(null::{table}, %s) ON CONFLICT DO NOTHING",
                [rows],
            )


@pytest.fixture(autouse=True)
def nobody_stays_in_scope() -> Iterator[None]:
    """What a test entered by hand must not be taken for the scope of the next one."""
    yield
    scope.forget()


@pytest.fixture
def world(request: pytest.FixtureRequest, the_world: World) -> Iterator[World]:
    """The world, in the database of this test."""
    working_days.forget()
    editions.forget()
    if "committed_db" in request.fixturenames:
        request.getfixturevalue("committed_db")
        with opened_for(scope.EVERYTHING):
            _settle(the_world)
        yield the_world
    else:
        request.getfixturevalue("db")
        scope.enter(scope.EVERYTHING)
        _settle(the_world)
        yield the_world


def in_writing() -> dict[str, Any]:
    """What an applicant asked for on paper, as the scan that is filed with a suspension."""
    return {"paper": StoredFile.objects.earliest("digest"), "paper_name": "书面申请.pdf"}


def everything() -> AbstractContextManager[None]:
    """A transaction that sees all rows, for tests whose commits are real."""
    return opened_for(scope.EVERYTHING)


@contextmanager
def seen_by(who: scope.Scope) -> Iterator[None]:
    """Look at the database as it shows itself to somebody, then again as the test."""
    scope.enter(who)
    try:
        yield
    finally:
        scope.enter(scope.EVERYTHING)


def at_once(act: Callable[[Any], Any], arguments: Sequence[Any]) -> list[Any]:
    """Do the same with each argument at the same moment, in threads; returns results and refusals in their order."""
    gate = threading.Barrier(len(arguments))
    outcomes: list[Any] = [None] * len(arguments)

    def run(place: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait(timeout=60)
            outcomes[place] = act(arguments[place])
        except Exception as error:
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(arguments))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def told(refusal: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    """What a refusal tells, by field; several sentences about one field are put together."""
    found: dict[str, str] = {}
    for problem in refusal.value.problems:
        found[problem.field] = found.get(problem.field, "") + problem.message
    return found


def verbs(subject: Subject) -> list[str]:
    """What the journal knows about a subject, oldest first."""
    return [event.verb for event in journal.history(subject.stream)]


def notices_about(application: Application) -> list[Notice]:
    """What the office issued in a case, oldest first: without the forms that the applicant filed."""
    issued = Notice.objects.filter(about=application.stream).exclude(kind="application_form")
    return list(issued.order_by("issued_at", "pk"))


# --- the people -------------------------------------------------------------------------------------------------------


@pytest.fixture
def the_cast(world: World) -> Cast:
    """The officers of Yiling and the applicant of the cake factory: the people of the story."""
    return world.casts["wuxiaomei"]


@pytest.fixture
def the_sauce_cast(world: World) -> Cast:
    """The same officers, and the applicant of the sauce brewery."""
    return world.casts["wangjie"]


@pytest.fixture
def the_yidu_cast(world: World) -> Cast:
    """The officers of Yidu, a county beside Yiling, and the applicant of its tea factory."""
    return world.casts["xiangwenjing"]


@pytest.fixture
def the_yichang_cast(world: World) -> Cast:
    """The officers of Yichang, the prefecture above Yiling, and the applicant of a dairy in Yiling."""
    return world.casts["malan"]


@pytest.fixture
def zhou_the_acceptor(the_cast: Cast) -> Officer:
    """周敏 accepts in Yiling."""
    return the_cast.acceptor


@pytest.fixture
def chen_the_reviewer(the_cast: Cast) -> Officer:
    """陈立新 reviews in Yiling."""
    return the_cast.reviewer


@pytest.fixture
def zhao_and_sun_the_verifiers(the_cast: Cast) -> tuple[Officer, Officer]:
    """赵海峰, who leads, and 孙雨桐."""
    return the_cast.verifiers


@pytest.fixture
def zhao_the_leader(the_cast: Cast) -> Officer:
    """赵海峰 leads the verification team."""
    return the_cast.verifiers[0]


@pytest.fixture
def sun_the_verifier(the_cast: Cast) -> Officer:
    """孙雨桐 verifies, and does not lead."""
    return the_cast.verifiers[1]


@pytest.fixture
def liu_the_decider(the_cast: Cast) -> Officer:
    """刘正平 decides in Yiling."""
    return the_cast.decider


@pytest.fixture
def he_the_supervisor(world: World) -> Officer:
    """何志强 supervises in Yiling."""
    return world.officers["hezhiqiang"]


@pytest.fixture
def gao_the_administrator(world: World) -> Officer:
    """高岚 keeps the people of Yiling (安全管理)."""
    return world.officers["gaolan"]


@pytest.fixture
def shi_the_system_administrator(world: World) -> Officer:
    """石希同 keeps the authority of Yiling (系统管理)."""
    return world.officers["shixitong"]


@pytest.fixture
def qian_the_auditor(world: World) -> Officer:
    """钱慎 audits in Yiling."""
    return world.officers["qianshen"]


@pytest.fixture
def zhouwen_of_two_roles(world: World) -> Officer:
    """周文 may accept and review in Yiling, though never both in one case."""
    return world.officers["zhouwen"]


@pytest.fixture
def yang_of_yidu(world: World) -> Officer:
    """杨帆 accepts in Yidu and has no business in Yiling."""
    return world.officers["yangfan"]


@pytest.fixture
def wang_of_yichang(world: World) -> Officer:
    """王岩 accepts in Yichang: sees Yiling's cases, and does not handle them."""
    return world.officers["wangyan"]


@pytest.fixture
def fan_of_the_province(world: World) -> Officer:
    """范治国 supervises in the provincial authority and publishes its rules."""
    fan = officer(User.objects.get(login_name="fanzhiguo"), today=NOON.date())
    assert fan is not None
    return fan


@pytest.fixture
def wu_the_applicant(the_cast: Cast) -> Applicant:
    """吴晓梅 acts for the cake factory."""
    return the_cast.applicant


@pytest.fixture
def wang_the_sauce_brewer(the_sauce_cast: Cast) -> Applicant:
    """汪洁 acts for another enterprise."""
    return the_sauce_cast.applicant


# --- the story so far -------------------------------------------------------------------------------------------------


@dataclass
class Minutes:
    """The clock of the story: every act takes place ten minutes after the one before."""

    moment: datetime = MORNING
    step: timedelta = timedelta(minutes=10)

    def __call__(self) -> datetime:
        """The next moment."""
        self.moment += self.step
        return self.moment


def drafted(
    world: World, cast: Cast, now: Callable[[], datetime], *, procedure: str = stories.FIRST, **sections: dict[str, Any]
) -> Application:
    """A draft, filled in and with its files. `sections` replace what the story would fill in.

    A procedure that starts from a licence starts from the one the enterprise holds, or gets one before.
    """
    application = stories.begin(cast, now, procedure, sections=sections, file=lambda *_: world.file)
    with everything() if scope.entered() is None else nullcontext():
        application.refresh_from_db()
    return application


Bring = Callable[..., Application]


@pytest.fixture
def at(world: World, the_cast: Cast) -> Bring:
    """`at("accepted")`: a new application of the cake factory, brought to a state through the commands.

    `cast` lets other people play, `application` goes on from a state on the way, `now` is another clock than ten
    minutes a step, and sections of the form may be given by name: ``at("draft", site={…})``. Of another `procedure` it
    starts from the licence that the enterprise holds, or gets one before.
    """

    def bring(
        state: str,
        *,
        cast: Cast = the_cast,
        application: Application | None = None,
        now: Callable[[], datetime] | None = None,
        procedure: str = "",
        **sections: dict[str, Any],
    ) -> Application:
        clock = now or Minutes()
        which = procedure or (application.procedure if application else stories.ENDINGS.get(state, stories.FIRST))
        if application is None:
            application = drafted(world, cast, clock, procedure=which, **sections)
        road = ["draft", *stories.road_to("granted" if state == "certificate_issued" else state, which)]
        for name in road[road.index(application.state) + 1 :] if state != "draft" else ():
            application = stories.step_to(name, application, cast, clock)
        if state == "certificate_issued":
            application = commands.record_certificate(
                application=application, version=1, digest=world.digest, by=SYSTEM, now=clock()
            )
        return application

    return bring
