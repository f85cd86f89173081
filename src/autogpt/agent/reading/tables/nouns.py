"""Nouns that mean the rows of a table, whatever is in it. None of them may say which rows: no 'winners', no 'adults'."""

_EN = """row line entry record item thing person customer client order sale product article book movie film song student
pupil player member employee worker colleague visitor patient user account invoice bill payment transaction expense
purchase ticket task todo job project event appointment booking reservation room house flat apartment car trip flight city
country town place shop store station sensor reading measurement day run race team club recipe dish plant animal pet jam
parcel shipment delivery supplier vendor company course lesson exam teacher candidate applicant volunteer donor donation
tool part device machine borrower loan subscriber contact friend option runner athlete participant competitor seller
tenant neighbour neighbor address meeting message mail email request complaint issue bug server host log sample
experiment game match stop route walk
hike tour building office department branch
school class group band album track artist author reader publisher magazine newspaper asset vehicle stock position subscription licence license contract lease signup registration registrant attendee vote answer
response review rating comment post video channel"""
EN_ROWS = (
    *(
        form
        for word in _EN.split()
        for form in (word, word[:-1] + "ies" if word.endswith("y") and word[-2] not in "aeo" else word + "s")
    ),
    *"people persons staff data goods dishes classes branches addresses boxes buses ones".split(),
)
ZH_ROWS = tuple(
    "商品 产品 货品 货物 物品 订单 客户 顾客 会员 员工 职工 学生 同学 人员 人 读者 选手 运动员 球员 队员 病人 患者 用户 书 图书 书籍 "
    "书目 电影 影片 歌曲 景点 城市 国家 店铺 门店 商店 记录 行 数据 条目 项目 任务 活动 课程 支出 开支 消费 收入 发票 账单 交易 流水 费用 菜 菜品 "
    "菜肴 房间 客人 嘉宾 宾客 房源 车辆 设备 仪器 零件 包裹 快递 供应商 公司 企业 单位 志愿者 候选人 联系人 报名者 参赛者 参加者 同事 成员 社员 "
    "居民 业主 家庭 植物 动物 日子 明细 数据行 记录行 工单 车票 航班 资产 合同 项 条 员 借书人 "
    "孩子们 考生 学员 队伍 球队 班级 部门 店员 销售员 业务员 司机 车 作品 文章 论文 照片 游戏 比赛 场次 课 教室 楼 户 天".split()
)

GENERIC = frozenset(
    "row rows line lines entry entries record records item items thing things data ones people person persons".split()
)
PERSONS = frozenset(
    "customer client student pupil player member employee worker colleague visitor patient user teacher candidate applicant "
    "volunteer donor borrower subscriber contact friend runner athlete participant competitor seller tenant neighbour neighbor "
    "attendee author reader publisher person people supplier vendor company".split()
)
"""Nouns of whom one may have several rows."""
ZH_PERSONS = frozenset(
    "客户 顾客 会员 员工 职工 学生 同学 人员 人 读者 选手 运动员 球员 队员 病人 患者 用户 客人 嘉宾 供应商 公司 企业 单位 志愿者 候选人 联系人 "
    "报名者 参赛者 参加者 同事 成员 社员 居民 业主 店员 销售员 业务员 司机 考生 学员 借书人".split()
)


def stem(word: str) -> str:
    """The word without the end of its plural."""
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")
