//! The fields of each part: what they are called, under which names rosters in the field have them.
//!
//! ```
//! use registry::import::fields::{field, fields};
//! use registry::import::words::Part;
//!
//! let required: Vec<_> = fields(Part::Members).iter().filter(|field| field.required).map(|f| f.name).collect();
//! assert_eq!(required, ["name", "id_number"]);
//! assert_eq!(field(Part::Members, "id_number").map(|field| field.label), Some("证件号码"));
//! ```

use super::words::Part;

/// A field of a part.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Stable name.
    pub name: &'static str,
    /// What people call it; the heading of the template.
    pub label: &'static str,
    /// A row without it is rejected.
    pub required: bool,
    /// Other headings that mean it, exactly, without spaces and brackets.
    pub aliases: &'static [&'static str],
    /// A heading that holds one of these means it, if no heading means it exactly.
    pub hints: &'static [&'static str],
    /// How to fill it in, for the template.
    pub note: &'static str,
    /// What the template's example row holds.
    pub example: &'static str,
}

const fn field_of(
    (name, label, required): (&'static str, &'static str, bool),
    aliases: &'static [&'static str],
    hints: &'static [&'static str],
    note: &'static str,
    example: &'static str,
) -> Field {
    Field { name, label, required, aliases, hints, note, example }
}

/// The example row of a template says so in its first column; a row that says so is no row.
pub const EXAMPLE: &str = "示例（请删除此行）";

const MEMBERS: &[Field] = &[
    field_of(
        ("name", "姓名", true),
        &["名字", "职工姓名", "会员姓名", "员工姓名", "工会会员姓名", "真实姓名"],
        &["姓名"],
        "与身份证件一致，只用汉字、字母和间隔号“·”。",
        EXAMPLE,
    ),
    field_of(
        ("id_number", "证件号码", true),
        &["身份证号", "身份证号码", "公民身份号码", "公民身份证号码", "证件号", "身份证", "居民身份证号码"],
        &["身份证", "证件号", "身份号"],
        "18 位。先把整列设为“文本”再填写，否则后三位会变成 0。",
        "110101199003074557",
    ),
    field_of(
        ("phone", "手机号码", false),
        &["手机", "手机号", "联系电话", "电话", "移动电话", "联系方式", "本人手机", "电话号码"],
        &["手机", "电话"],
        "11 位手机号码；会员以后凭它接管自己的会籍。",
        "13800000000",
    ),
    field_of(
        ("organization", "所属工会", false),
        &[
            "工会",
            "工会名称",
            "所在工会",
            "基层工会",
            "所属基层工会",
            "工会组织",
            "工会全称",
            "工会代码",
            "所属工会名称",
        ],
        &["工会名称", "工会组织", "所属工会", "所在工会"],
        "工会全称或以 81 开头的 18 位代码；本工会自己的名册可以不填。",
        "示例制造有限公司工会",
    ),
    field_of(
        ("employer", "用人单位", false),
        &["单位", "单位名称", "工作单位", "所在单位", "企业名称", "公司名称", "公司", "用人单位名称", "单位全称"],
        &["单位名称", "工作单位", "企业名称", "用人单位"],
        "证照上的全称或统一社会信用代码；工会只覆盖一个单位时可以不填。",
        "示例制造有限公司",
    ),
    field_of(
        ("joined_on", "入会日期", false),
        &["入会时间", "加入工会时间", "加入工会日期", "入会年月", "何时入会", "入会日"],
        &["入会时间", "入会日期", "入会年月"],
        "如 2020-05-01、2020/5/1、2020年5月；不填按导入当天。",
        "2020-05-01",
    ),
    field_of(
        ("employment_form", "用工形式", false),
        &["用工类型", "用工性质", "就业形态", "用工方式", "就业形式", "劳动关系"],
        &["用工形式", "用工类型", "用工性质", "就业形态"],
        "劳动合同、劳务派遣、新就业形态或灵活就业；不填按劳动合同。",
        "劳动合同",
    ),
    field_of(
        ("work", "从事工作", false),
        &["工种", "职业", "岗位类别", "新就业形态类别", "工作类型"],
        &["新就业形态", "从事工作"],
        "新就业形态填写：外卖配送员、快递员、网约车司机、货车司机、家政服务员或其他平台劳动者。",
        "",
    ),
    field_of(("sex", "性别", false), &["男女"], &[], "男或女；与证件号码核对，可以不填。", "男"),
    field_of(
        ("birth", "出生日期", false),
        &["出生年月日", "出生年月", "生日", "出生时间"],
        &["出生"],
        "与证件号码核对，可以不填。",
        "1990-03-07",
    ),
    field_of(
        ("id_kind", "证件类型", false),
        &["证件种类", "证件名称", "身份证件类型"],
        &["证件类型", "证件种类"],
        "居民身份证、港澳台居民居住证或外国人永久居留身份证；可以不填。",
        "居民身份证",
    ),
];

