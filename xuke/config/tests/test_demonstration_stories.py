"""The stories of the demonstration lie in the past, with everything that belongs to them."""

from datetime import timedelta

from xuke.certificates.models import CertificateVersion
from xuke.config.demonstration import province
from xuke.foundation import journal
from xuke.licensing import clocks
from xuke.licensing.models import Application
from xuke.tests.cast import NOON


def test_who_was_granted_a_licence_weeks_ago_has_its_certificate_since_then(the_cast):
    submitted = NOON - timedelta(days=40)
    province.play("granted", the_cast, submitted=submitted, hours=6, now=NOON)
    done = Application.objects.get()
    assert done.state == "certificate_issued"
    made = CertificateVersion.objects.get()
    assert made.file_id is not None and journal.legal_day(made.made_at) == done.decided_on
    term = clocks.term(journal.history(done.stream), today=NOON.date(), clock=clocks.ISSUE)
    assert term is not None and term.reading.used == 0
