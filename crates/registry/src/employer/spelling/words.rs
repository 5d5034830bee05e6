//! Words that say where an employer is, what it does and what form it has: the parts of a name that many share.
//!
//! They only weigh less when names are compared; a name made of nothing else still finds its employer.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::division::data::{DivisionLevel, bundled};

/// Legal forms and what stands for them in practice.
const FORMS: [(&str, Form); 30] = [
    ("有限责任公司", Form::Company),
    ("股份有限公司", Form::Company),
    ("集团有限公司", Form::Company),
    ("股份合作公司", Form::Company),
    ("有限公司", Form::Company),
    ("集团公司", Form::Company),
    ("分公司", Form::Branch),
    ("分厂", Form::Branch),
    ("分店", Form::Branch),
    ("分行", Form::Branch),
    ("总公司", Form::Company),
    ("公司", Form::Company),
    ("有限责任", Form::Company),
    ("有限公", Form::Company),
    ("有限", Form::Company),
    ("股份", Form::Company),
    ("集团", Form::Company),
    ("总厂", Form::Factory),
    ("厂", Form::Factory),
    ("商店", Form::Shop),
    ("商行", Form::Shop),
    ("经营部", Form::Shop),
    ("门市部", Form::Shop),
    ("店", Form::Shop),
    ("特殊普通合伙", Form::Other),
    ("普通合伙", Form::Other),
    ("有限合伙", Form::Other),
    ("个体工商户", Form::Other),
    ("个人独资", Form::Other),
    ("专业合作社", Form::Cooperative),
];

/// Lines of business and bodies, as names say them; a character of these tells less than one of the trade name.
const TRADES: &str = "五金 制品 塑料 塑胶 电子 电器 电气 机械 机电 设备 科技 技术 信息 网络 软件 智能 贸易 商贸 进出口 实业 工业 \
    发展 投资 控股 管理 咨询 服务 物业 物流 运输 货运 快递 仓储 供应链 建筑 工程 建设 建材 装饰 装修 设计 房地产 地产 开发 \
    食品 饮食 餐饮 酒店 宾馆 茶业 茶楼 烘焙 粮油 农业 养殖 种植 水产 饲料 园林 环保 能源 新能源 光电 照明 灯饰 灯具 \
    家具 家居 家电 木业 木制品 竹木 造纸 纸业 纸品 包装 印刷 彩印 印务 纺织 服装 制衣 服饰 针织 织造 印染 漂染 鞋业 皮具 皮革 \
    化工 涂料 油墨 胶粘 树脂 橡胶 玻璃 陶瓷 洁具 卫浴 水暖 不锈钢 金属 钢铁 钢结构 铝业 铜业 铸造 锻压 模具 精密 压铸 \
    汽车 摩托车 配件 零部件 车业 船舶 造船 自行车 电动车 电池 线缆 电线 电缆 电路板 半导体 元件 仪器 仪表 医疗 器械 医药 药业 \
    生物 健康 保健 美容 美发 化妆品 日用品 百货 超市 商场 便利 药房 药店 玩具 礼品 工艺品 文具 文化 传媒 广告 体育 旅游 教育 \
    培训 劳务 人力资源 派遣 家政 保安 清洁 印章 维修 租赁 回收 再生 资源 石材 水泥 混凝土 石油 燃气 电力 供电 水务 自来水 \
    小学 中学 学校 职业 高级 初级 幼儿园 医院 卫生院 卫生 服务中心 中心 社区 居民 村民 委员会 人民 政府 人民政府 办事处 街道 \
    事务所 律师 会计 税务 合作社 农民 研究院 研究所 工作室 银行 支行 信用社 保险 证券 加油站 农场 林场 市场 制造 加工 生产 经营 销售 \
    国际 电商 电子商务 商务 数码 通信 通讯 自动化 检测 测试 环境 安防 消防 制冷 空调 机床 工具 轴承 紧固件 卫星 传动 液压 纸箱 \
    日化 洗涤 香料 调味 饮料 酒业 制药 兽药 花卉 苗木 渔业 冷冻 冷链 码头 港务 航运 船务 客运 公交 出租 驾驶 中医 诊所 口腔";

