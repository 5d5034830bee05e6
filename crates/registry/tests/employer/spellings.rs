//! A directory of invented employers with all the look-alikes of a real one, and sixteen ways of writing each.
//!
//! Deterministic. Trade names are drawn with a skew (few are very common), so that thousands share their trade name,
//! their business or their place; a fifth are made on purpose to be taken for another one.

use std::collections::HashSet;

use pinyin::ToPinyin;

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

const DISTRICTS: [(&str, &str, [(&str, &str); 3]); 7] = [
    ("440703", "蓬江区", [("440703101", "棠下镇"), ("440703102", "荷塘镇"), ("440703103", "杜阮镇")]),
    ("440704", "江海区", [("440704001", "江南街道"), ("440704004", "外海街道"), ("440704005", "礼乐街道")]),
    ("440705", "新会区", [("440705101", "大泽镇"), ("440705102", "司前镇"), ("440705104", "双水镇")]),
    ("440781", "台山市", [("440781100", "大江镇"), ("440781101", "水步镇"), ("440781103", "白沙镇")]),
    ("440783", "开平市", [("440783103", "月山镇"), ("440783104", "沙塘镇"), ("440783101", "水口镇")]),
    ("440784", "鹤山市", [("440784101", "龙口镇"), ("440784102", "雅瑶镇"), ("440784103", "古劳镇")]),
    ("440785", "恩平市", [("440785101", "横陂镇"), ("440785104", "沙湖镇"), ("440785105", "牛江镇")]),
];
const FIRST: &str = "明宏恒顺永金华兴荣丰嘉德诚和安瑞鸿伟建新联亿富源昌鑫美佳凯博远东天宇龙飞星海蓝万利大中南正同益泰盛祥银锦合广江立创科欧亚百优健";
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

