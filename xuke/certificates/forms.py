"""What people type or upload to have a certificate verified."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile

from xuke.certificates.answering import ASK, NotANumber, Number, read_number
from xuke.seals.validation import LARGEST_FILE

_MAGIC = b"%PDF-"


class NumberForm(forms.Form):
    """A licence number or an e-licence identifier."""

    q = forms.CharField(
        label="许可证编号或者电子证照标识",
        help_text="例如SC12442050600219；空格、大小写不影响",
        max_length=200,
        error_messages={"required": ASK, "max_length": ASK},
    )

    def clean_q(self) -> Number:
        """The number in its normal form; a wrong one is told what is wrong."""
        try:
            return read_number(self.cleaned_data["q"])
        except NotANumber as problem:
            raise forms.ValidationError(list(problem.sentences)) from problem


class FileForm(forms.Form):
    """An electronic certificate. Only its beginning is looked at here."""

    file = forms.FileField(
        label="电子证书（PDF）",
        help_text=f"PDF，不超过{LARGEST_FILE // 1_000_000} MB。核验之后立即删除，不保存",
        error_messages={
            "required": "请选择电子证书的PDF文件。",
            "empty": "这是空文件，请重新选择。",
        },
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        allow_empty_file=False,
    )

    too_large = False

    def clean_file(self) -> UploadedFile[bytes]:
        """The upload, if it can be a certificate at all."""
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > LARGEST_FILE:
            self.too_large = True
            limit = LARGEST_FILE // 1_000_000
            raise forms.ValidationError(f"{upload.name} 超过{limit} MB，不会是电子证书，没有接收。")
        upload.seek(0)
        if upload.read(len(_MAGIC)) != _MAGIC:
            raise forms.ValidationError(
                f"{upload.name} 不是PDF。请上传电子证书的PDF原件；照片、截图和打印件，请扫证书上的二维码核验。"
            )
        upload.seek(0)
        return upload
