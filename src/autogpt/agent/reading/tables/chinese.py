"""Chinese phrases for where a result goes and what it looks like; words that ask for nothing of their own."""

import re

from autogpt.agent.reading.tables.chinese_rows import ROW, UNITS, ZH_CONDITIONS
from autogpt.agent.reading.tables.chinese_sums import ZH_SUMS
from autogpt.agent.reading.tables.lexicon import Lexicon
from autogpt.agent.reading.tables.tiling import Bit, Found, Rule

_PLEASE = r"(?:请你?|麻烦你?|帮忙|帮我|给我|劳驾|我想要?|我要|我需要|需要|能不能|能否|可以|可不可以|先|再|然后|接着|最后|并且?|同时|也|就|你|一下|要)+"
_DO = r"(?:找出来?|列出来?|选出来?|筛选出来?|筛选|挑出来?|挑选出?|提取出?|取出|抽出|统计出?|统计一下|计算出?|计算一下|算出来?|算一算|算一下|算|求出?|查出?|写成|写入|写到|写进|写在|写|存为|存到|存成|存进|存入|存|保存为|保存到|保存成|保存在|保存至|保存|另存为|另存到|另存|输出到|输出为|输出成|输出|生成|制作成?|做成|做一个|做|整理成|整理到|整理出|整理|得到|导出为|导出到|导出|放到|放进|放入|记录到|记到|记入|汇总到|汇总成|列成|列表|给出|读取|处理|制成|填入|单独存为|单独存到|新建|创建|建一个|只留下|只保留|留下|拿出来|找一找|看看|是谁|是哪个|是哪些|有哪些|是多少|多少|为多少|是什么)"
_THING = r"(?:它们|它|结果|这些(?:数据|行|人)?|名单|数据|表格|新文件|文件|一个|一份|一张|新的?|清单|列表|出来|一下|数字|数值|内容|情况|下来|其中|全部|所有|且|并且|而且|只把|这个|这些|都|各自|分别|到|在|从|把|将|对|后|的|里|中|为|成|和|与|及|以及|，|其|他们|她们|请|好吗|由|用|根据|依据|按照?(?=[\ue000-\ue0ff]))"


