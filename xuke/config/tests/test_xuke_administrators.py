"""`xuke administrators`: the first three, and help for one who is locked out."""

import re
from contextlib import nullcontext

import pytest

from xuke.accounts.backends import PasswordBackend
from xuke.accounts.models import Authority, Posting, User
from xuke.accounts.officers import Role
from xuke.config import cli, embedded
from xuke.config.demonstration.people import number_of
from xuke.foundation.journal import history
from xuke.tests.cast import everything

HUBEI = [
    *("--code", "420000", "--level", "province", "--name", "湖北省市场监督管理局", "--abbreviation", "鄂市监"),
    *("--uscc", number_of(1, "420000", registrar="11"), "--reconsideration-body", "湖北省人民政府"),
    *("--court", "武汉市武昌区人民法院"),
]
THREE = ["--system", "shijing:石敬之", "--security", "gaoming:高明", "--auditor", "qianshen:钱慎"]


@pytest.fixture(autouse=True)
def the_database_runs(monkeypatch):
    monkeypatch.setattr(embedded, "running", lambda home: nullcontext())


def xuke(*words):
    return cli.main(["administrators", *words])


def test_the_first_three_are_three_people_with_first_passwords(committed_db, capsys):
    assert xuke("found", *HUBEI, *THREE) == 0
    told = capsys.readouterr().out
    assert "已设立湖北省市场监督管理局" in told
    (password,) = re.findall(r"安全管理　高明　gaoming　(\S+)", told)
    user = PasswordBackend().authenticate(None, "gaoming", password)
    assert user is not None and user.must_change_password
    with everything():
        assert [one.role for one in Posting.objects.order_by("pk")] == [
            Role.SYSTEM_ADMINISTRATOR,
            Role.SECURITY_ADMINISTRATOR,
            Role.AUDITOR,
        ]
        assert history("authority:420000")[0].actor_label == "系统运维（命令行）"
    assert xuke("found", *HUBEI, *THREE) == 2
    assert "已经有机关了" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([*HUBEI, *THREE[:-1], "gaoming:高明"], "由三个人分别担任"),
        ([*HUBEI, *THREE, "--uscc", "1"], "统一社会信用代码："),
        ([*HUBEI, *THREE, "--auditor", "x:"], "登录名请用4到64个"),
    ],
)
def test_what_does_not_do_founds_nothing(words, sentence, committed_db, capsys):
    assert xuke("found", *words) == 2
    assert sentence in capsys.readouterr().err
    with everything():
        assert not Authority.objects.exists() and not User.objects.exists()


def test_somebody_who_is_locked_out_is_let_in_again(committed_db, world, capsys):
    assert xuke("rescue", "GaoLan", "--reason", "手机丢失又忘记密码") == 0
    (password,) = re.findall(r"gaolan　(\S+)", capsys.readouterr().out)
    user = PasswordBackend().authenticate(None, "gaolan", password)
    assert user is not None and user.must_change_password
    with everything():
        assert [event.verb for event in history(user.stream)][-2:] == ["user.password_given", "user.factors_reset"]
    assert xuke("rescue", "wuxiaomei", "--reason", "x") == 2
    assert "没有这个登录名的工作人员" in capsys.readouterr().err
