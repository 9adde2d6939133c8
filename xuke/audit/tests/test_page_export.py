"""An auditor takes the history of a real case away, through the page, and the script agrees with it."""

from __future__ import annotations

import io
import zipfile

from xuke.audit.stand_alone import check_history
from xuke.foundation.sealer import seal
from xuke.licensing.tests.officer_desk import Desk
from xuke.tests.cast import NOON, everything, verbs


def test_qian_takes_a_granted_case_away(client, committed_db, furnished, at, qian_the_auditor, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    application = at("certificate_issued")
    seal(NOON)
    desk = Desk(client)
    with everything():
        count = len(verbs(application))
    url = f"/office/audit/subjects/{application.stream}/"
    page = desk.send(qian_the_auditor, f"{url}export/", {"reason": "行政复议〔2026〕3号调卷"})
    assert page.status == 200
    assert page.response.headers["Content-Type"] == "application/zip"
    content = b"".join(page.response.streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    result = check_history.check(files)
    assert result.sound, result.lines
    assert len(files["history.jsonl"].splitlines()) == count
    assert "准予许可" in files["history.html"].decode()
    again = desk.open(qian_the_auditor, "/office/audit/looks/")
    assert "导出办理经过及证明" in again.main
    assert "行政复议〔2026〕3号调卷" in again.main
    assert "已封存在第" in desk.open(qian_the_auditor, url).main
    assert "与封存时一致" in desk.open(qian_the_auditor, f"{url}1/").main
