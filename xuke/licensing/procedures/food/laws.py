"""The articles on which the food procedures rest, and what each says in our words."""

from __future__ import annotations

from xuke.licensing.procedures.form import Law

MEASURES = "食品生产许可管理办法（2020年）"

CLOSED_LIST = Law("行政许可法第三十一条", "行政机关不得要求申请人提交与其申请的行政许可事项无关的技术资料和其他材料。")
TRUTH = Law("行政许可法第三十一条", "申请人应当如实提交有关材料和反映真实情况，并对其申请材料实质内容的真实性负责。")
CERTIFICATE = Law(f"{MEASURES}第二十九条", "这一项写入许可证，请与营业执照一致。")
PREMISES = Law(f"{MEASURES}第十二条", "生产场所应当整洁，与有毒、有害场所以及其他污染源保持规定的距离。")
PEOPLE = Law(f"{MEASURES}第十二条", "应当有专职或者兼职的食品安全专业技术人员、食品安全管理人员。")
CATEGORY = Law(f"{MEASURES}第十一条、第三十条", "食品类别写入许可证；许可证编号第2至第3位按主要产品的类别编定。")
MATERIALS = Law(
    f"{MEASURES}第十三条、第十六条",
    "申请食品、食品添加剂生产许可，应当提交申请书、布局图和工艺流程图、设备清单、人员信息和管理制度。",
)
TRIAL = Law(
    f"{MEASURES}第二十一条", "首次申请、增加食品类别的，现场核查时核查试制食品的检验报告。可以自检，也可以委托检验。"
)
VISIT = Law(f"{MEASURES}第二十一条", "需要对申请材料的实质内容进行核实的，应当进行现场核查。")
CHANGE = Law(
    f"{MEASURES}第三十二条",
    "许可证载明的事项发生变化，需要变更的，应当在变化后十个工作日内提出变更申请。",
)
MOVE = Law(f"{MEASURES}第三十二条", "生产场所迁址的，应当重新申请食品生产许可。")
REPORT = Law(
    f"{MEASURES}第三十二条", "副本载明的同一食品类别内的事项发生变化的，应当在变化后十个工作日内报告，不需要重新许可。"
)
CHANGE_MATERIALS = Law(f"{MEASURES}第三十三条", "申请变更的，提交变更申请书和与变更事项有关的其他材料。")
RENEWAL = Law(f"{MEASURES}第三十四条", "需要延续的，应当在有效期届满三十个工作日前提出申请。")
RENEWAL_MATERIALS = Law(f"{MEASURES}第三十五条", "申请延续的，提交延续申请书和与延续事项有关的其他材料。")
RENEWAL_DECISION = Law(
    f"{MEASURES}第三十六条", "在许可证有效期届满前作出是否准予延续的决定；逾期未作决定的，视为准予延续。"
)
UNCHANGED = Law(
    f"{MEASURES}第三十七条",
    "申请人声明生产条件未发生变化的，可以不再进行现场核查；发生变化的，应当就变化情况进行核查。",
)
CANCELLATION = Law(f"{MEASURES}第四十条", "终止食品生产的，应当在二十个工作日内申请办理注销手续。")
REISSUE = Law(MEASURES, "2020年的办法没有补办这一事项，由省级市场监督管理部门决定是否办理；电子证书可以随时重新下载。")
CONTACT = Law(
    "行政许可法第二十九条、第三十二条", "申请可以由代理人提出；补正、受理和决定都要告知申请人，请写能联系到的人和电话。"
)
PLACE = Law(
    f"{MEASURES}第七条、第十二条、第三十条", "由哪一级受理、许可证编号里的地区代码，都看生产地址在哪个县（市、区）。"
)
HELD = Law(f"{MEASURES}第四条", "一企一证：持有有效的食品生产许可证。")
LICENSED_SUBJECT = Law(f"{MEASURES}第十条", "已经取得营业执照等合法主体资格。")
