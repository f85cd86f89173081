"""Words that ask for nothing beside what was understood: glue, courtesies, names of data, and plain nouns behind a determiner."""

import re
from collections.abc import Collection

from autogpt.agent.reading.everyday.stories import is_story

_GLUE = frozenset(
    """a an the of in on to for from with and or this that these those it its them their they is are was were be been has have had i we you my our your he she his her
    me us who which whose what where there here one both each every all any please kindly hi hello thanks thank could can would will you need want like i'd we'd i'm
    i've we've it's that's let make makes made create write writes put puts save saves saved store stored produce generate build give get take bring export output
    use using as into at by out so then also now just-in new file files csv tsv json table tables list lists markdown database sqlite folder row rows line lines
    column columns field fields value values entry entries record records name names called named result results content contents data text object objects item items
    key keys number-of single same own whole complete full final together up per should must shall belongs belong goes go contain contains containing hold holds holding
    list says say tells tell stand stands standing come comes first-line header headers heading headings top begin begins short today currently still already ready
    do does did find help me way again once afterwards finally next everything everybody everyone somebody people persons colleagues""".split()
)
_ODD = frozenset({"or", "any", "just-in", "number-of", "first-line", "once", "again"})
_DETS = frozenset("our my your his her their its these those each every all which".split())
_ARTICLES = frozenset("the a an this".split())
"""Behind these a noun is harmless only where they follow 'for' or 'of': 'with the password x' and 'from the bottom' ask."""
_NOUNS = frozenset(
    """people person customer customers client clients member members guest guests student students pupil pupils teacher teachers employee employees
    staff colleague colleagues user users friend friends product products article articles item items good goods order orders invoice invoices payment payments price prices
    book books title titles author authors city cities town country countries team teams club clubs course courses class classes department departments office shop store stock
    supplier suppliers address addresses phone phones email emails mail mails contact contacts year month week day date dates time place places room rooms event events
    participant participants player players project projects task tasks ticket tickets code codes id ids document documents report spreadsheet accountant boss
    newsletter website page archive copy version inventory warehouse catalogue catalog collection overview summary-free recipe recipes ingredient ingredients song songs
    language languages word words term terms meaning meanings glossary translation translations tool office parents handbook settings configuration config setting sales""".split()
)
"""Nouns for what tables hold, and for whom they are."""
_BANNED = re.compile(
    r"(?:[a-z]+(?:ed|ing|est|ly|ise|ize|ify)|not|no|never|only|just|without|except|unless|if|when|than|more|less|most|least|fewer|over|under|above|below|between|other|others|else|"
    r"first|last|second|third|half|double|twice|sum|sums|total|totals|average|averages|mean|count|counts|percent|percentage|share|difference|cents?|euros?|dollars?|pounds?|yuan|kg|grams?|hours?|"
    r"minutes?|seconds?|metres?|meters?|km|miles?|upper|lower|capitals?|case|tabs?|semicolons?|pipes?|commas?|quotes?|encoding|unicode|ascii|utf|gbk|german|english|chinese|french|spanish|iso|"
    r"unique|distinct|duplicates?|empty|blank|missing|null|zero|old|new|young|cheap|expensive|big|small|large|long|short|high|low|late|early|active|inactive|open|closed|paid|unpaid|free|own|"
    r"order|reverse|random|max|maximum|min|minimum|range|limit|condition|rule|format|style|prefix|suffix|indent|level|nested|strings?|integers?|floats?|booleans?|types?|numbers?|digits?|letters?|"
    r"but|however|instead|rather|either|neither|nor|yet|until|before|after|since|during|while|because|though|although|whether|same|different|some|many|few|several|half|part|rest)"
)
_COURTESY = re.compile(
    r"(?:^|(?<=[.!?。！？\s,，]))(?:thanks(?: a lot| in advance)?|thank you|cheers)[.!\s]*$|^for (?:the|our|my|a) [a-z]+(?:['’]s)?(?: [a-z]+)?\s*[:,]",
    re.I,
)
_HAN_GLUE = sorted(
    """请 帮我 帮忙 麻烦 你 您 我们 我 他们 她们 他 她 它们 它 把 将 用 根据 依据 从 在 到 为 成 做成 做 的 里 中 里面 中的 里的 是 有 和 与 及 以及 跟 同 或 并 并且 然后 再 并把 最后
    文件夹 文件 表格 表 数据库 数据 名单 清单 列表 目录 新的 新 一个 一份 一张 一列 这个 这份 这些 那个 那些 这 那 每个 每行 每一行 每条 每位 每人 每种 每 各 所有 全部 全 都 两个 两份 两张 三个 三份 四个 几个
    保存 存 另存 另存为 保存为 保存到 存为 存成 存到 存进 写 写入 写到 写进 写成 输出 输出到 生成 创建 新建 制作 建 放 放到 放进 导出 导出为 得到 给 给我 需要 想要 要 想 可以 能 能不能 好吗 谢谢 多谢 吗 吧 呢
    结果 内容 整个 完整 统一 一起 上 下 来 去 出 找出 找 列出 列 查出 看看 看 一下 其中 分别 记录 记录了 记着 记在 保存着 放着 写着 存着 包含 包括 对应 相应 对应的 相应的 应该 应 如下 以下 即 也就是 一行 一个 行 列 条 项
    姓名 名字 名称 名 号码 编号 今天 现在 目前 已经 了 着 过 这样 就 也 会 使 让 方便 以便 用于 供 为了 使用 转 转换 转成 转换成 转换为 转为 变成 变为 改成 格式 同学 学生 老师 员工 同事 客户 顾客 会员 成员 商品 产品 货品 货物 订单 读者 书 图书 供应商
    人员 人 大家 我们班 班 班级 部门 公司 店 店里 仓库 学校 单位 库存 价格 单价 数量 成绩 电话 地址 城市 年份 日期 时间 信息 资料 通讯录 手机 哪些 哪几个 谁 文档 版本 汇总 总表""".split(),
    key=len,
    reverse=True,
)
_HAN_BANNED = re.compile(
    r"[不没无非未别勿除只仅但若或否则超低高多少大小前后先末另外加减乘总均平占比排序倒逆随机空缺重复唯每满达至约近以内外]|\d|[一二三四五六七八九十百千万半]|如果|要是|假如|英文|中文|拼音|密码|[姓叫译元角分]|公斤|小时|分钟|大写|小写|四舍"
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|[。！？；;\n]")


def clean(rest: str, nouns: Collection[str], cells: Collection[str], named: Collection[str] = (), *, han: bool) -> bool:
    """Whether what is left of a goal asks for nothing.

    nouns: the parts of the names of files; cells: what stands in the tables; named: the names of columns, which must
    not be left in a sentence that asks for something.
    """
    rest = _COURTESY.sub(" ", rest.strip())
    sentences = [one.strip() for one in _SENTENCE.split(rest) if re.search(r"\w", one)]
    told = [one for one in sentences if "\x00" in one or not _tale(one, cells)]
    if any(_names(one, named) for one in told):
        return False
    return all(_han(one, nouns, cells) if han else _words(one, nouns, cells) for one in told)


def _names(sentence: str, named: Collection[str]) -> bool:
    """Whether the name of a column is left in what asks for something."""
    words = re.findall(r"[a-z]+", sentence.casefold())
    if any(word in named or word.removesuffix("s") in named for word in words):
        return True
    return any(name in sentence for name in named if re.fullmatch(r"[\u4e00-\u9fff]+", name))


def _tale(sentence: str, cells: Collection[str]) -> bool:
    """Whether a sentence is a story about nothing that stands in the data."""
    return is_story(sentence) and not any(len(cell) > 1 and cell in sentence.casefold() for cell in cells)


def _words(sentence: str, nouns: Collection[str], cells: Collection[str]) -> bool:
    """Whether every word is glue, a name of the data, or a noun behind a determiner that names nothing in the data."""
    before = earlier = ""
    for part in re.findall(r"[A-Za-z][A-Za-z'’-]*|\d+(?:\.\d+)?|\x00|[^\w\s]", sentence):
        word = part.casefold().replace("’", "'")
        bare = word.removesuffix("'s").removesuffix("'")
        if not re.match(r"\w", word):
            before = word if word in "\x00,;:" else before
            if word in "+*=<>%$€£#&@~^":
                return False
            continue
        if word in _GLUE and word not in _ODD:
            earlier, before = before, word
            continue
        one = bare.removesuffix("s")
        if bare in nouns or one in nouns or bare in _NOUNS or f"{one}s" in nouns:
            earlier, before = before, word
            continue
        unknown = before not in _DETS and before != "noun" and not (before in _ARTICLES and earlier in ("for", "of"))
        if unknown or not word.isascii() or len(word) < 3 or _BANNED.fullmatch(bare) or _holds(bare, cells):
            return False
        earlier, before = before, "noun" if before != "noun" else ""
    return True


def _holds(word: str, cells: Collection[str]) -> bool:
    stem = word.removesuffix("s")
    return any(re.search(rf"\b{re.escape(stem)}", cell) for cell in cells)


def _han(sentence: str, nouns: Collection[str], cells: Collection[str]) -> bool:
    """The same for Chinese: what no known word covers may be a short noun, if nothing of it can set a condition."""
    if re.search(r"[+*=<>%$€£#&@~^]", sentence):
        return False
    clauses = re.split(r"[，,]", sentence)
    rest = "，".join(one for one in clauses if "\x00" in one or not _tale(one, cells))
    for word in sorted((one for one in nouns if one), key=len, reverse=True):
        rest = re.sub(re.escape(word), " ", rest, flags=re.I)
    if re.search(r"[A-Za-z0-9]", re.sub(r"\b(?:csv|json|markdown|sqlite|tsv|md|txt)\b", " ", rest, flags=re.I | re.A)):
        return False
    rest = re.sub(r"csv|json|markdown|sqlite", " ", rest, flags=re.I)
    for word in _HAN_GLUE:
        rest = rest.replace(word, "的" if word == "的" else " ")
    if re.search(r"[\u4e00-\u9fff]的", rest.replace("的的", "的")):
        return False  # what says which of them
    rest = rest.replace("的", " ")
    left = re.findall(r"[\u4e00-\u9fff]+", rest)
    if any(_HAN_BANNED.search(run) or len(run) > 4 for run in left) or sum(map(len, left)) > 6:
        return False
    return not any(run in cell for run in left for cell in cells if len(run) > 1)
