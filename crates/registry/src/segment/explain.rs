//! A rule in plain words, where it is simple enough for that. Pure.

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, operators as op};

use super::Segment;
use super::fields::{Field, Kind};

/// What a division is called.
type Names<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The rule as a Chinese sentence; `None` where only the rule itself says it well. `names` knows the divisions by code.
///
/// ```
/// use registry::segment::{Segment, explain};
///
/// let rule = Segment::parse(r#"employment_form == "platform" && age >= 18"#)?;
/// assert_eq!(explain(&rule, &|_| None).as_deref(), Some("用工形式是平台就业，并且周岁年龄不小于 18 的会员。"));
/// # Ok::<(), kernel::Refusal>(())
/// ```
#[must_use]
pub fn explain(segment: &Segment, names: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let root = segment.program().expression();
    match &root.expr {
        Expr::Literal(LiteralValue::Boolean(all)) => {
            Some(if **all { "全体会员。" } else { "没有符合的会员。" }.to_owned())
        }
        _ => Some(format!("{}的会员。", spaced(&said(root, names)?))),
    }
}

/// A digit and the character after it stand apart.
fn spaced(text: &str) -> String {
    if text.ends_with(|c: char| c.is_ascii_alphanumeric()) { format!("{text} ") } else { text.to_owned() }
}

fn said(node: &IdedExpr, names: Names<'_>) -> Option<String> {
    match &node.expr {
        Expr::Ident(name) => Some(yes_no(Field::parse(name)?, true)?.to_owned()),
        Expr::Call(call) => match call.func_name.as_str() {
            op::LOGICAL_AND | op::LOGICAL_OR => joined(node, &call.func_name, names),
            op::LOGICAL_NOT => denied(call.args.first()?, names),
            op::IN => among(call, names),
            "startsWith" => begins(call),
            _ => compared(call, names),
        },
        _ => None,
    }
}

/// Conditions of one kind in a row, however the parser has grouped them.
fn joined(node: &IdedExpr, by: &str, names: Names<'_>) -> Option<String> {
    let mut parts = Vec::new();
    flatten(node, by, &mut parts);
    let between = if by == op::LOGICAL_AND { "，并且" } else { "，或者" };
    let said = parts.into_iter().map(|part| {
        let text = said(part, names)?;
        let mixed = matches!(&part.expr, Expr::Call(call) if [op::LOGICAL_AND, op::LOGICAL_OR].contains(&call.func_name.as_str()));
        Some(if mixed { format!("（{text}）") } else { text })
    });
    Some(said.collect::<Option<Vec<String>>>()?.join(between))
}

fn flatten<'a>(node: &'a IdedExpr, by: &str, parts: &mut Vec<&'a IdedExpr>) {
    match &node.expr {
        Expr::Call(call) if call.func_name == by => call.args.iter().for_each(|part| flatten(part, by, parts)),
        _ => parts.push(node),
    }
}

fn denied(node: &IdedExpr, names: Names<'_>) -> Option<String> {
    match &node.expr {
        Expr::Ident(name) => Some(yes_no(Field::parse(name)?, false)?.to_owned()),
        _ => Some(format!("不满足“{}”", said(node, names)?)),
    }
}

fn yes_no(field: Field, holds: bool) -> Option<&'static str> {
    match (field, holds) {
        (Field::IsOfficer, true) => Some("担任工会干部"),
        (Field::IsOfficer, false) => Some("没有担任工会干部"),
        (Field::IsDelegate, true) => Some("担任会员代表"),
        (Field::IsDelegate, false) => Some("没有担任会员代表"),
        (Field::BirthKnown, true) => Some("登记了出生日期"),
        (Field::BirthKnown, false) => Some("没有登记出生日期"),
        _ => None,
    }
}

fn compared(call: &CallExpr, names: Names<'_>) -> Option<String> {
    let [left, right] = call.args.as_slice() else { return None };
    let (field, value, by) = match (field(left), field(right)) {
        (Some(field), None) => (field, right, call.func_name.as_str()),
        (None, Some(field)) => (field, left, turned(&call.func_name)),
        _ => return None,
    };
    let day = field.kind() == Kind::Day;
    let verb = match (by, day) {
        (op::EQUALS, _) => "是",
        (op::NOT_EQUALS, _) => "不是",
        (op::LESS, true) => "早于",
        (op::LESS_EQUALS, true) => "不晚于",
        (op::GREATER, true) => "晚于",
        (op::GREATER_EQUALS, true) => "不早于",
        (op::LESS, false) => "小于",
        (op::LESS_EQUALS, false) => "不超过",
        (op::GREATER, false) => "大于",
        (op::GREATER_EQUALS, false) => "不小于",
        _ => return None,
    };
    let value = value_said(field, value, names)?;
    let gap = if value.starts_with(|c: char| c.is_ascii_digit()) { " " } else { "" };
    Some(format!("{}{verb}{gap}{value}", field.label()))
}

