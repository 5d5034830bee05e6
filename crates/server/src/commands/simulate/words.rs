//! Words that names of invented employers and unions are made of.

use crate::demo::dice::Dice;

/// In the name of everything invented, so that it cannot be taken for what is real, nor for a union of the demo city.
pub const MARK: &str = "示例";

const FIRST: [&str; 48] = [
    "明", "恒", "金", "宏", "瑞", "嘉", "华", "盛", "德", "永", "泰", "丰", "利", "顺", "兴", "安", "达", "信", "联",
    "凯", "佳", "海", "新", "天", "广", "正", "百", "东", "南", "星", "鸿", "源", "伟", "康", "益", "富", "亿", "中",
    "汇", "科", "美", "蓝", "睿", "辰", "卓", "骏", "腾", "润",
];
const SECOND: [&str; 48] = [
    "辉", "盛", "达", "发", "成", "隆", "昌", "荣", "通", "和", "茂", "旺", "泰", "诚", "力", "创", "邦", "威", "洋",
    "立", "腾", "强", "耀", "海", "宇", "图", "基", "信", "源", "城", "峰", "龙", "业", "升", "拓", "朗", "捷", "普",
    "雅", "景", "尔", "特", "奇", "迪", "翔", "思", "合", "嘉",
];
const TRADES: [&str; 36] = [
    "玩具",
    "五金制品",
    "摩托车配件",
    "纺织",
    "印染",
    "电子",
    "电子科技",
    "食品",
    "卫浴",
    "造纸",
    "照明电器",
    "家具",
    "塑料制品",
    "机械",
    "化工",
    "制衣",
    "不锈钢制品",
    "物流",
    "陈皮",
    "水产",
    "汽车零部件",
    "建筑工程",
    "物业服务",
    "酒店管理",
    "商贸",
    "园林绿化",
    "印刷",
    "皮革制品",
    "玻璃",
    "农牧",
    "船舶修造",
    "医疗器械",
    "文具",
    "环保设备",
    "软件",
    "涂料",
];
/// Units that are no companies, with how often in a hundred.
const PUBLIC: [&str; 6] = ["中心小学", "初级中学", "中心卫生院", "人民政府机关", "敬老院", "供水站"];
const PLACES: [&str; 12] = [
    "工业园",
    "商业街",
    "农贸市场",
    "建材市场",
    "物流园",
    "科技园",
    "美食城",
    "旅游区",
    "五金城",
    "家居城",
    "码头",
    "电商园",
];

/// `江门市蓬江区示例明辉玩具有限公司`: every name says that it is an example.
pub fn company(dice: &mut Dice, district: &str) -> String {
    let ending = if dice.chance(8) { "股份有限公司" } else { "有限公司" };
    format!("江门市{district}{MARK}{}{}{}{ending}", dice.pick(&FIRST), dice.pick(&SECOND), dice.pick(&TRADES))
}

/// A school, a hospital, an office of a town.
pub fn public(dice: &mut Dice, district: &str, town: &str) -> String {
    format!("江门市{district}{town}{MARK}{}", dice.pick(&PUBLIC))
}

/// Where small employers stand together.
pub fn place(dice: &mut Dice, district: &str, town: &str) -> String {
    format!("江门市{district}{town}{MARK}{}{}{}", dice.pick(&FIRST), dice.pick(&SECOND), dice.pick(&PLACES))
}

/// What a company is called for short: `江门市蓬江区示例明辉玩具有限公司` → `示例明辉玩具`.
pub fn short<'a>(name: &'a str, district: &str) -> &'a str {
    let rest = name.strip_prefix("江门市").and_then(|rest| rest.strip_prefix(district)).unwrap_or(name);
    rest.strip_suffix("股份有限公司").or_else(|| rest.strip_suffix("有限公司")).unwrap_or(rest)
}
