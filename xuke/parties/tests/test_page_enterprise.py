"""What is known about the enterprise."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from xuke.accounts.commands import add_user
from xuke.accounts.models import User
from xuke.foundation import divisions
from xuke.foundation.actors import SYSTEM
from xuke.parties import commands
from xuke.parties.models import Enterprise, Mandate
from xuke.tests.cast import NOON, everything

BACKEND = "xuke.accounts.backends.PasswordBackend"


def test_the_page_shows_facts_sites_and_people(client, world, wu_the_applicant):
    client.force_login(User.objects.get(pk=wu_the_applicant.user_id), BACKEND)
    divisions.forget()
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/my/enterprise/").content.decode()
    asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 8, asked
    for told in (
        "宜昌禾穗坊食品有限公司",
        "郑国强",
        "湖北省宜昌市夷陵区",
        "小溪塔街道兴禾路16号2幢",
        "吴晓梅",
        "经办人",
    ):
        assert told in page
    assert "宜昌临江禾酿造有限公司" not in page


def test_a_mandate_that_ended_is_still_told(client, world, wu_the_applicant):
    with everything():
        user = add_user(login_name="old-one", name="老员工", password="a-good-long-one", by=SYSTEM, now=NOON)
        firm = Enterprise.objects.get(pk=wu_the_applicant.enterprise_id)
        mandate = commands.give_mandate(user=user, enterprise=firm, capacity="case_contact", by=SYSTEM, now=NOON)
        commands.end_mandate(mandate=mandate, by=SYSTEM, now=NOON)
        assert Mandate.objects.filter(user=user).count() == 1
    client.force_login(User.objects.get(pk=wu_the_applicant.user_id), BACKEND)
    page = client.get("/my/enterprise/").content.decode()
    assert "老员工" in page
    assert page.index("吴晓梅</th>") < page.index("老员工</th>")
