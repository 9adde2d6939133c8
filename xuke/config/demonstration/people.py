"""Who plays: authorities of the demonstration province, officers of every role, enterprises and their people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from xuke.accounts import commands as accounts
from xuke.accounts.models import Authority, User
from xuke.accounts.officers import Officer, Role
from xuke.accounts.queries import officer
from xuke.documents import commands as documents
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.calendar import valid_until
from xuke.foundation.identifiers import credit_code, resident_id
from xuke.parties import commands as parties
from xuke.parties.applicants import Applicant
from xuke.parties.models import Enterprise, Mandate
from xuke.parties.queries import applicant
from xuke.verifiers import commands as verifiers
from xuke.verifiers import specialities

PASSWORD = "Xuke-Demo-2026"
"""Every demonstration account has it. Printed by `make demo`; no other installation has these accounts."""


@dataclass(frozen=True)
class Seat:
    """An authority of the demonstration tree."""

    code: str
    name: str
    abbreviation: str
    level: str
    parent: str = ""
    court: str = "有管辖权的人民法院"


SEATS = (
    Seat("420000", "湖北省市场监督管理局", "鄂市监", "province", court="武汉市武昌区人民法院"),
    Seat("420100", "武汉市市场监督管理局", "武市监", "prefecture", "420000", "武汉市江岸区人民法院"),
    Seat("420500", "宜昌市市场监督管理局", "宜市监", "prefecture", "420000", "宜昌市伍家岗区人民法院"),
    Seat("420102", "武汉市江岸区市场监督管理局", "岸市监", "county", "420100", "武汉市江岸区人民法院"),
    Seat("420506", "宜昌市夷陵区市场监督管理局", "夷市监", "county", "420500", "宜昌市夷陵区人民法院"),
    Seat("420528", "长阳土家族自治县市场监督管理局", "长市监", "county", "420500", "长阳土家族自治县人民法院"),
    Seat("420581", "宜都市市场监督管理局", "都市监", "county", "420500", "宜都市人民法院"),
)


@dataclass(frozen=True)
class Person:
    """An officer of the demonstration: login name, name, roles."""

    login_name: str
    name: str
    roles: tuple[Role, ...]


PROVINCE = "420000"
"""Its three administrators keep everybody below; its supervisor publishes the rules of the province."""
STAFF: dict[str, tuple[Person, ...]] = {
    "420506": (
        Person("zhoumin", "周敏", (Role.ACCEPTOR,)),
        Person("chenlixin", "陈立新", (Role.REVIEWER,)),
        Person("zhaohaifeng", "赵海峰", (Role.VERIFIER,)),
        Person("sunyutong", "孙雨桐", (Role.VERIFIER,)),
        Person("liuzhengping", "刘正平", (Role.DECIDER,)),
        Person("hezhiqiang", "何志强", (Role.SUPERVISOR,)),
        Person("gaolan", "高岚", (Role.SECURITY_ADMINISTRATOR,)),
        Person("shixitong", "石希同", (Role.SYSTEM_ADMINISTRATOR,)),
        Person("qianshen", "钱慎", (Role.AUDITOR,)),
        Person("zhouwen", "周文", (Role.ACCEPTOR, Role.REVIEWER)),
    ),
    "420500": (
        Person("wangyan", "王岩", (Role.ACCEPTOR,)),
        Person("lihongmei", "李红梅", (Role.REVIEWER,)),
        Person("xudong", "徐东", (Role.VERIFIER,)),
        Person("tanjing", "谭静", (Role.VERIFIER,)),
        Person("luojianguo", "罗建国", (Role.DECIDER,)),
    ),
    "420581": (
        Person("yangfan", "杨帆", (Role.ACCEPTOR,)),
        Person("dengli", "邓丽", (Role.REVIEWER, Role.VERIFIER)),
        Person("hujun", "胡军", (Role.VERIFIER,)),
        Person("xionggang", "熊刚", (Role.DECIDER,)),
    ),
    PROVINCE: (
        Person("luoting", "罗汀", (Role.SYSTEM_ADMINISTRATOR,)),
        Person("fangyuan", "方原", (Role.SECURITY_ADMINISTRATOR,)),
        Person("jianming", "简明", (Role.AUDITOR,)),
        Person("fanzhiguo", "范治国", (Role.SUPERVISOR,)),
    ),
}


@dataclass(frozen=True)
class Firm:
    """An enterprise of the demonstration and the person who acts for it."""

    name: str
    legal_representative: str
    contact: str
    login_name: str
    division: str
    address: str
    products: tuple[tuple[str, str], ...]
    """Pairs of a subcategory code and a variety detail; the first is the main product."""
    head_login_name: str = ""
    """Of the legal representative, where the demonstration has an account for them."""
    accepted_by: str = ""
    """The division of the accepting authority, when it is not the county's."""


