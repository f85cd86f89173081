"""Chinese phrases for the rows that count."""

import re

from autogpt.agent.reading.tables.conditions import filled, flagged, in_month, kept, like, sized, timed, valued
from autogpt.agent.reading.tables.ground import Column
from autogpt.agent.reading.tables.lexicon import Lexicon
from autogpt.agent.reading.tables.nouns import ZH_ROWS
from autogpt.agent.reading.tables.tiling import Bit, Found, Rule

ROW = "(?:" + "|".join(sorted(ZH_ROWS, key=len, reverse=True)) + "|[\ue800-\ue8ff])"
UNITS = r"(?:个|位|名|种|类|家|人|座|条|天|月|本|件|笔|次|行|门|科|款|只|张|支|份|辆|台|间|所|项|部|首|届|场|周|年|户|组|班|单|批|道|箱|瓶)"
_DET = r"(?:所有|全部|全体|其中|那些|这些|各|每一?|该|的)*"
_OF = rf"(?:的)?(?:{ROW})?"


def _one(lexicon: Lexicon, found: Found) -> Column | None:
    return lexicon.column(found["c"]) if "c" in found else None


def _by_unit(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    """'50元以下的商品': the unit says which column is meant, if there is but one."""
    text = found["size"]
    names = (
        ("价格", "单价", "售价", "票价", "门票", "金额", "价钱", "定价") if re.search(r"元|块", text)
        else ("年龄",) if "岁" in text
        else ("成绩", "分数", "得分", "总分") if "分" in text
        else ()
    )  # fmt: skip
    columns = {lexicon.column(name).name: lexicon.column(name) for name in names if lexicon.is_column(name)}
    return kept(sized(next(iter(columns.values())), text)) if len(columns) == 1 else None


def _by_verb(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    names = {"便宜": ("价格", "单价", "售价"), "贵": ("价格", "单价", "售价")}[found["adj"]]
    columns = [lexicon.column(name) for name in names if lexicon.is_column(name)]
    return kept(sized(columns[0], found["size"])) if len(columns) == 1 else None


def _not(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    return kept(valued(lexicon, found["vs"], _one(lexicon, found)), out=True)


def _is(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    return kept(valued(lexicon, found["vs"], _one(lexicon, found)))


def _below(op: str, words: tuple[str, ...], lexicon: Lexicon, found: Found) -> list[Bit] | None:
    """'不及格（低于60分）': the bracket says what it means."""
    column = _one(lexicon, found) or next((lexicon.column(word) for word in words if lexicon.is_column(word)), None)
    test = sized(column, found["size"])
    return kept(test) if test and test[1] in (op, f"{op[0]}e") else None


def _truth(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    told = found["t"]
    column = _one(lexicon, found)
    if column is None or column.truth is None:
        return None
    if told.isdigit() and not set(column.truth) <= {"0", "1"}:
        return None
    return kept(flagged(column, yes=told.casefold() in ("1", "是", "true", "yes", "有")))


ZH_CONDITIONS: tuple[Rule, ...] = (
    (rf"{_DET}{ROW}(?:们)?", lambda x, f: [("rows",)]),
    # numbers
    (rf"<c>(?:列|值|数|数量|额)?(?:的值)?(?:是|为|在)? ?<size>{_OF}", lambda x, f: kept(sized(_one(x, f), f["size"]))),
    (rf"(?:要|需要)?<size>{_OF}", _by_unit),
    (rf"比<n>(?:元|块钱?)?(?:更|还)?(?P<adj>便宜|贵){_OF}", lambda x, f: _by_verb(x, {**f, "size": f"{'低于' if f['adj'] == '便宜' else '高于'}{f['n']}"})),
    (rf"(?:<c>)?(?:不及格|不合格)[（(](?:即|也就是|指)?(?:<c2>)?<size>[)）]{_OF}", lambda x, f: _below("lt", ("成绩", "分数", "得分"), x, f)),
    (rf"(?:<c>)?(?:及格|合格)[（(](?:即|也就是|指)?(?:<c2>)?<size>[)）]{_OF}", lambda x, f: _below("ge", ("成绩", "分数", "得分"), x, f)),
    # texts
    (rf"<c>(?:列|字段|一栏)?(?:的值)? ?(?:是|为|=|＝|等于|属于|标记为|写着|都是|在|[:：])? ?(?:<vs>)(?:[类型])?{_OF}", _is),
    (rf"<c>(?:列|字段)?(?:不是|不为|不等于|≠|!=|不属于|不在) ?<vs>{_OF}", _not),
    (rf"(?:来自|属于|在|住在|位于|是|为|状态为|状态是|标为|参加|报名|买了|购买|选了|选修|借了)?<vs>(?:类|型|地区|部门|省|市|人)?{_OF}", _is),
    (rf"(?:不是|不属于|不在|非) ?<vs>{_OF}", _not),
    (rf"(?:除了?|除去|不包括|不包含|不含|不算|不计|不统计|不要|去掉|剔除|排除|忽略|跳过|去除)(?:所有|其中|<c>(?:是|为)?)*<vs>{_OF}(?:以外|之外|外)?{_OF}", _not),
    (rf"<vs>{_OF}(?:都|均|全部|一律)?(?:不算|不计(?:算|入)?|不统计|不要|除外|不计在内|不参与统计|不列|不列出|不算在内|忽略|去掉|排除)(?:在内|进去)?", _not),
    (rf"<c>(?:中|里)?(?:包含|含有?|带有?|有) ?(?:<q>|(?P<w>[\u4e00-\u9fff]{{1,4}}?)(?=的)){_OF}", lambda x, f: kept(like(x, f, "contains"))),
    (rf"<c>(?:是)?以 ?(?:<q>|(?P<w>[\u4e00-\u9fffA-Za-z0-9]{{1,6}}?)(?=开头)) ?开头{_OF}", lambda x, f: kept(like(x, f, "starts"))),
    (rf"(?:姓) ?(?P<w>[\u4e00-\u9fff])(?=的){_OF}", lambda x, f: kept(like(x, f, "starts", x.column("姓名"))) if x.is_column("姓名") else None),
    (rf"<c>(?:是)?以 ?(?:<q>|(?P<w>[\u4e00-\u9fffA-Za-z0-9]{{1,6}}?)(?=结尾)) ?结尾{_OF}", lambda x, f: kept(like(x, f, "ends"))),
    (r"(?:每一?|所有|全部)?(?:行)?(?:中|里)?(?:包含|含有?|带有?|出现) ?<q>(?:这个词|一词|字样|的字)?(?:的)?(?:行)?", lambda x, f: kept(like(x, f, "contains")) if x.source.load["kind"] == "lines" else None),
    # gaps
    (rf"<c>(?:列|一栏|字段)?(?:为空|是空(?:的|白)?|空着|空缺|缺失|没填|没有填写?|未填写?|没写){_OF}", lambda x, f: kept(filled(_one(x, f), there=False))),
    (rf"(?:没有|缺少|没填|没有填写?|未填写?|缺)<c>{_OF}", lambda x, f: kept(filled(_one(x, f), there=False))),
    (rf"<c>(?:列|一栏|字段)?(?:不为空|不是空的|非空|有值|填了|已填写?){_OF}", lambda x, f: kept(filled(_one(x, f), there=True))),
    (rf"(?:填写?了|填有|有)<c>的(?:{ROW})?", lambda x, f: kept(filled(_one(x, f), there=True))),
    (rf"(?:去掉|剔除|排除|忽略|跳过|不算|不统计)(?:没有|缺少|没填|未填写?)<c>{_OF}|(?:没有|没填|未填写?|缺少)<c>{_OF}(?:都)?(?:不算|不计|不统计|忽略|跳过|除外)|<c>(?:为空|没填|是空的){_OF}(?:都)?(?:不算|不计|不统计|忽略|跳过|除外)", lambda x, f: kept(filled(_one(x, f), there=True))),
    # yes and no
    (rf"<c>(?:列)?(?:是|为|=|＝|等于)? ?(?P<t>1|0|是|否|有|无|true|false|yes|no){_OF}", _truth),
    (rf"(?:已经?|都|全部)<c>(?:了)?的(?:{ROW})?", lambda x, f: kept(flagged(_one(x, f), yes=True))),
    (rf"(?:还没有?|没有?|尚未|未|还未)<c>(?:的)?(?:{ROW})?", lambda x, f: kept(flagged(_one(x, f), yes=False))),
    (rf"(?:是|为)<c>的?(?:{ROW})?", lambda x, f: kept(flagged(_one(x, f), yes=True))),
    (rf"(?:不是|非)<c>的?(?:{ROW})?", lambda x, f: kept(flagged(_one(x, f), yes=False))),
    # dates
    (rf"(?:<c>)?(?:在|是|为|于)? ?<when>(?:(?:当天)?(?:到期|入职|出版|下单|发布|购买|创建|签订|上架|出生|报名|销售|卖出|成交|发生|登记|加入|入会|生产|借出|完成)?)?{_OF}", lambda x, f: kept(timed(x, _one(x, f), f["when"]))),
    (rf"(?:<c>)?(?:在|是|为|于) ?(?P<when>[\ue400-\ue5ff])(?:内|里|期间)?(?:到期|入职|出版|下单|发布|购买|创建|签订|上架|出生|报名|销售|卖出|成交|加入|入会)?{_OF}", lambda x, f: kept(timed(x, _one(x, f), f"在{f['when']}"))),
    (rf"(?P<when>[\ue400-\ue5ff])(?:内|里|期间|全年)?(?:到期|入职|出版|下单|发布|购买|创建|签订|上架|出生|报名|销售|卖出|成交|加入|入会)?的?(?:{ROW})?", lambda x, f: kept(timed(x, None, f"在{f['when']}"))),
    (rf"(?:在)?<month>(?:里|内)?(?:到期|入职|出版|下单|发布|购买|创建|签订|出生|报名|销售)?的?(?:{ROW})?", lambda x, f: kept(in_month(x, f["month"]))),
)  # fmt: skip
