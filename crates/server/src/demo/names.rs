//! Invented names. Employers carry 示例 in their name; persons carry the mark in
//! their row (`synthetic`), since a name with a mark would look like no name.

use super::dice::Dice;

/// Surnames in about the order of how common they are in the Pearl River delta.
const SURNAMES: [&str; 48] = [
    "陈", "李", "黄", "张", "梁", "林", "吴", "刘", "何", "杨", "周", "谭", "王", "叶", "罗", "冯", "关", "伍", "余",
    "司徒", "邓", "许", "麦", "区", "容", "赵", "钟", "曾", "胡", "苏", "蔡", "潘", "朱", "甄", "雷", "方", "马", "卢",
    "吕", "汤", "郑", "徐", "孙", "谢", "唐", "欧阳", "阮", "聂",
];
const MALE: [&str; 40] = [
    "伟", "强", "志明", "建国", "国华", "嘉豪", "俊杰", "浩然", "文辉", "永康", "志强", "家明", "子轩", "健雄", "锦荣",
    "炳坤", "少聪", "耀辉", "文杰", "海涛", "立新", "泽宇", "伟文", "荣发", "德胜", "启航", "润生", "达明", "景行",
    "向东", "振华", "国强", "明辉", "泳坚", "宏基", "卓然", "思源", "伯安", "天佑", "小龙",
];
const FEMALE: [&str; 40] = [
    "芳", "静", "丽华", "秀英", "美玲", "雪梅", "嘉欣", "婉仪", "慧敏", "晓彤", "佩珊", "淑贞", "玉兰", "凤仪", "燕玲",
    "秋菊", "诗雅", "雨桐", "艳红", "小燕", "金凤", "惠芬", "月娥", "倩怡", "洁莹", "若琳", "思敏", "绮雯", "桂芳",
    "春燕", "海霞", "子晴", "梓涵", "咏诗", "笑颜", "文静", "少芬", "瑞兰", "彩虹", "清华",
];
const WORDS: [&str; 48] = [
    "恒丰",
    "合顺",
    "金信",
    "万达成",
    "利安",
    "盈科",
    "宏泰",
    "德润",
    "侨兴",
    "汇通",
    "新华业",
    "嘉和",
    "联胜",
    "锦程",
    "百盛达",
    "星海",
    "华创",
    "永昌",
    "银湖",
    "启明",
    "双喜",
    "南方行",
    "东湖",
    "瑞丰",
    "同福",
    "白沙",
    "长堤",
    "荷塘",
    "建威",
    "力源",
    "美满",
    "丰裕",
    "众益",
    "鼎新",
    "远航",
    "茂盛",
    "安泰",
    "顺风达",
    "天成",
    "潮连",
    "泰山石",
    "凤山",
    "碧水",
    "崖门",
    "葵乡",
    "良溪",
    "青云",
    "赤坎",
];
const TRADES: [&str; 32] = [
    "五金制品",
    "摩托车配件",
    "纺织印染",
    "电子科技",
    "食品",
    "卫浴洁具",
    "造纸包装",
    "照明电器",
    "家具",
    "塑料制品",
    "机械设备",
    "化工材料",
    "服装",
    "不锈钢制品",
    "物流",
    "陈皮茶业",
    "水产加工",
    "汽车零部件",
    "建筑工程",
    "物业服务",
    "酒店管理",
    "商贸",
    "园林绿化",
    "印刷",
    "皮革制品",
    "玻璃制品",
    "农牧",
    "船舶修造",
    "医疗器械",
    "文具",
    "环保设备",
    "软件",
];

/// A person's name.
pub fn person(dice: &mut Dice, male: bool) -> String {
    // The square of a throw prefers the front of the list.
    let place = dice.below(SURNAMES.len()) * dice.below(SURNAMES.len()) / SURNAMES.len();
    let surname = SURNAMES.get(place).copied().unwrap_or("陈");
    let given = if male { dice.pick(&MALE) } else { dice.pick(&FEMALE) };
    format!("{surname}{given}")
}

/// A company in a place: `蓬江示例恒丰五金制品有限公司`.
pub fn company(dice: &mut Dice, place: &str) -> String {
    format!("{place}示例{}{}有限公司", dice.pick(&WORDS), dice.pick(&TRADES))
}

/// What a district is called in names of companies: `蓬江区` → `蓬江`.
pub fn short(district: &str) -> &str {
    district.strip_suffix(['区', '市']).unwrap_or(district)
}
