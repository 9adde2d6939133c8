"""What officers type when a case is interrupted or somebody is heard; and the applicant, who asks for a hearing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from xuke.accounts.models import User
from xuke.foundation.calendar import spoken
from xuke.foundation.journal import legal_day
from xuke.licensing.commands.interrupting import SPECIAL
from xuke.licensing.commands.suspending import GROUNDS
from xuke.licensing.forms_officer import Data, StepForm
from xuke.licensing.models import Application, Message, ThirdParty, Visit
from xuke.web.forms import PlainForm

Uploads = MultiValueDict[str, Any] | None

_ASK_DAY = {"required": "请选择日期。", "invalid": "请按“2026-10-14”的样子填写日期。"}


def _day(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=_ASK_DAY,
        help_text=hint,
    )


def _words(label: str, most: int, *, hint: str = "", rows: int = 4, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=required, widget=forms.Textarea(attrs={"rows": rows}), help_text=hint
    )


class SuspendForm(StepForm):
    """Why a case stands still, and until when."""

    ground = forms.ChoiceField(
        label="中止的情形",
        choices=list(GROUNDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "请选择中止的情形。"},
    )
    reason = _words("事实和理由", 1000, hint="写进中止许可程序通知书")
    until = _day("预计恢复的日期", required=False, hint="立案调查无法预计的可以不填")
    paper = forms.FileField(
        label="申请人的书面申请",
        required=False,
        help_text="扫描件，PDF、PNG或者JPG。立案调查的不用上传；预览之后请再选择一次",
    )
    message = forms.TypedChoiceField(
        label="或者申请人的消息",
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text="申请人在沟通里说明了情况的，选择那一条",
    )

    def __init__(
        self, application: Application, messages: Iterable[Message], data: Data = None, uploads: Uploads = None
    ) -> None:
        super().__init__(application, data)
        self.files = uploads or MultiValueDict()
        said = [(each.pk, f"{spoken(legal_day(each.sent_at))} {each.text[:60]}") for each in messages]
        self.fields["message"].choices = said  # type: ignore[attr-defined]
        if not said:
            del self.fields["message"]


class ResumeForm(StepForm):
    """Why a case goes on and, where its visit is under way, on which day that does."""

    reason = _words("恢复的理由", 500, hint="中止的原因怎样消除的，写进恢复通知书")
    visit_on = _day("现场核查的新日期", required=False, hint="核查组不变，重新发现场核查通知书")

    def __init__(self, application: Application, visit: Visit | None, today: date, data: Data = None) -> None:
        super().__init__(application, data)
        if visit is None:
            del self.fields["visit_on"]
        elif visit.visit_on >= today:
            self.fields["visit_on"].initial = visit.visit_on
        else:
            self.fields["visit_on"].required = True


class ProlongForm(StepForm):
    """A later day for what takes longer, and why."""

    until = _day("新的日期", hint="书面告知申请人")
    reason = _words("为什么还需要时间", 1000, hint="写进通知书")


class SpecialTimeForm(StepForm):
    """What is tested or reviewed, by whom, and how long it takes."""

    kind = forms.ChoiceField(
        label="做什么",
        choices=list(SPECIAL.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "请选择检验检测或者专家评审。"},
    )
    organisation = forms.CharField(label="由谁进行", max_length=100, help_text="机构全称")
    reason = _words("检验或者评审什么，为什么需要", 1000)
    until = _day("预计完成的日期", hint="书面告知申请人")


class ResultForm(StepForm):
    """What came of a test or a review."""

    result = _words("结果", 2000, hint="申请人会看到")


class ThirdPartyForm(StepForm):
    """Somebody with a major interest in the matter."""

    name = forms.CharField(label="利害关系人", max_length=100, help_text="名称或者姓名")
    interest = _words("有什么利害关系", 500, rows=3)
    address = forms.CharField(label="送达地址", max_length=200)


class AnswerForm(StepForm):
    """What a third party said."""

    party = forms.TypedChoiceField(label="利害关系人", coerce=int, widget=forms.RadioSelect)
    answer = _words("意见", 2000)
    waives = forms.BooleanField(
        label="明确表示不要求听证", required=False, help_text="只写了意见、没有说不要求听证的，不要勾选"
    )

    def __init__(self, application: Application, parties: Sequence[ThirdParty], data: Data = None) -> None:
        super().__init__(application, data)
        self.fields["party"].choices = [(each.pk, each.name) for each in parties]  # type: ignore[attr-defined]


class HearingRequestForm(StepForm):
    """A request for a hearing that came on paper: from the applicant, or from a third party that was told."""

    APPLICANT = "applicant"

    party = forms.TypedChoiceField(
        label="谁要求听证",
        coerce=lambda value: None if value == HearingRequestForm.APPLICANT else int(value),
        empty_value="",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择谁要求听证。"},
    )
    reason = _words("理由", 1000, required=False)

    def __init__(self, application: Application, parties: Sequence[ThirdParty], data: Data = None) -> None:
        super().__init__(application, data)
        self.fields["party"].choices = [  # type: ignore[attr-defined]
            (self.APPLICANT, f"申请人：{application.enterprise.name}"),
            *((str(each.pk), each.name) for each in parties),
        ]


class ArrangeForm(StepForm):
    """When and where a hearing takes place, and who chairs it."""

    on = _day("举行的日期")
    time = forms.CharField(
        label="几点开始",
        max_length=20,
        widget=forms.TimeInput(attrs={"type": "time"}),
        error_messages={"required": "请填写几点开始。"},
    )
    place = forms.CharField(label="地点", max_length=200)
    chair = forms.TypedChoiceField(
        label="听证主持人",
        coerce=int,
        error_messages={"required": "请指定听证主持人。"},
        help_text="审查、核查这件申请的人员不能主持",
    )
    closed = _words("不公开举行的理由", 300, rows=2, required=False, hint="公开举行的不填")

    def __init__(
        self, application: Application, people: Sequence[User], first: date, last: date, data: Data = None
    ) -> None:
        super().__init__(application, data)
        self.fields["chair"].choices = [("", "请选择"), *((each.pk, each.name) for each in people)]  # type: ignore[attr-defined]
        self.fields["on"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}


class RecordForm(StepForm):
    """What the chair writes down."""

    attendance = _words("参加人", 500, rows=2, hint="审查人员、申请人、利害关系人；没有到场的也写明")
    record = _words("听证笔录", 10_000, rows=10)
    conclusion = _words("听证意见", 2000, hint="写给审查和决定人员；申请人也看得到")
    paper = forms.FileField(
        label="签字的听证笔录",
        help_text="交参加人核对后签字或者盖章，扫描成一个PDF，也可以是PNG、JPG",
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        error_messages={
            "required": "请上传参加人签字或者盖章的听证笔录。",
            "empty": "这是空文件，请重新选择。",
        },
    )


class AskForHearingForm(PlainForm):
    """The applicant's own request."""

    reason = forms.CharField(
        label="理由和要说明的事实", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class ChairRecusalForm(PlainForm):
    """Why the chair should stay away; an officer who writes it down says for which third party."""

    party = forms.TypedChoiceField(label="谁申请", coerce=int, widget=forms.RadioSelect)
    text = forms.CharField(
        label="主持人与这件申请有什么直接利害关系",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明事实，例如近亲属在申请企业任职",
        error_messages={"required": "请写明主持人与这件申请有什么直接利害关系。"},
    )

    def __init__(self, data: Data = None, *, parties: Sequence[ThirdParty] = ()) -> None:
        super().__init__(data)
        self.use_required_attribute = False
        self.fields["party"].choices = [(each.pk, each.name) for each in parties]  # type: ignore[attr-defined]
        if not parties:
            del self.fields["party"]


class DecideChairForm(PlainForm):
    """The head's decision about the chair."""

    upheld = forms.TypedChoiceField(
        label="决定",
        choices=[("yes", "同意回避，另行指定主持人、重新通知"), ("no", "不同意，由原主持人主持")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择决定。"},
    )
    decision = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明决定的理由。"},
    )