FIRMS = (
    Firm(
        "宜昌禾穗坊食品有限公司",
        "郑国强",
        "吴晓梅",
        "wuxiaomei",
        "420506",
        "小溪塔街道兴禾路16号2幢",
        (("2401", "烘烤类糕点：酥类、松酥类"), ("2403", "食品馅料：月饼馅料")),
        head_login_name="zhengguoqiang",
    ),
    Firm(
        "宜昌临江禾酿造有限公司",
        "汪德海",
        "汪洁",
        "wangjie",
        "420506",
        "龙泉镇酿造工业园8号",
        (("0301", "酿造酱油"), ("0302", "酿造食醋")),
        head_login_name="wangdehai",
    ),
    Firm(
        "夷陵区禾香面业有限公司",
        "黄立群",
        "黄萍",
        "huangping",
        "420506",
        "鸦鹊岭镇面业路3号",
        (("0103", "普通挂面、花色挂面"),),
    ),
    Firm(
        "宜昌云雾岭茶业有限公司",
        "向德清",
        "向晓雯",
        "xiangxiaowen",
        "420506",
        "邓村乡茶叶产业园2号",
        (("1401", "绿茶、红茶"), ("1404", "叶类代用茶")),
    ),
    Firm("宜昌楚稻米业有限公司", "覃大勇", "覃莉", "qinli", "420506", "分乡镇粮站路11号", (("0102", "大米"),)),
    Firm("夷陵区高岚蜂业有限公司", "杜明", "杜小燕", "duxiaoyan", "420506", "樟村坪镇蜂场路5号", (("2601", "蜂蜜"),)),
    Firm(
        "宜昌橙源果品有限公司",
        "秦朗",
        "秦月",
        "qinyue",
        "420506",
        "三斗坪镇果业园6号",
        (("1701", "蜜饯类：凉果类、果糕类"),),
    ),
    Firm(
        "宜昌江畔豆坊食品有限公司",
        "雷鸣",
        "雷婷",
        "leiting",
        "420506",
        "黄花镇豆坊街9号",
        (("2501", "发酵豆制品：腐乳；非发酵豆制品：豆腐、豆干"),),
    ),
    Firm(
        "宜昌山里红坚果有限公司",
        "邹平",
        "邹燕",
        "zouyan",
        "420506",
        "雾渡河镇工业路12号",
        (("1801", "烘炒类：炒瓜子、炒花生"),),
    ),
    Firm(
        "宜昌晓溪塔饼业有限公司",
        "彭辉",
        "彭玉",
        "pengyu",
        "420506",
        "小溪塔街道锦江路77号",
        (("0801", "酥性饼干、韧性饼干"),),
    ),
    Firm(
        "宜昌长坪薯业有限公司",
        "田大山",
        "田永芳",
        "tianyongfang",
        "420506",
        "下堡坪乡薯业路1号",
        (("1202", "薯类食品：干制薯类"),),
    ),
    Firm("宜昌官庄蔬菜有限公司", "易成", "易欣", "yixin", "420506", "小溪塔街道官庄村3组", (("1601", "酱腌菜"),)),
    Firm(
        "宜昌百里荒羊食品有限公司", "周牧", "周青", "zhouqing", "420506", "分乡镇百里荒路2号", (("0701", "油炸方便面"),)
    ),
    Firm(
        "宜昌清江水乡糖果有限公司",
        "林甜",
        "林小雨",
        "linxiaoyu",
        "420506",
        "乐天溪镇糖果街4号",
        (("1301", "硬质糖果、酥质糖果"),),
    ),
    Firm(
        "夷陵区禾田淀粉制品有限公司",
        "石磊",
        "石岩",
        "shiyan",
        "420506",
        "太平溪镇淀粉路6号",
        (("2301", "淀粉：薯类淀粉"),),
    ),
    Firm(
        "宜昌三峡腊味食品有限公司",
        "龚腊",
        "龚敏",
        "gongmin",
        "420506",
        "龙泉镇腊味园18号",
        (("0401", "酱卤肉制品"),),
        accepted_by="420500",
    ),
    Firm(
        "宜昌归元饮品有限公司",
        "江流",
        "江岚",
        "jianglan",
        "420506",
        "小溪塔街道发展大道88号",
        (("0601", "饮用纯净水"),),
        accepted_by="420500",
    ),
    Firm(
        "宜都市青岗岭茶业有限公司",
        "向国栋",
        "向文静",
        "xiangwenjing",
        "420581",
        "潘家湾土家族乡青岗岭村茶叶产业园2号",
        (("1401", "绿茶、红茶"),),
    ),
    Firm(
        "宜昌峡州食用油有限公司",
        "向阳",
        "向荣",
        "xiangrong",
        "420506",
        "龙泉镇油脂路10号",
        (("0201", "食用植物油：菜籽油"),),
    ),
    Firm(
        "宜昌柏临河膨化食品有限公司",
        "柏林",
        "柏青",
        "boqing",
        "420506",
        "鸦鹊岭镇膨化路2号",
        (("1201", "膨化食品：油炸型"),),
    ),
    Firm(
        "宜昌新绿洲膳食有限公司",
        "唐宁",
        "唐果",
        "tangguo",
        "420506",
        "小溪塔街道平湖大道20号",
        (("3101", "其他食品：冻干汤料"),),
    ),
)


