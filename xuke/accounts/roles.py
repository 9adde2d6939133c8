"""The roles: what each lets a person do, in one word and in one sentence. Needs no database."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a posting lets a person do: the hands of a case (三分离), supervision, the three administrators (三员)."""

    ACCEPTOR = "acceptor"
    REVIEWER = "reviewer"
    VERIFIER = "verifier"
    DECIDER = "decider"
    SUPERVISOR = "supervisor"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        """The word on the page."""
        return TITLES[self]

    @property
    def does(self) -> str:
        """What somebody with this role does, in one sentence for whoever appoints."""
        return DOES[self]


TITLES = {
    Role.ACCEPTOR: "受理",
    Role.REVIEWER: "审查",
    Role.VERIFIER: "核查",
    Role.DECIDER: "决定",
    Role.SUPERVISOR: "监督",
    Role.SYSTEM_ADMINISTRATOR: "系统管理",
    Role.SECURITY_ADMINISTRATOR: "安全管理",
    Role.AUDITOR: "审计",
}
DOES = {
    Role.ACCEPTOR: "接收申请，告知补正，决定受理或者不予受理。",
    Role.REVIEWER: "审查材料，派出核查组，拟定审查意见。",
    Role.VERIFIER: "到现场核查，按评分表记分，写出核查结论；需要有核查人员证件。",
    Role.DECIDER: "作出准予或者不予许可的决定，也可以退回审查。",
    Role.SUPERVISOR: "查看本辖区的全部办件，把同事领取后没有办的退回待领。",
    Role.SYSTEM_ADMINISTRATOR: "设立机关，修改机关信息，撤销和恢复机关；不查看办件，不管人员；不能兼任其他岗位。",
    Role.SECURITY_ADMINISTRATOR: "新建账号，任命、借调、代理、免职，停用账号；不查看办件，不管机关；不能兼任其他岗位。",
    Role.AUDITOR: "查看全部办件和操作日志，什么也不改；不能兼任其他岗位。",
}

THREE_ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR})
"""Nobody combines two of them (三员分立, GB/T 22239-2019)."""
HANDS = frozenset({Role.ACCEPTOR, Role.REVIEWER, Role.VERIFIER, Role.DECIDER, Role.SUPERVISOR})
"""Who handles cases."""
READERS = HANDS | {Role.AUDITOR}
"""Who reads cases: whoever handles them, and the auditor, who changes nothing."""
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR})
"""Who keeps the tree of authorities and the people in it, and reads no case."""