const UNIONS: &[Field] = &[
    field_of(
        ("name", "工会名称", true),
        &["工会全称", "名称", "工会", "工会组织名称", "单位工会名称"],
        &["工会名称", "工会全称"],
        "全称，以“工会”“工会委员会”或“工会联合会”结尾；联合会的总工会除外。",
        EXAMPLE,
    ),
    field_of(
        ("kind", "工会类型", true),
        &["类型", "工会类别", "组织类型", "工会性质", "建会类型"],
        &["工会类型", "工会类别", "组织类型"],
        "县级总工会、镇街总工会、镇街工会联合会、单独基层工会、联合基层工会、行业工会或产业工会。",
        "单独基层工会",
    ),
    field_of(
        ("parent", "上级工会", true),
        &["上级工会名称", "上一级工会", "主管工会", "隶属工会", "上级组织", "上级"],
        &["上级"],
        "全称或以 81 开头的 18 位代码；可以是本平台已有的工会，也可以在同一次导入的文件里。",
        "示例镇总工会",
    ),
    field_of(
        ("uscc", "工会代码", false),
        &["统一社会信用代码", "信用代码", "工会统一社会信用代码", "社会信用代码", "法人代码"],
        &["信用代码", "工会代码"],
        "以 81 开头的 18 位统一社会信用代码。",
        "81440700MC0000012J",
    ),
    field_of(
        ("division", "所在地区", false),
        &["行政区划", "地区", "区划代码", "所属镇街", "镇街", "所在镇街", "所属地区", "区划"],
        &["区划", "镇街", "地区"],
        "镇街名称或区划代码；不填按上级工会所在地区。",
        "棠下镇",
    ),
    field_of(
        ("established_on", "建会日期", false),
        &["建会时间", "成立日期", "成立时间", "批准日期", "建会年月"],
        &["建会", "成立"],
        "如 2020-05-01、2020年5月；不填按导入当天。",
        "2020-05-01",
    ),
    field_of(
        ("employees", "职工人数", false),
        &["职工数", "员工人数", "从业人数", "在职人数", "人数"],
        &["职工人数", "员工人数"],
        "整数。",
        "50",
    ),
    field_of(
        ("employer_name", "用人单位名称", false),
        &["单位名称", "用人单位", "企业名称", "所在单位", "单位全称"],
        &["单位名称", "企业名称"],
        "工会覆盖的单位全称；覆盖多个单位的，另用“用人单位”文件导入。",
        "示例制造有限公司",
    ),
    field_of(
        ("employer_uscc", "用人单位代码", false),
        &["单位统一社会信用代码", "企业统一社会信用代码", "单位信用代码", "单位代码", "用人单位统一社会信用代码"],
        &["单位统一社会信用代码", "单位信用代码"],
        "用人单位的 18 位统一社会信用代码。",
        "",
    ),
    field_of(
        ("chair_name", "主席姓名", false),
        &["主席", "工会主席", "工会主席姓名", "负责人"],
        &["主席姓名"],
        "现任主席。",
        "",
    ),
    field_of(
        ("chair_phone", "主席手机", false),
        &["主席手机号", "主席电话", "主席联系电话", "工会主席电话", "主席手机号码"],
        &["主席手机", "主席电话"],
        "11 位手机号码；填写主席姓名时必填。",
        "",
    ),
    field_of(("contact_name", "联系人", false), &["联系人姓名", "经办人"], &["联系人姓名"], "日常联系人。", ""),
    field_of(
        ("contact_phone", "联系电话", false),
        &["联系人电话", "电话", "联系方式", "联系人手机", "办公电话"],
        &["联系电话", "联系人电话"],
        "手机或带区号的固定电话。",
        "",
    ),
    field_of(
        ("address", "地址", false),
        &["工会地址", "通讯地址", "办公地址", "单位地址", "详细地址"],
        &["地址"],
        "办公地址。",
        "",
    ),
];