static TRADE_WORDS: LazyLock<HashMap<char, Vec<Vec<char>>>> = LazyLock::new(|| {
    let words = TRADES.split_whitespace().map(|word| word.chars().collect::<Vec<char>>());
    by_first(words, |word| word)
});
static PLACES: LazyLock<HashMap<char, Vec<Place>>> = LazyLock::new(|| by_first(places(), |place| &place.word));
static FORM_WORDS: LazyLock<Vec<(Vec<char>, Form)>> =
    LazyLock::new(|| FORMS.iter().map(|(word, form)| (word.chars().collect(), *form)).collect());

/// The legal form of an employer, as its name ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// 有限公司 and its kin.
    Company,
    /// 厂.
    Factory,
    /// 店, 商行, 经营部.
    Shop,
    /// 分公司, 分店: a part of another.
    Branch,
    /// 专业合作社.
    Cooperative,
    /// A note about ownership.
    Other,
}

/// A word for a place.
pub struct Place {
    /// As written.
    pub word: Vec<char>,
    /// Code of the division; `44` for the province.
    pub code: &'static str,
    /// Known only right after another place: a town without 镇 may as well be a trade name.
    pub bound: bool,
}

/// Every division as people write it.
fn places() -> Vec<Place> {
    let mut places = Vec::new();
    let mut add = |word: &str, code: &'static str, bound: bool| {
        places.push(Place { word: word.chars().collect(), code, bound });
    };
    add("广东省", "44", false);
    add("广东", "44", false);
    for row in bundled() {
        add(row.name, row.code, false);
        let last = row.name.chars().last();
        let suffix = if row.name.ends_with("街道") { Some("街道") } else { None };
        let suffix = suffix.or(match last {
            Some('市') => Some("市"),
            Some('区') => Some("区"),
            Some('镇') => Some("镇"),
            _ => None,
        });
        let short = suffix.and_then(|suffix| row.name.strip_suffix(suffix));
        if let Some(short) = short.filter(|short| short.chars().count() >= 2) {
            add(short, row.code, !matches!(row.level, DivisionLevel::City | DivisionLevel::District));
        }
    }
    places
}

/// Words by their first character, longest first.
fn by_first<T>(words: impl IntoIterator<Item = T>, word: impl Fn(&T) -> &Vec<char>) -> HashMap<char, Vec<T>> {
    let mut sorted: HashMap<char, Vec<T>> = HashMap::new();
    for one in words {
        if let Some(first) = word(&one).first().copied() {
            sorted.entry(first).or_default().push(one);
        }
    }
    sorted.values_mut().for_each(|same| same.sort_by_key(|one| std::cmp::Reverse(word(one).len())));
    sorted
}

/// The place that these characters begin with; `after_place` when a place ends right before them.
#[must_use]
pub fn place_at(text: &[char], after_place: bool) -> Option<&'static Place> {
    let mut same = PLACES.get(text.first()?)?.iter();
    same.find(|place| text.starts_with(&place.word) && (!place.bound || after_place))
}

/// How many characters of a trade word these begin with.
#[must_use]
pub fn trade_at(text: &[char]) -> Option<usize> {
    TRADE_WORDS.get(text.first()?)?.iter().find(|word| text.starts_with(word)).map(Vec::len)
}

/// The legal form that these characters end with, and its length.
#[must_use]
pub fn form_at_end(text: &[char]) -> Option<(usize, Form)> {
    let ends = FORM_WORDS.iter().filter(|(word, _)| text.ends_with(word));
    ends.map(|(word, form)| (word.len(), *form)).max_by_key(|(length, _)| *length)
}
