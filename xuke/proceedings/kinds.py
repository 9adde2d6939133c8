"""What an authority can do against a licence, on which grounds, and what follows: pure data, each with its article."""

from __future__ import annotations

from dataclasses import dataclass

from xuke.parties.bans import BY_CODE as BANS
from xuke.parties.bans import BanKind

WITHDRAWAL, RESCISSION, REVOCATION = "withdrawal", "rescission", "revocation"
CANCELLATION, FALSE_MATERIALS = "cancellation", "false_materials"
TAKEN_FROM = ("in_force", "expired", "cancelled")
"""What was obtained by fraud or forfeited is rescinded or revoked after its end too: bans follow from that decision."""


@dataclass(frozen=True)
class Ground:
    """Why a licence is taken away, as the law lists the reasons."""

    code: str
    title: str
    basis: str
    ban: str = ""
    """The kind of ban that follows (`parties.bans`); empty for none."""
    must: bool = False
    """Whether the law leaves no choice: 应当予以撤销."""
    against_decision: bool = False
    """Whether it says that the authority itself decided unlawfully: whoever had a hand in that is kept away (回避)."""
    plain: bool = False
    """Whether it is a fact that a register or a document tells, on which there is nothing to be heard (art. 70)."""
    from_the_beginning: bool = False
    """Whether the licence never counted, unless the decision says otherwise (自始无效)."""

    @property
    def ban_kind(self) -> BanKind | None:
        """The ban that follows."""
        return BANS[self.ban] if self.ban else None


@dataclass(frozen=True)
class Kind:
    """One way of acting."""

    code: str
    title: str
    act: str
    """The verb in sentences and on buttons: 撤销."""
    outcome: str
    """The state of the licence afterwards; empty where no licence is touched."""
    document: str
    """The kind of notice that carries the decision."""
    notice: str
    """The kind of notice that tells of it beforehand, unless the ground is a plain fact."""
    statement_limit: str
    """The time limit for statement and defence."""
    grounds: tuple[Ground, ...]
    says: str
    """What it is, for whoever begins one."""
    states: tuple[str, ...] = ("in_force",)
    """States of the licence in which it can be begun."""

    @property
    def is_formality(self) -> bool:
        """Whether it is the formality of 注销, which ends a licence without another decision."""
        return self.outcome == "cancelled"

    @property
    def ends_licence(self) -> bool:
        """Whether a licence is ended by it."""
        return bool(self.outcome)

    @property
    def contests(self) -> bool:
        """Whether giving the licence up waits for its decision: nobody gets round a sanction by it (art. 70(4))."""
        return self.outcome in ("rescinded", "revoked")

    def ground(self, code: str) -> Ground | None:
        """One of its grounds."""
        return next((ground for ground in self.grounds if ground.code == code), None)


_RESCIND = "行政许可法第六十九条第一款"
_REVOKE = "food.penalty_statement"
_TAKE = "food.rescission_statement"