/// `18 <= age` is `age >= 18`.
fn turned(by: &str) -> &str {
    match by {
        op::LESS => op::GREATER,
        op::LESS_EQUALS => op::GREATER_EQUALS,
        op::GREATER => op::LESS,
        op::GREATER_EQUALS => op::LESS_EQUALS,
        same => same,
    }
}

fn among(call: &CallExpr, names: Names<'_>) -> Option<String> {
    let [left, right] = call.args.as_slice() else { return None };
    if field(right) == Some(Field::OfficerTitles) {
        return Some(format!("担任{}", value_said(Field::OfficerTitles, left, names)?));
    }
    let (field, Expr::List(list)) = (field(left)?, &right.expr) else { return None };
    let values = list.elements.iter().map(|value| value_said(field, value, names)).collect::<Option<Vec<String>>>()?;
    match values.as_slice() {
        [only] => Some(format!("{}是{only}", field.label())),
        _ => Some(format!("{}是{}之一", field.label(), values.join("、"))),
    }
}

fn begins(call: &CallExpr) -> Option<String> {
    let (field, with) = (field(call.target.as_deref()?)?, text(call.args.first()?)?);
    Some(format!("{}以 {with} 开头", field.label()))
}

fn field(node: &IdedExpr) -> Option<Field> {
    match &node.expr {
        Expr::Ident(name) => Field::parse(name),
        _ => None,
    }
}

fn text(node: &IdedExpr) -> Option<&str> {
    match &node.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

fn value_said(field: Field, node: &IdedExpr, names: Names<'_>) -> Option<String> {
    if let Expr::Literal(LiteralValue::Int(number)) = &node.expr {
        return Some(number.to_string());
    }
    let text = text(node)?;
    let label = field.values().iter().find(|(value, _)| *value == text).map(|(_, label)| (*label).to_owned());
    match field.kind() {
        Kind::Choice | Kind::Choices => label,
        Kind::Code => Some(names(text).unwrap_or_else(|| text.to_owned())),
        Kind::Id if text.is_empty() => Some("空".to_owned()),
        _ => Some(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_rules_are_said_in_words() {
        let names = |code: &str| (code == "440703").then(|| "蓬江区".to_owned());
        for (rule, expected) in [
            ("true", Some("全体会员。")),
            ("false", Some("没有符合的会员。")),
            ("is_officer", Some("担任工会干部的会员。")),
            ("!is_officer", Some("没有担任工会干部的会员。")),
            ("is_delegate && age < 35", Some("担任会员代表，并且周岁年龄小于 35 的会员。")),
            (r#"county == "440703" && age < 35"#, Some("所在区县是蓬江区，并且周岁年龄小于 35 的会员。")),
            (r#"18 <= age"#, Some("周岁年龄不小于 18 的会员。")),
            (r#"work in ["courier", "trucker"]"#, Some("就业类型是快递、货运之一的会员。")),
            (r#"sex in ["female"]"#, Some("性别是女的会员。")),
            (r#""chair" in officer_titles"#, Some("担任主席的会员。")),
            (r#"joined_on < "2024-01-01""#, Some("入会日期早于 2024-01-01 的会员。")),
            (r#"division.startsWith("4407")"#, Some("所在区划代码以 4407 开头的会员。")),
            (r#"employer_id == """#, Some("用人单位是空的会员。")),
            (
                r#"sex == "female" && (age > 50 || is_officer) && birth_known"#,
                Some("性别是女，并且（周岁年龄大于 50，或者担任工会干部），并且登记了出生日期的会员。"),
            ),
            ("!(age > 50)", Some("不满足“周岁年龄大于 50”的会员。")),
            (r#"["44", "45"].exists(d, division.startsWith(d))"#, None),
            ("age > 50 ? is_officer : true", None),
            ("size(officer_titles) > 1", None),
        ] {
            let segment = Segment::parse(rule).unwrap();
            assert_eq!(explain(&segment, &names).as_deref(), expected, "{rule}");
        }
    }
}
