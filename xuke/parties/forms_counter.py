"""What an officer writes down of a visitor."""

from __future__ import annotations

from django import forms

from xuke.accounts.models import RealName
from xuke.parties.models import Mandate
from xuke.web.forms import PlainForm


class CounterVisitForm(PlainForm):
    """Whose visitor, who it is, what they are to the enterprise."""

    uscc = forms.CharField(
        label="统一社会信用代码", max_length=30, help_text="企业已经登记的；没有登记的先到“窗口登记”"
    )
    visitor = forms.CharField(label="来访人姓名", max_length=60, help_text="与证件一致")
    document = forms.ChoiceField(label="证件种类", choices=list(RealName.DOCUMENTS.items()))
    document_number = forms.CharField(label="证件号码", max_length=30)
    capacity = forms.ChoiceField(label="来访人是", choices=list(Mandate.CAPACITIES.items()), widget=forms.RadioSelect)
    authorisation = forms.FileField(
        label="授权委托书（扫描件）", required=False, help_text="经办人必须提交；法定代表人本人来的不用"
    )
