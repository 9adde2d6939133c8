"""Users, authorities, postings."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from xuke.accounts.officers import Role
from xuke.foundation import vault
from xuke.foundation.models import Journalled


class Authority(Journalled):
    """A market supervision department (市场监督管理部门), a node of the tree of one province or of the nation."""

    code = models.CharField(max_length=6, unique=True)
    """The division code it serves (GB/T 2260)."""
    uscc = models.CharField(max_length=18, unique=True)
    name = models.TextField()
    abbreviation = models.TextField()
    """The mark in document numbers, such as 宜市监."""
    level = models.TextField(choices=[("nation", "国家"), ("province", "省"), ("prefecture", "市"), ("county", "县")])
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    path = models.TextField(unique=True, db_collation="C")
    """Codes from the root down, each closed by a slash: ``420000/420500/``. Ranges over it are territories."""
    reconsideration_body = models.TextField()
    """Who hears a request for administrative reconsideration (行政复议), as notices name it."""
    court = models.TextField()
    """Where administrative litigation (行政诉讼) is filed, as notices name it."""
    address = models.TextField(default="", blank=True)
    phone = models.TextField(default="", blank=True)
    former_abbreviations = ArrayField(models.TextField(), default=list, db_default=[], blank=True)
    """Marks under which it numbered documents before. Nobody else gets them: the same number would exist twice."""
    closed_on = models.DateField(null=True, blank=True)
    """From this day on no application goes to it and nobody is appointed; who is there finishes what is open."""

    class Meta:
        constraints = [models.UniqueConstraint("abbreviation", name="one_authority_per_abbreviation")]

    @property
    def stream(self) -> str:
        return f"authority:{self.code}"

    @property
    def journal_label(self) -> str:
        return self.name

    @property
    def journal_authority(self) -> str:
        return self.path


class UserManager(BaseUserManager["User"]):
    """Finds users by login name, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(login_name=(username or "").strip().lower())


class User(Journalled, AbstractBaseUser):
    """A person who logs in: an officer through postings, an enterprise's person through mandates, or both."""

    login_name = models.CharField("登录名", max_length=64, unique=True)
    name = models.CharField("姓名", max_length=64)
    is_active = models.BooleanField(default=True)
    serves = models.BooleanField(default=False, db_default=False)
    """Holds or has held a posting. An officer's name is public: it stands under decisions."""
    must_change_password = models.BooleanField(default=False, db_default=False)
    """Somebody else knows the password: it was given for the first login and is good for nothing after it."""
    added_in = models.TextField(default="", db_default="", blank=True, db_collation="C")
    """The path of the authority whose administrator added the account: whose person it is until the first post."""
    last_login = None
    """Sessions and attempts to log in are kept by `identity`, with their device and their means."""

    objects = UserManager()

    USERNAME_FIELD = "login_name"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(login_name=Lower("login_name")), name="login_name_lower_case")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        return f"user:{self.pk}"

    @property
    def journal_label(self) -> str:
        return self.name


class RealName(models.Model):
    """Who a person is, proven (实名): the natural person behind the account. It ends on its own day.

    Numbers are sealed at rest and found by their fingerprint; nobody but the person and the system reads the row.
    """

    RESIDENT_ID = "resident_id"
    DOCUMENTS = {
        RESIDENT_ID: "居民身份证",
        "permit_hk_mo": "港澳居民居住证",
        "permit_tw": "台湾居民居住证",
        "passport": "护照",
    }
    MEANS = {
        "identity_platform": "统一身份认证平台",
        "certificate": "数字证书",
        "counter": "窗口核验证件",
        "demonstration": "演示数据",
    }

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="real_name")
    name = models.TextField()
    document = models.TextField(choices=list(DOCUMENTS.items()), default=RESIDENT_ID)
    number = vault.SealedField(purpose="resident_id", editable=True)
    number_mark = models.BinaryField()
    """The fingerprint of kind and number: one person has one account."""
    mobile = vault.SealedField(purpose="mobile", default="")
    mobile_mark = models.BinaryField(default=b"", db_index=True)
    proven_at = models.DateTimeField()
    proven_by = models.TextField(choices=list(MEANS.items()))
    valid_to = models.DateField(null=True, blank=True)
    """The last day of the document; None where it has none (长期)."""
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("number_mark", condition=Q(withdrawn_at=None), name="one_account_per_person")
        ]

    def marks(self) -> dict[str, bytes]:
        """The fingerprints under the key of today, for when a key is replaced."""
        return {
            "number_mark": vault.fingerprint(f"{self.document}:{self.number}", "resident_id"),
            "mobile_mark": vault.fingerprint(self.mobile, "mobile") if self.mobile else b"",
        }


class Posting(models.Model):
    """A person holds a role in an authority from a day, perhaps until a day.

    Appointed (任命) for good; seconded (借调) from elsewhere until a day; or deputising (代理) for an absent colleague.
    """

    REGULAR, SECONDMENT, DEPUTY = "regular", "secondment", "deputy"
    KINDS = {REGULAR: "任命", SECONDMENT: "借调", DEPUTY: "代理"}

    user = models.ForeignKey(User, models.PROTECT, related_name="postings")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    role = models.TextField(choices=[(role.value, role.label) for role in Role])
    kind = models.TextField(choices=list(KINDS.items()), default=REGULAR, db_default=REGULAR)
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    """The absent colleague a deputy stands in for."""
    credential = models.TextField(default="", blank=True)
    """The verifier's credential number (核查人员证件号), shown to the applicant on site (Measures art. 21)."""
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "user", "authority", "role", condition=Q(valid_to=None), name="one_open_posting_per_role"
            ),
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="posting_days"),
            models.CheckConstraint(
                condition=Q(kind="regular", instead_of=None)
                | Q(kind="secondment", instead_of=None, valid_to__isnull=False)
                | Q(kind="deputy", instead_of__isnull=False, valid_to__isnull=False) & ~Q(instead_of=F("user")),
                name="posting_kinds",
            ),
        ]

    @property
    def is_regular(self) -> bool:
        """Appointed for good, neither seconded nor as a deputy."""
        return self.kind == self.REGULAR

    @property
    def last_day(self) -> date | None:
        """The last day on which it counts, as people write it: `valid_to` is the first on which it no longer does."""
        return None if self.valid_to is None else max(self.valid_from, self.valid_to - timedelta(days=1))
