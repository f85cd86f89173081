"""Chinese phrases for what is computed, per what, in which order, and how many."""

import re

from autogpt.agent.reading.tables.amounts import number_of
from autogpt.agent.reading.tables.chinese_rows import ROW, UNITS
from autogpt.agent.reading.tables.lexicon import Lexicon
from autogpt.agent.reading.tables.tiling import Bit, Found, Rule

_UP = r"(?:(?:从|由)?(?:低到高|低至高|小到大|小至大|少到多|早到晚|先到后|旧到新|便宜到贵|短到长|轻到重|近到远)|升序)"
_DOWN = r"(?:(?:从|由)?(?:高到低|高至低|大到小|大至小|多到少|晚到早|新到旧|近到早|贵到便宜|长到短|重到轻)|降序)"
_HIGH = r"(?:高|多|大|贵|长|重|好|靠前)"
_LOW = r"(?:低|少|小|便宜|短|轻)"
_LEADS = r"(?:的)?(?:要|应该?|都)?(?:排|放|写|列|摆|显示)?(?:在|到)?(?:最)?(?:前面?|前头|上面|开头|最上面|前边)"
_SORTS = r"(?:的)?(?:顺序|次序)?(?:来)?(?:进行)?(?:重新)?(?:排序|排列|排好序?|排名|排)?"
_TOTALS = r"(?:总和|合计|总计|总额|之和|总数|总量|求和|加起来|累计|汇总)"
_COUNTS = r"(?:数量|个数|人数|总数|条数|次数|件数|本数|笔数|家数|行数|总人数|数目|单数|门数|频次)"
_RESULT = r"(?:总分|总价|总和|合计|总计|总额|数量|个数|人数|次数|总数|平均值|平均分|平均数|平均|均价|订单数|金额|总金额|销售额|总销售额|份数|条数|件数|票数|结果|数|数字)"


def _column(lexicon: Lexicon, found: Found, key: str = "c") -> str:
    return lexicon.column(found[key]).name


def _agg(fn: str, lexicon: Lexicon, found: Found) -> list[Bit] | None:
    column = lexicon.column(found["c"])
    return [("agg", fn, column.name)] if column.kind == "number" else None