const EMPLOYERS: &[Field] = &[
    field_of(
        ("name", "单位名称", true),
        &["名称", "企业名称", "用人单位", "用人单位名称", "单位全称", "公司名称", "单位"],
        &["单位名称", "企业名称"],
        "证照上的全称。",
        EXAMPLE,
    ),
    field_of(
        ("uscc", "统一社会信用代码", true),
        &["信用代码", "社会信用代码", "单位代码", "单位统一社会信用代码", "企业统一社会信用代码", "代码"],
        &["信用代码"],
        "18 位；以 8 开头的是工会的代码，不能填在这里。",
        "91440300708461136T",
    ),
    field_of(
        ("division", "所在地区", false),
        &["行政区划", "地区", "区划代码", "镇街", "所在镇街", "所属镇街", "区划"],
        &["区划", "镇街", "地区"],
        "镇街名称或区划代码；不填按所属工会所在地区。",
        "棠下镇",
    ),
    field_of(
        ("union", "所属工会", false),
        &["工会", "工会名称", "所在工会", "覆盖工会", "工会代码", "所属基层工会"],
        &["工会"],
        "覆盖这个单位的工会全称或 81 开头的代码，可以在同一次导入的文件里。",
        "示例制造有限公司工会",
    ),
    field_of(("aliases", "别名", false), &["曾用名", "简称", "其他名称"], &["别名", "曾用名"], "多个用顿号分开。", ""),
];

const OFFICERS: &[Field] = &[
    field_of(
        ("union", "所属工会", true),
        &["工会", "工会名称", "所在工会", "任职工会", "工会全称", "工会代码"],
        &["工会名称"],
        "工会全称或 81 开头的代码，可以在同一次导入的文件里。",
        EXAMPLE,
    ),
    field_of(("name", "姓名", true), &["干部姓名", "名字", "工会干部姓名"], &["姓名"], "与身份证件一致。", "示例干部"),
    field_of(
        ("title", "职务", true),
        &["工会职务", "职位", "任职职务", "岗位"],
        &["职务"],
        "主席、副主席、经费审查委员会主任、女职工委员会主任、委员或组织员。",
        "主席",
    ),
    field_of(
        ("phone", "手机号码", true),
        &["手机", "手机号", "联系电话", "电话", "联系方式"],
        &["手机", "电话"],
        "11 位手机号码。",
        "13800000000",
    ),
    field_of(
        ("id_number", "证件号码", false),
        &["身份证号", "身份证号码", "公民身份号码", "证件号", "身份证"],
        &["身份证", "证件号"],
        "18 位；先把整列设为“文本”再填写。",
        "",
    ),
    field_of(
        ("from", "任职日期", false),
        &["任职时间", "任职开始日期", "任职起始日期", "当选日期", "当选时间"],
        &["任职日期", "任职时间"],
        "如 2024-05-01；不填按导入当天。",
        "2024-05-01",
    ),
];

/// The fields of a part, in the order of its template.
#[must_use]
pub fn fields(part: Part) -> &'static [Field] {
    match part {
        Part::Members => MEMBERS,
        Part::Unions => UNIONS,
        Part::Employers => EMPLOYERS,
        Part::Officers => OFFICERS,
    }
}

/// The field of a name.
#[must_use]
pub fn field(part: Part, name: &str) -> Option<&'static Field> {
    fields(part).iter().find(|field| field.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_heading_means_one_field() {
        for part in [Part::Members, Part::Unions, Part::Employers, Part::Officers] {
            let mut seen = BTreeSet::new();
            for field in fields(part) {
                assert!(seen.insert(field.label), "{} twice", field.label);
                assert!(field.aliases.iter().all(|alias| seen.insert(alias)), "{} {:?}", field.name, field.aliases);
                assert!(field.note.ends_with('。'), "{}", field.name);
            }
            assert_eq!(fields(part)[0].example, EXAMPLE);
        }
    }
}