@dataclass
class Cast:
    """The people of one authority and one enterprise, ready to act."""

    authority: Authority
    acceptor: Officer
    reviewer: Officer
    verifiers: tuple[Officer, Officer]
    decider: Officer
    applicant: Applicant
    firm: Firm
    others: dict[str, Officer] = field(default_factory=dict)


def number_of(place: int, division: str, *, registrar: str = "91") -> str:
    """A well-formed unified social credit code that belongs to nobody, the same at every call."""
    return credit_code.compose(registrar=registrar, division=division, organisation=f"MAX{place:05d}")


_HEADS, _OFFICERS = 80_000, 90_000
"""Where the places of legal representatives and officers begin: nobody shares a number with a case contact."""


def prove(user: User, *, place: int, division: str, now: datetime) -> None:
    """Say who an account belongs to, with a well-formed resident number and a mobile number that are invented."""
    accounts.prove_real_name(
        user=user,
        name=user.name,
        number=resident_number(place, division),
        mobile=f"199{place:08d}",
        proven_by="demonstration",
        by=SYSTEM,
        now=now,
    )


def resident_number(place: int, division: str) -> str:
    """A well-formed resident number of an invented person born between 1970 and 1997, the same at every call."""
    born_on = date(1970, 1, 1) + timedelta(days=place % 9999)
    return resident_id.compose(division=division, born_on=born_on, sequence=900 + place // 9999)


def seat_authorities(seats: Iterable[Seat], *, now: datetime) -> dict[str, Authority]:
    """Establish the tree, parents first."""
    found: dict[str, Authority] = {}
    for place, seat in enumerate(seats, start=1):
        above = found.get(seat.parent)
        government = seat.name.replace("市场监督管理局", "人民政府")
        found[seat.code] = accounts.establish_authority(
            code=seat.code,
            uscc=number_of(90000 + place, seat.code, registrar="11"),
            name=seat.name,
            abbreviation=seat.abbreviation,
            level=seat.level,
            parent=above,
            reconsideration_body=government,
            court=seat.court,
            phone="12315",
            by=SYSTEM,
            now=now,
        )
    return found


def hire(
    person: Person,
    authority: Authority,
    *,
    place: int,
    now: datetime,
    password: str = PASSWORD,
    entered: bool = True,
) -> User:
    """Add an officer and appoint to every role; a verifier's credential is entered, or stands as the posting tells."""
    user = accounts.add_user(login_name=person.login_name, name=person.name, password=password, by=SYSTEM, now=now)
    for role in person.roles:
        credential = f"鄂食核〔2026〕{place:04d}号（演示）" if role is Role.VERIFIER else ""
        accounts.appoint(user=user, authority=authority, role=role, credential=credential, by=SYSTEM, now=now)
        if role is Role.VERIFIER and entered:
            enter(user, authority, credential, now=now)
        elif role is Role.VERIFIER:
            verifiers.register_appointed(user=user, by=SYSTEM, now=now)
    prove(user, place=_OFFICERS + place, division=authority.code, now=now)
    return user


def enter(user: User, authority: Authority, credential: str, *, now: datetime) -> None:
    """Enter a verifier in the register, for every category, with a credential of three years."""
    today = journal.legal_day(now)
    verifiers.register(
        user=user,
        authority=authority,
        credential=credential,
        issuer="湖北省市场监督管理局",
        valid_from=today,
        valid_to=valid_until(today, 3),
        specialities=sorted(specialities.names()),
        level="middle",
        by=SYSTEM,
        now=now,
    )


def found_firm(firm: Firm, *, place: int, now: datetime, password: str = PASSWORD) -> tuple[Enterprise, User]:
    """Register an enterprise with the people who act for it and its site."""
    enterprise = parties.register_enterprise(
        uscc=number_of(place, firm.division),
        name=firm.name,
        legal_representative=firm.legal_representative,
        domicile=f"湖北省宜昌市{firm.address}",
        division_code=firm.division,
        by=SYSTEM,
        now=now,
    )
    user = accounts.add_user(login_name=firm.login_name, name=firm.contact, password=password, by=SYSTEM, now=now)
    prove(user, place=place, division=firm.division, now=now)
    parties.give_mandate(user=user, enterprise=enterprise, capacity=Mandate.CASE_CONTACT, by=SYSTEM, now=now)
    if firm.head_login_name:
        _seat_head(firm, enterprise, place=place, now=now, password=password)
    parties.add_site(enterprise=enterprise, address=firm.address, division_code=firm.division, by=SYSTEM, now=now)
    documents.give_consent(enterprise=enterprise, by=SYSTEM, now=now, note="登记企业时确认")
    return enterprise, user


def _seat_head(firm: Firm, enterprise: Enterprise, *, place: int, now: datetime, password: str) -> None:
    head = accounts.add_user(
        login_name=firm.head_login_name, name=firm.legal_representative, password=password, by=SYSTEM, now=now
    )
    prove(head, place=_HEADS + place, division=firm.division, now=now)
    parties.give_mandate(user=head, enterprise=enterprise, capacity=Mandate.LEGAL_REPRESENTATIVE, by=SYSTEM, now=now)


def cast_of(authority: Authority, users: dict[str, User], firm: Firm, enterprise: Enterprise, *, now: datetime) -> Cast:
    """The people of an authority in their parts, with the applicant of one enterprise."""
    today = journal.legal_day(now)
    officers = {
        person.login_name: officer(users[person.login_name], today=today, authority=authority)
        for person in STAFF[authority.code]
    }
    found = {name: one for name, one in officers.items() if one is not None}

    def playing(role: Role) -> list[Officer]:
        return [one for one in found.values() if role in one.roles]

    first, second = playing(Role.VERIFIER)[:2]
    who = applicant(users[firm.login_name], today=today, enterprise=enterprise)
    assert who is not None
    return Cast(
        authority=authority,
        acceptor=playing(Role.ACCEPTOR)[0],
        reviewer=playing(Role.REVIEWER)[0],
        verifiers=(first, second),
        decider=playing(Role.DECIDER)[0],
        applicant=who,
        firm=firm,
        others=found,
    )


def one_cast(*, now: datetime, code: str = "420506", firm: Firm = FIRMS[0]) -> Cast:
    """One authority with its parents and staff, and one enterprise: all that a single story needs."""
    wanted = [seat for seat in SEATS if code.startswith(seat.code.rstrip("0")) or seat.code == code]
    seats = seat_authorities(wanted, now=now)
    users = {
        person.login_name: hire(person, seats[code], place=place, now=now)
        for place, person in enumerate(STAFF[code], start=1)
    }
    enterprise, users[firm.login_name] = found_firm(firm, place=1, now=now)
    return cast_of(seats[code], users, firm, enterprise, now=now)


def with_firm(cast: Cast, *, place: int, now: datetime) -> Cast:
    """The same officers, with one more enterprise of the same kind."""
    pattern = cast.firm
    firm = replace(pattern, name=f"宜昌演示第{place}食品有限公司", login_name=f"firm{place}", head_login_name="")
    enterprise, user = found_firm(firm, place=place, now=now)
    who = applicant(user, today=journal.legal_day(now), enterprise=enterprise)
    assert who is not None
    return replace(cast, applicant=who, firm=firm)