def _names(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    text = re.sub(r"\s*(?:[、，,]|和|与|及|以及)\s*", "\n", lexicon.restored(found["znames"]))
    names = tuple(lexicon.plain(name).strip() for name in text.split("\n") if name.strip())
    return [("names", *names)] if names and all(names) else None


def _header(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    names = [name.strip() for name in re.split(r"[,，、;]", lexicon.plain(found["q"]))]
    return [("names", *names)] if len(names) > 1 and all(names) else None


def _computed(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    columns = [lexicon.column(found["c"]), lexicon.column(found["c2"])]
    if any(column.kind != "number" for column in columns):
        return None
    op = {"乘": "times", "×": "times", "*": "times", "x": "times", "X": "times", "减": "minus", "-": "minus", "－": "minus", "加": "plus", "+": "plus", "＋": "plus", "除": "over", "÷": "over", "/": "over"}[found["op"][0]]  # fmt: skip
    return [("compute", op, *(column.name for column in columns))]


def _subjects(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    """'三科总分': the columns of marks, where there are as many as said and no other numbers."""
    numbers = [column for column in lexicon.source.columns if column.kind == "number" and not column.is_code]
    said = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}.get(found["k"], 0)
    if len(numbers) != said or any(column.gaps for column in numbers):
        return None
    return [("compute", "plus", *(column.name for column in numbers))]


def _price_total(lexicon: Lexicon) -> list[Bit] | None:
    """'总价': of prices and quantities their products' sum, of a column of amounts its sum."""
    prices = {lexicon.column(word).name for word in ("单价", "价格", "售价") if lexicon.is_column(word)}
    pieces = {lexicon.column(word).name for word in ("数量", "件数", "销量") if lexicon.is_column(word)}
    sums = {lexicon.column(word).name for word in ("金额", "总价", "小计", "合计") if lexicon.is_column(word)}
    if len(prices) == 1 and len(pieces) == 1 and not sums:
        return [("total",), ("compute", "times", *prices, *pieces)]
    return None


WORDS: tuple[Rule, ...] = (
    (_PLEASE, lambda x, f: []),
    (_DO, lambda x, f: []),
    (_THING, lambda x, f: []),
    (r"(?:从|在|对|给|为|将|把|根据|按照?|用|依据|读取|打开|由|以)?(?:文件|表格|表|数据表)? ?<f> ?(?:文件|表格|表)?(?:里面|里|中|内|上)?(?:的)?(?:数据|内容|记录)?", lambda x, f: [("file", x.file(f["f"]))]),
    (r"(?:到|入|进|为|成|在|至|叫|名为)?(?:新|一个)?(?:的)?(?P<kind>CSV|JSON|Markdown|文本|txt)?(?:文件)?(?:名为|叫)? ?<f>(?:里|中|文件)?", lambda x, f: [("file", x.file(f["f"])), *([("form", {"文本": "text"}.get(f["kind"], f["kind"].lower()))] if "kind" in f else [])]),
    (r"(?:在|从|对|把|将)?(?:数据库)? ?<f> ?(?:数据库)?(?:里|中)?的? ?(?:表 ?(?:[\ue800-\uf0ff])|(?:[\ue800-\uf0ff]) ?表)(?:里|中)?(?:的)?", lambda x, f: [("file", x.file(f["f"]))]),
    (r"(?:表) ?[\ue800-\uf0ff](?:里|中)?(?:的)?", lambda x, f: []),
    # forms
    (rf"(?:每|一)行(?:写|放|显示|列|保存)?(?:一|1)?(?:个|{UNITS})?(?:<c>|{ROW}|名字|姓名|名称|数字)?", lambda x, f: [("form", "lines")]),
    (rf"(?:每|一)(?:个|{UNITS})(?:<c>|{ROW}|名字|姓名|名称)?(?:占|写|放)?(?:一|单独一)?行", lambda x, f: [("form", "lines")]),
    (r"(?:只|仅)(?:要|需要?|写|保留|输出|写入|包含|有)?(?:一个)?(?:这个|最终的?)?(?:数字|数|数值|结果|人数|金额)(?:就行|即可|就好|就可以了?)?", lambda x, f: [("bare",)]),
    (r"(?:不要|不写|不带|不加|不含)(?:其他|其它|别的|任何|单位|多余|文字|说明|的|或|和|、)+(?:内容|文字|东西|字|信息)?", lambda x, f: [("bare",)]),
    (r"(?:一个)?JSON ?(?:数组|列表)", lambda x, f: [("form", "json list")]),
    (r"(?:一个)?JSON ?(?:对象|字典)", lambda x, f: [("form", "json map")]),
    (r"(?:一个|一张)?(?:的)?Markdown ?(?:格式的?)?(?:表格|表)(?:的形式)?", lambda x, f: [("form", "md table")]),
    (r"(?:一个)?(?:Markdown ?(?:格式的?)?)?无序列表", lambda x, f: [("form", "md list")]),
    (r"(?:CSV|csv) ?(?:文件|格式|表格)?", lambda x, f: [("form", "csv")]),
    (r"(?:JSON|json) ?(?:文件|格式)?", lambda x, f: [("form", "json")]),
    (r"(?:形如|形式为|格式为|格式是|格式如|例如|比如|像|如|写成|格式)[:：]? ?<s>(?:这样|的格式|的形式|这种格式)?", lambda x, f: [("shape", x.shape(f["s"]))]),
    (r"(?:形如|形式为|格式为|格式是|格式如|例如|比如|写成|每行格式为|格式)[:：]? ?<q>(?:这样|的格式|的形式|这种格式)?", lambda x, f: [("like", x.plain(f["q"]))]),
    # columns
    (r"(?:只|仅)?(?:要|有|包含|含|保留|需要|需|取)?(?:的)?(?:其中)?(?:的)?(?:表头|列名|标题行|列|首行|字段)(?:依次|分别|名)?(?:为|是|用|包括|有|[:：])+ ?<znames>(?:[两三四五二]列)?", _names),
    (r"(?:只|仅)?(?:要|有|包含|含|保留|需要|需|取|列出|包括)(?:其中)?(?:的)?(?:[两三四五二]列)?[:：]? ?<znames>(?:这)?(?:[两三四五二]|几)?(?:列|个字段|项)", _names),
    (r"(?:[两三四五二]列)[:：为是]? ?<znames>", _names),
    (r"<znames>(?:这)?[两三四五二]列", _names),
    (r"(?:表头|列名|首行|第一行)(?:为|是|用|写)?[:：]? ?<q>", _header),
    (rf"(?:他们|她们|它们|其|对应|这些{ROW}|{ROW})?(?:的)?<cs>(?:列|这一列|一列)?", lambda x, f: [("cols", *x.columns(f["cs"]))]),
    (r"(?:只|仅)(?:要|写|列|保留|输出|需要?)<cs>(?:就行|即可|列)?", lambda x, f: [("cols", *x.columns(f["cs"]))]),
    (r"(?:保留|保持|列|所有|全部|各|表头|的|格式|列名|字段)*(?:与|和|跟|同)?(?:原(?:表|文件|来)?|<f>)?(?:的)?(?:列|表头|字段|列名|格式|结构)?(?:也)?(?:完全)?(?:相同|一样|一致|不变|都保留|都要|全部保留|保留)", lambda x, f: [("whole",), *([("file", x.file(f["f"]))] if "f" in f else [])]),
    (r"(?:保留|包含|含|带)?(?:所有|全部|原有的?|完整的?)(?:列|字段|表头)|(?:整|完整的?)行|保留表头|含表头|带表头", lambda x, f: [("whole",)]),
    (r"(?:其余|其他|其它|别的)(?:的)?(?:列|内容|行|数据|部分|字段)*(?:都|全部|保持|均)*(?:不变|不动|不要动|保留|原样|不用管|照旧|别动)", lambda x, f: [("rest",)]),
    (rf"(?:其余|剩下|其他|剩余)的?(?:{ROW})?", lambda x, f: [("others",)]),
    (r"<c>(?:名称?|姓名|名字)", lambda x, f: [("cols", x.column(f["c"]).name)]),
    (r"(?:名称|名字)", lambda x, f: [("cols", x.column(f"{w}").name) for w in ("商品", "产品", "景点", "书名", "菜名") if x.is_column(w)][:1] or None),
    # changes
    (r"(?:请)?(?:从|在)? ?<f> ?(?:文件)?(?:里|中)?(?:的)?(?:删除|删掉|去掉|移除)", lambda x, f: [("remove",), ("file", x.file(f["f"]))]),
    (r"(?:请)?(?:删除|删掉|移除) ?<f> ?(?:文件)?(?:里|中)?(?:的)?(?:所有|全部)?", lambda x, f: [("remove",), ("file", x.file(f["f"]))]),
    (r"(?:删除|删掉|去掉|移除)(?:了)?(?:的)?(?:多少行|行数|记录数|条数|几行)", lambda x, f: [("counted", "left")]),
    # copies
    (rf"(?:去掉|删除|去除|删掉|剔除)?重复(?:的)?(?:行|项|数据|{ROW})?|(?:不要|不能|没有|不)重复|去重(?:后)?(?:的)?|每(?:个|{UNITS})(?:只|仅)(?:出现|列|写|保留)?一次", lambda x, f: [("unique",)]),
    (rf"(?:按|根据)?<c>(?:去重|重复的(?:{ROW})?(?:只|仅)?保留(?:第一|一)(?:条|行|个|次))", lambda x, f: [("unique", x.column(f["c"]).name)]),
    (r"(?:只|仅)?保留(?:第一|首)(?:条|行|个|次)?(?:出现的?)?(?:那)?(?:条|行|个)?(?:记录)?", lambda x, f: [("firsts",)]),
    # computed columns
    (r"(?:在)?(?:最后|末尾|后面|右边|表后)?(?:面)?(?:再)?(?:新增|增加|添加|加上?|新加|追加|补充?)(?:一)?(?:列|个字段|栏)(?:名为|叫|叫做)? ?<q>(?:列)?", lambda x, f: [("new", x.plain(f["q"]))]),
    (r"(?:新增|增加|添加|加上?)(?:一)?(?:列|栏)[:：]?(?P<w>[\u4e00-\u9fff]{2,5})(?=[，,（(＝=])", lambda x, f: [("new", f["w"])]),
    (r"(?:其)?(?:值)?(?:为|是|等于|即|＝|=)? ?<c> ?(?P<op>乘以|乘|×|\*|x|减去|减|-|－|加上|加|\+|＋|除以|÷|/) ?<c2>(?:的)?(?:积|差|和|商|结果)?", _computed),
    (r"(?:每个学生|每个同学|每位同学|每人|每名学生|每个人|每行|每种商品|每个商品|每笔订单)(?:的)?(?:都)?", lambda x, f: [("rows",)]),
    (r"(?:求|算|算出|计算)?(?P<k>[两二三四五六])(?:科|门|项)(?:的)?(?:总分|成绩之和|成绩总和|之和|总成绩)", _subjects),
    (r"(?:的)?(?:总价|总金额|总销售额|总额|总花费|总费用|总收入|总支出|总成本)", lambda x, f: _price_total(x)),
    (r"<cs>(?:三科|三门|两科|四科)?(?:的)?(?:之和|的和|总和|相加|加起来)", lambda x, f: [("compute", "plus", *x.columns(f["cs"]))] if len(x.columns(f["cs"])) > 1 and all(x.source.column(name).kind == "number" for name in x.columns(f["cs"])) else None),
    # cells put right
    (r"(?:的)?<c>(?:一)?(?:列|栏)(?:的)?(?:写法|格式|内容)?(?:都)?(?:不统一|很乱|不一致|比较乱|乱七八糟)", lambda x, f: [("context", x.column(f["c"]).name)]),
    (r"<c>(?:一)?(?:列|栏)(?:里|中)?(?:都)?(?:只|仅)(?:保留|留下?)数字", lambda x, f: [("clean", x.column(f["c"]).name, "digits"), ("whole",)]),
    (r"(?:只|仅)(?:保留|留下?)数字", lambda x, f: [("clean", "", "digits"), ("whole",)]),
    (r"<c>(?:列|一列)?(?:里|中)?(?:的)?(?:首尾|前后|两端|多余的?|两边的?)*(?:的)?(?:空格|空白)(?:都)?(?:去掉|删掉|去除|删除)", lambda x, f: [("clean", x.column(f["c"]).name, "trim"), ("whole",)]),
    (r"<c>(?:列|一列)?(?:里|中)?(?:的)?(?:英文|字母|内容|文字)?(?:都|全部|统一)*(?:改成|改为|转换?成|转换?为|变成)(?P<case>大写|小写)", lambda x, f: [("clean", x.column(f["c"]).name, "upper" if f["case"] == "大写" else "lower"), ("whole",)]),
)  # fmt: skip
CHINESE: tuple[Rule, ...] = (*ZH_CONDITIONS, *ZH_SUMS, *WORDS)
