"""Invented names: place, brand of two or three characters, trade word, kind of subject."""

from __future__ import annotations

from random import Random

_BRAND = (
    "禾穗云岭临江泉源福瑞祥和兴盛隆泰康宁安顺达丰裕华美嘉佳味香鲜甜润滋养百千万春夏秋冬山水湖海川峰谷林森木竹梅兰菊"
    "松柏桂橙橘果稻麦粟豆蜂雪霜露雨晴明亮清雅正德诚信义仁礼智恒永久长新旺聚宝金银玉珠龙凤鹤鹿麒麟鸿鹏楚荆汉襄峡"
)
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈向覃"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂文辉力建国玲红梅玉兰志新晓东海燕春雪云飞鹏浩宇轩子涵德清立群"
_ROADS = ("工业园", "发展大道", "兴业路", "创业街", "产业园", "建设路", "滨江路", "振兴路", "食品园", "迎宾大道")
_TOWNS = "龙泉小溪太平黄花分乡鸦鹊三斗坪樟村雾渡河邓村下堡白洋安福寺问安仙女七星台董市顾家店百里洲"

TRADES: dict[str, tuple[str, ...]] = {
    "101": ("粮油", "面业", "米业", "食品"),
    "102": ("油脂", "粮油", "食用油", "食品"),
    "103": ("调味品", "酿造", "酱业", "食品"),
    "104": ("肉食品", "食品", "腊味食品", "肉制品"),
    "105": ("乳业", "乳品"),
    "106": ("饮品", "饮料", "饮用水", "食品饮料"),
    "107": ("食品", "方便食品"),
    "108": ("饼业", "食品"),
    "109": ("罐头食品", "食品"),
    "110": ("冷饮", "冷冻食品"),
    "111": ("速冻食品", "食品", "冷链食品"),
    "112": ("薯业", "膨化食品", "食品"),
    "113": ("糖果", "食品"),
    "114": ("茶业", "茶叶", "茗茶", "茶叶专业"),
    "115": ("酒业", "酿酒", "酒厂"),
    "116": ("蔬菜", "菌业", "食品", "酱菜"),
    "117": ("果品", "果业", "食品"),
    "118": ("坚果", "炒货", "食品"),
    "119": ("蛋品", "禽蛋", "食品"),
    "120": ("咖啡", "可可食品"),
    "121": ("糖业", "食糖"),
    "122": ("水产", "水产食品", "渔业"),
    "123": ("淀粉", "食品", "粉业"),
    "124": ("糕点", "食品", "烘焙", "饼屋"),
    "125": ("豆制品", "豆业", "食品"),
    "126": ("蜂业", "蜂产品"),
    "127": ("保健食品", "生物科技", "健康产业"),
    "128": ("营养食品", "生物医药"),
    "129": ("乳业", "婴幼儿食品"),
    "130": ("营养食品", "膳食"),
    "131": ("食品", "食品科技"),
    "201": ("生物科技", "添加剂"),
    "202": ("香精香料", "香料"),
    "203": ("食品配料", "生物科技"),
}
_KINDS = (
    (0.60, "有限公司", "91"),
    (0.68, "有限责任公司", "91"),
    (0.72, "股份有限公司", "91"),
    (0.73, "集团有限公司", "91"),
    (0.77, "（湖北）有限公司", "91"),
    (0.88, "合作社", "93"),
    (0.94, "厂", "92"),
    (1.01, "加工坊", "92"),
)


def person(random: Random) -> str:
    """A name of two or three characters."""
    draw = random.random
    name = _SURNAMES[int(draw() * len(_SURNAMES))] + _GIVEN[int(draw() * len(_GIVEN))]
    return name + _GIVEN[int(draw() * len(_GIVEN))] if draw() < 0.7 else name


def enterprise(place: str, category: str, random: Random) -> tuple[str, str]:
    """The name of an enterprise, and who registers such a one (the first two characters of its credit code)."""
    draw, size = random.random, len(_BRAND)
    brand = _BRAND[int(draw() * size)] + _BRAND[int(draw() * size)]
    if draw() < 0.35:
        brand += _BRAND[int(draw() * size)]
    trades = TRADES[category]
    kind = draw()
    suffix, registrar = next((suffix, registrar) for most, suffix, registrar in _KINDS if kind < most)
    return f"{place}{brand}{trades[int(draw() * len(trades))]}{suffix}", registrar


def address(random: Random) -> str:
    """A street with a number in a town."""
    draw = random.random
    at = int(draw() * (len(_TOWNS) - 1))
    road = _ROADS[int(draw() * len(_ROADS))]
    return f"{_TOWNS[at : at + 2]}镇{road}{1 + int(draw() * 299)}号"