KINDS = (
    Kind(
        WITHDRAWAL,
        "撤回许可",
        "撤回",
        "withdrawn",
        "withdrawal_decision",
        "ending_notice",
        _TAKE,
        (
            Ground("law_changed", "许可所依据的法律、法规、规章修改或者废止", "行政许可法第八条第二款"),
            Ground("facts_changed", "准予许可所依据的客观情况发生重大变化", "行政许可法第八条第二款"),
        ),
        "许可当初合法，因法律或者客观情况变化，为了公共利益收回。不是企业的过错，造成财产损失的应当补偿。",
    ),
    Kind(
        RESCISSION,
        "撤销许可",
        "撤销",
        "rescinded",
        "rescission_decision",
        "ending_notice",
        _TAKE,
        (
            Ground(
                "fraud",
                "以欺骗、贿赂等不正当手段取得许可（应当撤销）",
                "行政许可法第六十九条第二款、第七十九条；食品生产许可管理办法（2020年）第五十一条",
                ban="fraud",
                must=True,
                from_the_beginning=True,
            ),
            Ground(
                "untrue_commitment",
                "告知承诺或者生产条件未变化的声明不实",
                "行政许可法第六十九条；国办发〔2020〕42号",
                ban="untrue_commitment",
            ),
            Ground(
                "abuse", "工作人员滥用职权、玩忽职守作出准予许可决定", f"{_RESCIND}第（一）项", against_decision=True
            ),
            Ground("beyond_power", "超越法定职权作出准予许可决定", f"{_RESCIND}第（二）项", against_decision=True),
            Ground("wrong_procedure", "违反法定程序作出准予许可决定", f"{_RESCIND}第（三）项", against_decision=True),
            Ground(
                "unqualified",
                "对不具备申请资格或者不符合法定条件的申请人准予许可",
                f"{_RESCIND}第（四）项",
                against_decision=True,
            ),
            Ground("other", "依法可以撤销许可的其他情形", f"{_RESCIND}第（五）项", against_decision=True),
        ),
        "许可当初就不该给。以欺骗、贿赂取得的，应当撤销；其他情形可以撤销，可能对公共利益造成重大损害的不予撤销。",
        states=TAKEN_FROM,
    ),
    Kind(
        REVOCATION,
        "吊销许可证",
        "吊销",
        "revoked",
        "revocation_decision",
        "ending_notice",
        _REVOKE,
        tuple(
            Ground(code, title, f"{basis}；食品安全法第一百三十五条", ban="revoked_food")
            for code, title, basis in (
                ("fsl_123", "用非食品原料生产食品等最严重的违法行为", "食品安全法第一百二十三条"),
                ("fsl_124", "生产不符合食品安全标准的食品等，情节严重", "食品安全法第一百二十四条"),
                ("fsl_125", "生产被污染、标签违法的食品等，情节严重", "食品安全法第一百二十五条"),
                ("fsl_126", "未履行进货查验、出厂检验等义务，情节严重", "食品安全法第一百二十六条"),
                ("fsl_134", "一年内累计三次因违法受到责令停产停业、吊销以外的处罚", "食品安全法第一百三十四条"),
            )
        ),
        "对严重违法行为的行政处罚。企业和法定代表人、直接负责的主管人员、其他直接责任人员五年内不得申请。",
        states=TAKEN_FROM,
    ),
    Kind(
        CANCELLATION,
        "依职权注销",
        "注销",
        "cancelled",
        "cancellation_announcement",
        "ending_notice",
        _TAKE,
        tuple(
            Ground(code, title, f"行政许可法第七十条第{item}项；食品生产许可管理办法（2020年）第四十一条", plain=plain)
            for code, title, item, plain in (
                ("expired", "有效期届满未延续", "（一）", True),
                ("subject_ended", "企业依法终止", "（三）", True),
                ("force_majeure", "因不可抗力，许可事项无法实施", "（五）", False),
                ("other", "法律、法规规定应当注销的其他情形", "（六）", False),
            )
        ),
        "关闭许可记录的手续，不是处罚：编号收回，不再使用，并予公告。届满、企业终止以外的情形，先告知企业、听取意见。",
        states=("in_force", "expired"),
    ),
    Kind(
        FALSE_MATERIALS,
        "提供虚假材料申请的处理",
        "警告",
        "",
        "warning_decision",
        "warning_notice",
        _REVOKE,
        (
            Ground(
                "false_materials",
                "隐瞒有关情况或者提供虚假材料申请许可",
                "行政许可法第七十八条；食品生产许可管理办法（2020年）第五十条",
                ban="false_materials",
            ),
        ),
        "申请还没有准予时发现材料虚假：不予受理或者不予许可之外，给予警告，一年内不得再次申请。",
        states=(),
    ),
)
BY_CODE = {kind.code: kind for kind in KINDS}


def kind(code: str) -> Kind:
    """The kind of that code."""
    return BY_CODE[code]