fn character(of: &str, dice: &mut Dice) -> char {
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
        16 => parts.trade_name = homophone(&parts.trade_name).unwrap_or_else(|| parts.trade_name.clone()),
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

fn homophone(text: &str) -> Option<String> {
    let group = |c: char| ALIKE.iter().find(|group| group.contains(c));
    let at = text.chars().position(|c| group(c).is_some())?;
    let swapped = text.chars().enumerate().map(|(n, c)| match group(c) {
        Some(group) if n == at => group.chars().find(|other| *other != c).unwrap_or(c),
        _ => c,
    });
    Some(swapped.collect())
}

const TRADITIONAL: &str = "门門区區辉輝达達丰豐顺順兴興华華荣榮龙龍东東业業发發贸貿电電机機设設备備灯燈饰飾纸紙车車广廣会會台臺开開鹤鶴\
    责責团團厂廠医醫药藥饮飲装裝织織阳陽乐樂礼禮双雙银銀锦錦钢鋼制製亚亞万萬远遠凯凱联聯创創鸿鴻伟偉诚誠亿億飞飛蓝藍宝寶号號经經营營\
    腾騰锋鋒艺藝胜勝进進农農养養环環饰飾玩玩传傳广廣资資应應链鏈维維务務产產属屬镇鎮学學园園敬敬";

fn traditional(text: &str) -> String {
    let table: Vec<char> = TRADITIONAL.chars().filter(|c| !c.is_whitespace()).collect();
    let twin = |c: char| table.chunks_exact(2).find(|pair| pair[0] == c).map_or(c, |pair| pair[1]);
    text.chars().map(twin).collect()
}

/// Sixteen ways of writing one employer, each under what was done to it.
pub fn spellings(of: &Invented, code: &str) -> Vec<(&'static str, String)> {
    let mut dice = Dice(u64::from(of.number) * 7_919);
    let (parts, name) = (&of.parts, of.parts.name());
    let with = |change: &dyn Fn(&mut Parts)| {
        let mut parts = parts.clone();
        change(&mut parts);
        parts.name()
    };
    vec![
        ("region dropped", region_dropped(parts)),
        ("form dropped or swapped", form_changed(parts, &mut dice)),
        ("abbreviation", format!("{}{}", parts.trade_name, parts.short_business)),
        ("brackets", brackets(parts, &mut dice)),
        ("full width", full_width(&name, &mut dice)),
        ("traditional", traditional(&name)),
        ("homophone", with(&|parts| parts.trade_name = homophone(&parts.trade_name).unwrap_or_default_of(parts))),
        (
            "one missing",
            edited(&name, &mut dice, |text, at, _| {
                text.remove(at);
            }),
        ),
        (
            "one added",
            edited(&name, &mut dice, |text, at, dice| {
                let extra = character(FIRST, dice);
                text.insert(at, extra);
            }),
        ),
        (
            "two swapped",
            edited(&name, &mut dice, |text, at, _| {
                let at = at.min(text.len() - 2);
                text.swap(at, at + 1);
            }),
        ),
        ("spaces and dots", spaced(&name, &mut dice)),
        ("case, or only its beginning", beginning(parts)),
        ("code with spaces", format!(" {} {} {}", &code[..2], code[2..8].to_owned(), code[8..].to_lowercase())),
        ("code with a slip", slipped(code)),
        ("former name", of.former.clone()),
        ("initials", initials(&name)),
    ]
}

trait OrOf {
    fn unwrap_or_default_of(self, parts: &Parts) -> String;
}

impl OrOf for Option<String> {
    fn unwrap_or_default_of(self, parts: &Parts) -> String {
        self.unwrap_or_else(|| parts.trade_name.clone())
    }
}

/// Without the city where a district or bracket is named too, else without whatever place there is.
fn region_dropped(parts: &Parts) -> String {
    let mut parts = parts.clone();
    if parts.city.is_empty() || parts.district.is_empty() {
        (parts.city, parts.district, parts.bracket) = ("", "", "");
    } else {
        parts.city = "";
    }
    parts.name()
}

fn form_changed(parts: &Parts, dice: &mut Dice) -> String {
    let mut parts = parts.clone();
    parts.form = match parts.form {
        "厂" => dice.pick(&["", "有限公司", "五金厂"]),
        "有限公司" => dice.pick(&["", "公司", "有限责任公司", "集团有限公司"]),
        "有限公司分公司" => "分公司",
        _ => "",
    };
    parts.name()
}

fn brackets(parts: &Parts, dice: &mut Dice) -> String {
    let name = parts.name();
    if parts.bracket.is_empty() {
        // The place moves into brackets, as on many signs.
        let place = if parts.district.is_empty() { "江门" } else { parts.district };
        let mut moved = parts.clone();
        (moved.city, moved.district, moved.town) = ("", "", "");
        let form = moved.form;
        moved.form = "";
        return format!("{}({place}){form}", moved.name());
    }
    match dice.roll(2) {
        0 => name.replace('（', "(").replace('）', ")"),
        _ => name.replace(['（', '）'], ""),
    }
}

fn full_width(name: &str, dice: &mut Dice) -> String {
    let wide = |c: char| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c };
    let mut text: Vec<char> = name.chars().map(wide).collect();
    text.insert(dice.roll(text.len()), '\u{3000}');
    text.into_iter().collect()
}

fn edited(name: &str, dice: &mut Dice, edit: impl Fn(&mut Vec<char>, usize, &mut Dice)) -> String {
    let mut text: Vec<char> = name.chars().collect();
    let at = dice.roll(text.len());
    edit(&mut text, at, dice);
    text.into_iter().collect()
}

fn spaced(name: &str, dice: &mut Dice) -> String {
    let mut text: Vec<char> = name.chars().collect();
    for sign in [' ', '.', '·', ' '] {
        text.insert(dice.roll(text.len()), sign);
    }
    text.into_iter().collect()
}

/// In the other case, where there are letters; else the name as far as somebody types it before he looks.
fn beginning(parts: &Parts) -> String {
    let name = parts.name();
    if name.chars().any(|c| c.is_ascii_alphabetic()) {
        return name.to_lowercase();
    }
    let keep = name.chars().count() - parts.form.chars().count();
    name.chars().take(keep).collect()
}

fn slipped(code: &str) -> String {
    let mut done = false;
    let slip = |c: char| match c {
        '0' if !std::mem::replace(&mut done, true) => 'O',
        '1' if !std::mem::replace(&mut done, true) => 'I',
        _ => c,
    };
    code.chars().map(slip).collect()
}

fn initials(name: &str) -> String {
    let letter = |c: char| match c.to_pinyin() {
        Some(syllable) => syllable.first_letter().chars().next(),
        None => c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase()),
    };
    name.chars().filter_map(letter).collect()
}