def _counted(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    """'有多少个客户', '人数': the number of rows, where each row is one of them."""
    noun = found.get("r") or ("人" if re.search("[人名位]", found.get("n", "")) else "")
    return [("agg", "count", "")] if not noun or lexicon.countable(noun) else None


def _marks(fn: str, lexicon: Lexicon) -> list[Bit] | None:
    names = {lexicon.column(word).name for word in ("分数", "成绩", "得分", "分") if lexicon.is_column(word)}
    numbers = [column.name for column in lexicon.source.columns if column.kind == "number" and not column.is_code]
    name = next(iter(names)) if len(names) == 1 else numbers[0] if len(numbers) == 1 else ""
    return [("agg", fn, name)] if name and lexicon.source.column(name).kind == "number" else None


def _person(lexicon: Lexicon) -> list[Bit] | None:
    return (
        [("group", lexicon.column("姓名").name)]
        if lexicon.is_column("姓名") and lexicon.source.load["kind"] != "json"
        else None
    )


def _top(lexicon: Lexicon, found: Found, *, down: bool) -> list[Bit] | None:
    column = lexicon.column(found["c"])
    count = number_of(found.get("n", "1"))
    if count is None or count == "0" or not (column.kind == "number" or column.is_date):
        return None
    return [("top", int(count), column.name, down)]


def _dear(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    words = {
        "贵": ("价格", "单价", "售价"),
        "便宜": ("价格", "单价", "售价"),
        "年长": ("年龄",),
        "年轻": ("年龄",),
        "重": ("重量",),
        "热": ("最高气温", "气温", "温度"),
    }[found["adj"]]
    names = {lexicon.column(word).name for word in words if lexicon.is_column(word)}
    count = number_of(found.get("n", "1"))
    if len(names) != 1 or count is None:
        return None
    return [("top", int(count), names.pop(), found["adj"] not in ("便宜", "年轻"))]


def _sort(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    names = lexicon.columns(found["cs"]) if "cs" in found and "sum" not in found else [""]
    way = True if "down" in found else False if "up" in found else None
    if len(names) > 1 and way is True:
        return None
    return [("sort", name, way) for name in names]


def _decimals(found: Found) -> list[Bit]:
    return [("decimals", int(number_of(found["n"]) or 0))]


ZH_SUMS: tuple[Rule, ...] = (
    (r"(?:汇总|合计)(?: ?<f> ?(?:中|里)?的?)<c>", lambda x, f: [*(_agg("sum", x, f) or [("never",)]), ("file", x.file(f["f"]))]),
    (rf"<c>(?:列)?(?:的)?{_TOTALS}", lambda x, f: _agg("sum", x, f)),
    (r"(?:总的?|合计|总计|一共的?|全部|累计)<c>", lambda x, f: _agg("sum", x, f)),
    (r"(?:汇总|合计|累加|加总|求和)<c>(?:列)?|(?:把|将)<c>(?:列)?(?:的值)?(?:全部|都)?(?:加起来|相加|求和)", lambda x, f: _agg("sum", x, f)),
    (r"<c>(?:的)?(?:平均分|平均值|平均数|平均|均值)|(?:平均|均)<c>", lambda x, f: _agg("average", x, f)),
    (r"平均分(?:数)?", lambda x, f: _marks("average", x)),
    (r"总分(?:数)?", lambda x, f: _marks("sum", x) if not x.is_column("总分") else None),
    (r"<c>(?:的)?(?:最大值|最高值)|(?:最高|最大)(?:的|一笔|一次)*<c>", lambda x, f: _agg("max", x, f)),
    (r"<c>(?:的)?(?:最小值|最低值)|(?:最低|最小)(?:的|一笔|一次)*<c>", lambda x, f: _agg("min", x, f)),
    (r"(?:签到|参加|购买|借书|借阅|消费|出现|登录|报名|来)(?:了|过)?(?:几|多少)(?:次|回)", lambda x, f: [("agg", "count", "")]),
    (rf"(?:一共|总共|共)?(?:的)?(?P<r>{ROW})?(?:的)?(?P<n>{_COUNTS})", lambda x, f: _counted(x, f)),
    (rf"(?:各|一共|总共|共|分别)?(?:有|是)?(?:多少|几)(?P<n>{UNITS})?(?:的)?(?P<r>{ROW})?", lambda x, f: _counted(x, f)),
    (rf"(?P<r>{ROW})数", lambda x, f: _counted(x, f)),
    (r"<c>(?:的)?(?:出现|签到|参加|购买|借书|借阅|消费|迟到)?(?:的)?(?:了)?(?:次数|几次|多少次)", lambda x, f: [("group", _column(x, f)), ("agg", "count", "")]),
    (r"(?:出现|签到|参加|购买|借书|借阅|消费)(?:了)?(?:的)?(?:次数|几次|多少次)", lambda x, f: [("agg", "count", "")]),
    (rf"(?:不同|不重复)(?:的)?<c>(?:的)?(?:{_COUNTS}|有(?:多少|几){UNITS}?)|(?:一共|总共|共)?有?(?:多少|几){UNITS}?(?:不同|不重复)的<c>", lambda x, f: [("agg", "distinct", _column(x, f))]),
    (r"(?:所有|全部|列出|有哪些)*(?:不同|不重复)(?:的)?<c>", lambda x, f: [("unique", _column(x, f)), ("cols", _column(x, f))]),
    # per what
    (r"(?:每一?|各)(?:个)?(?P<w>班|部门|城市|人)(?:的)?(?=.*)", lambda x, f: [("group", x.column({"班": "班级"}.get(f["w"], f["w"])).name)] if x.is_column({"班": "班级"}.get(f["w"], f["w"])) else None),
    (rf"(?:每一?|各)(?:个|{UNITS})?<c>(?:各|分别)?(?:的)?", lambda x, f: [("group", _column(x, f))]),
    (r"(?:按照?|以|分)<c>(?:来)?(?:进行)?(?:分组|分类|归类|分别|汇总|统计|分)(?:汇总|统计|计算)?", lambda x, f: [("group", _column(x, f))]),
    (r"(?:按照?|分)<c>(?=统计|汇总|计算|求|算)", lambda x, f: [("group", _column(x, f))]),
    (r"(?:每个人|每人|各人|每位|每个同学|每位同学|每名学生|每个学生|每个员工|每位员工)(?:的|各|分别)?", lambda x, f: _person(x)),
    (rf"每(?:个|{UNITS})?<c>(?:一行|占一行|写一行)", lambda x, f: [("per", _column(x, f))]),
    (rf"(?:(?:键|key)(?:是|为|用)?<c>(?:名称?|名字)?)[，,、；; ]*(?:(?:值|value)(?:是|为|用)?(?:(?:该|对应的?|它的|其)*(?:<c2>|平均分|[\u4e00-\u9fff]{{0,4}}?{_RESULT})))", lambda x, f: [("key", _column(x, f)), *([("value", _column(x, f, "c2"))] if "c2" in f else [])]),
    (r"以?<c>(?:名称?)?(?:作为?|为|做)键[，,、；; ]*(?:以)?(?:(?:<c2>|[\u4e00-\u9fff]{1,6}?)(?:作为?|为|做)值)?", lambda x, f: [("key", _column(x, f)), *([("value", _column(x, f, "c2"))] if "c2" in f else [])]),
    # in which order
    (rf"(?:并)?(?:按照?|依照?|根据)(?:(?P<sum>总|总的|平均|合计)?<cs>|{_RESULT})(?:的)?(?:大小|高低|多少|先后|时间|成绩|分数)?(?:的)?(?:(?P<down>{_DOWN})|(?P<up>{_UP}))?{_SORTS}", _sort),
    (rf"(?:从|由)?(?:(?P<down>{_DOWN})|(?P<up>{_UP})){_SORTS}", lambda x, f: [("way", "down" in f, "descending" if "down" in f else "ascending")]),
    (rf"<c>(?:(?P<down>{_HIGH})|{_LOW}){_LEADS}", lambda x, f: [("sort", _column(x, f), "down" in f)]),
    (rf"<c>(?:(?P<down>{_DOWN})|(?P<up>{_UP})){_SORTS}", lambda x, f: [("sort", _column(x, f), "down" in f)]),
    (rf"(?:{_RESULT})?(?:最)?(?:(?P<down>{_HIGH})|{_LOW}){_LEADS}", lambda x, f: [("way", "down" in f, "highest" if "down" in f else "lowest")]),
    (rf"<c>(?:(?P<down>晚|新|近)|早|旧){_LEADS}|(?:(?:最)?(?:新|近)|最早|早)(?:的)?{_LEADS}", lambda x, f: [("sort", _column(x, f), "down" in f)] if "c" in f else None),
    (r"(?:保持|按照?|按着|保留)?(?:其|名单)?(?:在)?(?:原(?:表|文件|来)?|<f>)?(?:的|中的|里的)*(?:先后)?(?:顺序|次序)(?:保持)?(?:不变|与|和|跟|同|按)?(?:原(?:表|文件|来)?|<f>|表格?|表中|文件|名单)*(?:中|里)?(?:的)?(?:保持)?(?:相同|一致|一样|不变)?(?:排列)?", lambda x, f: [("as is",), *([("file", x.file(f["f"]))] if "f" in f else [])] if "c" not in f else None),
    # how many
    (rf"<c>(?:排名)?(?:最(?:高|多|大|贵|长|重|好))(?:的)?(?:前)?(?:<n>)?(?:{UNITS})?(?:的)?(?:{ROW})?", lambda x, f: _top(x, f, down=True)),
    (rf"<c>(?:最(?:低|少|小|便宜|短|轻))(?:的)?(?:前)?(?:<n>)?(?:{UNITS})?(?:的)?(?:{ROW})?", lambda x, f: _top(x, f, down=False)),
    (rf"<c>(?:排名|排在)?前 ?<n> ?(?:{UNITS})?(?:的)?(?:{ROW})?", lambda x, f: _top(x, f, down=True)),
    (rf"最(?P<adj>贵|便宜|年长|年轻|重|热)的(?:前)?(?:<n>)?(?:{UNITS})?(?:的)?(?:{ROW})?", _dear),
    (rf"(?:取|只取|只要|只保留|保留|的)?(?:前|最前面的?) ?<n> ?(?:{UNITS})(?:的)?(?:{ROW})?", lambda x, f: [("first", int(number_of(f["n"]) or 0))]),
    # how exact
    (r"(?:结果)?(?:四舍五入)?(?:都|均)?(?:保留|取|精确到|带|用|并保留|四舍五入到)(?:小数点后)? ?<n> ?位(?:小数)?(?:小数)?", lambda x, f: _decimals(f)),
    (r"(?:小数点后)?<n>位小数", lambda x, f: _decimals(f)),
    (r"(?:结果)?(?:四舍五入)?(?:取整(?:数)?|到整数|保留整数|取整)", lambda x, f: [("decimals", 0)]),
    (r"精确到分", lambda x, f: [("decimals", 2)]),
    (r"四舍五入", lambda x, f: []),
)  # fmt: skip
