//! A directory of invented employers with all the look-alikes of a real one.
//!
//! Deterministic. Trade names are drawn with a skew (few are very common), so that thousands share their trade name,
//! their business or their place; a fifth are made on purpose to be taken for another one.

use std::collections::HashSet;

/// An invented employer.
#[derive(Clone, Debug)]
pub struct Invented {
    /// As registered; its parts in order.
    pub parts: Parts,
    /// Code of the town or district.
    pub division: &'static str,
    /// What it was called before.
    pub former: String,
    /// Number that its code is made of.
    pub number: u32,
}

/// What a name is put together from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Parts {
    pub city: &'static str,
    pub district: &'static str,
    pub town: &'static str,
    pub trade_name: String,
    pub business: &'static str,
    pub short_business: &'static str,
    /// A place in brackets before the legal form.
    pub bracket: &'static str,
    pub form: &'static str,
}

impl Parts {
    pub fn name(&self) -> String {
        let bracket = if self.bracket.is_empty() { String::new() } else { format!("（{}）", self.bracket) };
        let Self { city, district, town, trade_name, business, form, .. } = self;
        format!("{city}{district}{town}{trade_name}{business}{bracket}{form}")
    }
}

/// A small generator of numbers (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap()
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }

    /// Early ones more often than late ones.
    fn skewed<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len()).min(self.roll(of.len()))]
    }
}

/// Code and name of a division.
type Division = (&'static str, &'static str);

const DISTRICTS: [(&str, &str, [Division; 3]); 7] = [
    ("440703", "蓬江区", [("440703101", "棠下镇"), ("440703102", "荷塘镇"), ("440703103", "杜阮镇")]),
    ("440704", "江海区", [("440704001", "江南街道"), ("440704004", "外海街道"), ("440704005", "礼乐街道")]),
    ("440705", "新会区", [("440705101", "大泽镇"), ("440705102", "司前镇"), ("440705104", "双水镇")]),
    ("440781", "台山市", [("440781100", "大江镇"), ("440781101", "水步镇"), ("440781103", "白沙镇")]),
    ("440783", "开平市", [("440783103", "月山镇"), ("440783104", "沙塘镇"), ("440783101", "水口镇")]),
    ("440784", "鹤山市", [("440784101", "龙口镇"), ("440784102", "雅瑶镇"), ("440784103", "古劳镇")]),
    ("440785", "恩平市", [("440785101", "横陂镇"), ("440785104", "沙湖镇"), ("440785105", "牛江镇")]),
];
pub const FIRST: &str = "明宏恒顺永金华兴荣丰嘉德诚和安瑞鸿伟建新联亿富源昌鑫美佳凯博远东天宇龙飞星海蓝万利大中南正同益泰盛祥银锦合广江立创科欧亚百优健";
const SECOND: &str = "辉达通发泰利盛荣裕隆信康祥业富茂宇航成昌源丰兴华升图博立和顺凯德安健邦捷诚创佳美艺雅乐旺胜进展恒力强星辰晖惠鸿洪弘腾锋峰益亿怡";
const THIRD: &str = "达通源泰盛丰华美利昌兴隆祥佳";
const LATIN: [&str; 12] =
    ["ABC", "TCL", "LED", "KD", "DIY", "A8", "HY", "Maxtop", "Sunrise", "Welly", "GoodYear", "Kinwah"];
const BUSINESS: [(&str, &str); 48] = [
    ("五金制品", "五金"),
    ("贸易", "贸易"),
    ("电子科技", "电子"),
    ("塑料制品", "塑料"),
    ("机械设备", "机械"),
    ("建筑工程", "建筑"),
    ("物流", "物流"),
    ("照明电器", "照明"),
    ("食品", "食品"),
    ("不锈钢制品", "不锈钢"),
    ("服饰", "服饰"),
    ("家具", "家具"),
    ("灯饰", "灯饰"),
    ("实业", "实业"),
    ("印刷包装", "印刷"),
    ("信息科技", "信息"),
    ("装饰工程", "装饰"),
    ("摩托车配件", "摩托车配件"),
    ("纸品", "纸品"),
    ("化工", "化工"),
    ("物业管理", "物业"),
    ("餐饮管理", "餐饮"),
    ("房地产开发", "房地产"),
    ("汽车维修服务", "汽车维修"),
    ("纺织", "纺织"),
    ("制衣", "制衣"),
    ("建材", "建材"),
    ("涂料", "涂料"),
    ("精密模具", "模具"),
    ("水产养殖", "水产"),
    ("农业发展", "农业"),
    ("网络科技", "网络"),
    ("环保科技", "环保"),
    ("医疗器械", "医疗"),
    ("药业", "药业"),
    ("玩具", "玩具"),
    ("文化传播", "文化"),
    ("广告", "广告"),
    ("教育咨询", "教育"),
    ("人力资源", "人力资源"),
    ("供应链管理", "供应链"),
    ("新能源科技", "新能源"),
    ("生物科技", "生物"),
    ("酒店管理", "酒店"),
    ("家居用品", "家居"),
    ("电器", "电器"),
    ("金属制品", "金属"),
    ("皮具", "皮具"),
];
const BODIES: [&str; 8] =
    ["中心小学", "初级中学", "中心幼儿园", "卫生院", "人民政府", "供销合作社", "敬老院", "自来水厂"];

/// `count` employers, no two of the same name.
pub fn directory(count: usize) -> Vec<Invented> {
    let mut dice = Dice(20_261_122);
    let (mut all, mut names): (Vec<Invented>, HashSet<String>) = (Vec::new(), HashSet::new());
    while all.len() < count {
        let (parts, division) = match (dice.roll(100), all.last()) {
            (0..20, Some(last)) => look_alike(last, &mut dice),
            (20..24, _) => body(&mut dice),
            _ => ordinary(&mut dice),
        };
        let mut former = parts.clone();
        former.trade_name = trade_name(&mut dice);
        if names.insert(parts.name()) {
            let number = u32::try_from(all.len() + 1).unwrap();
            all.push(Invented { parts, division, former: former.name(), number });
        }
    }
    all
}

pub fn character(of: &str, dice: &mut Dice) -> char {
    let all: Vec<char> = of.chars().collect();
    dice.skewed(&all)
}

fn trade_name(dice: &mut Dice) -> String {
    let mut name: String = [character(FIRST, dice), character(SECOND, dice)].iter().collect();
    match dice.roll(100) {
        0..22 => name.push(character(THIRD, dice)),
        22..26 => name = dice.pick(&LATIN).to_owned(),
        _ => {}
    }
    name
}

fn ordinary(dice: &mut Dice) -> (Parts, &'static str) {
    let (code, district, towns) = dice.pick(&DISTRICTS);
    let (town_code, town) = dice.pick(&towns);
    let (business, short_business) = dice.skewed(&BUSINESS);
    let form = match dice.roll(100) {
        0..78 => "有限公司",
        78..82 => "有限责任公司",
        82..84 => "股份有限公司",
        84..86 => "集团有限公司",
        86..96 => "厂",
        96..98 => "商行",
        _ => "经营部",
    };
    let city = if district.ends_with('区') { "江门市" } else { "" };
    let empty = Parts {
        city: "",
        district: "",
        town: "",
        trade_name: trade_name(dice),
        business,
        short_business,
        bracket: "",
        form,
    };
    match dice.roll(100) {
        0..45 => (Parts { city, district, ..empty }, code),
        45..70 => (Parts { city: "江门市", ..empty }, code),
        70..80 => (Parts { district, ..empty }, code),
        80..88 => (Parts { city, district, town, ..empty }, town_code),
        88..96 => (Parts { bracket: "江门", ..empty }, code),
        _ => (Parts { city: "广东", ..empty }, code),
    }
}

/// A school, a town hall, a hospital: a name without a trade name.
fn body(dice: &mut Dice) -> (Parts, &'static str) {
    let (_, district, towns) = dice.pick(&DISTRICTS);
    let (code, town) = dice.pick(&towns);
    let city = if district.ends_with('区') { "江门市" } else { "" };
    let form = dice.pick(&BODIES);
    let number = ["", "", "第一", "第二", "第三"];
    let trade_name = if form.contains('学') || form.contains('园') { dice.pick(&number) } else { "" };
    let parts = Parts {
        city,
        district,
        town,
        trade_name: trade_name.to_owned(),
        business: form,
        short_business: form,
        bracket: "",
        form: "",
    };
    (parts, code)
}

/// One that is taken for the other: same trade name and business elsewhere, same trade name and place in another
/// business, one character changed, one that sounds alike, another legal form, a branch.
fn look_alike(of: &Invented, dice: &mut Dice) -> (Parts, &'static str) {
    let mut parts = of.parts.clone();
    let (code, district, _) = dice.pick(&DISTRICTS);
    match dice.roll(20) {
        0..5 => {
            parts.city = if district.ends_with('区') { "江门市" } else { "" };
            (parts.district, parts.town) = (district, "");
            return (parts, code);
        }
        5..12 => (parts.business, parts.short_business) = dice.skewed(&BUSINESS),
        12..16 => {
            let mut letters: Vec<char> = parts.trade_name.chars().collect();
            if let Some(last) = letters.last_mut() {
                *last = character(SECOND, dice);
            }
            parts.trade_name = letters.into_iter().collect();
        }
        16 => parts.trade_name = homophone(&parts.trade_name),
        17 | 18 if parts.form.ends_with("公司") => parts.form = "厂",
        _ if parts.form == "有限公司" => parts.form = "有限公司分公司",
        _ => parts.trade_name = trade_name(dice),
    }
    (parts, of.division)
}

const ALIKE: [&str; 22] = [
    "辉晖惠会",
    "明名铭",
    "宏鸿洪弘",
    "达大",
    "恒衡",
    "顺舜",
    "丰锋峰风",
    "利力立丽",
    "盛胜圣",
    "荣容融",
    "德得",
    "信鑫欣新",
    "佳嘉家",
    "泰太",
    "华桦",
    "祥翔",
    "诚成城",
    "博伯",
    "源元远",
    "益亿艺怡",
    "星兴",
    "金锦今",
];

/// With the first character that sounds like another put as that one; itself where there is none.
pub fn homophone(text: &str) -> String {
    let group = |c: char| ALIKE.iter().find(|group| group.contains(c));
    let at = text.chars().position(|c| group(c).is_some());
    let swapped = text.chars().enumerate().map(|(n, c)| match group(c) {
        Some(group) if Some(n) == at => group.chars().find(|other| *other != c).unwrap_or(c),
        _ => c,
    });
    swapped.collect()
}
