//! The static check of a rule: known names only, comparisons that make sense, a yes or no at the end, and an end soon.
//! Pure.
//!
//! CEL is a language of its own accord; a rule is the part of it that compares: no arithmetic, no conversions, no
//! regular expressions, so nothing is left that could fail or run away when it is evaluated.

use std::collections::BTreeSet;

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators as op};
use kernel::Refusal;
use kernel::error::RefusalKind;

use super::fields::{Field, Kind};
use super::rules::{heavy, no_answer, place};
use super::words::{self, Word, nearest, short};
use super::{SEGMENT_FIELD, SEGMENT_FUNCTION, SEGMENT_TYPE};

/// Steps that the evaluation of a rule takes at the most; a list that is gone through counts once for each of its rows.
const MOST_STEPS: u64 = 1_000;
/// What a rule may call.
const FUNCTIONS: [&str; 4] = ["startsWith", "size", "exists", "all"];

/// What an expression yields.
#[derive(Debug, Clone)]
pub(super) enum Type {
    /// True or false.
    YesNo,
    /// A whole number.
    Number,
    /// A word of a field.
    Of(Field),
    /// One of these words of the rule.
    Words(Vec<Word>),
    /// A list of so many at the most.
    List(Box<Type>, u64),
}

impl Type {
    fn label(&self) -> &'static str {
        match self {
            Self::YesNo => "“是或否”",
            Self::Number => "数字",
            Self::Of(field) => field.label(),
            Self::Words(_) => "文字",
            Self::List(..) => "列表",
        }
    }
}

/// The walk over one rule.
pub(super) struct Types<'a> {
    text: &'a str,
    source: &'a SourceInfo,
    names: Vec<(&'a str, Type)>,
    uses: BTreeSet<Field>,
    steps: u64,
    /// How often the present part is evaluated.
    times: u64,
}

type Checked = Result<Type, Refusal>;

impl<'a> Types<'a> {
    /// Checks a program; answers the fields it asks for.
    ///
    /// # Errors
    /// `segment.*`, with the position.
    pub(super) fn of(text: &'a str, program: &'a cel::Program) -> Result<BTreeSet<Field>, Refusal> {
        let (names, uses) = (Vec::new(), BTreeSet::new());
        let mut types = Self { text, source: program.source_info(), names, uses, steps: 0, times: 1 };
        match types.check(program.expression())? {
            Type::YesNo => Ok(types.uses),
            _ => Err(no_answer()),
        }
    }

    fn check(&mut self, node: &'a IdedExpr) -> Checked {
        self.steps = self.steps.saturating_add(self.times);
        if self.steps > MOST_STEPS {
            return Err(heavy("要比较的次数太多"));
        }
        match &node.expr {
            Expr::Literal(literal) => self.literal(node, literal),
            Expr::Ident(name) => self.name(node, name),
            Expr::List(list) => self.list(node, &list.elements),
            Expr::Call(call) => self.call(node, call),
            Expr::Comprehension(each) => self.each(node, each),
            Expr::Select(select) if select.test => {
                Err(self.fault(node, "不用写 has，每个字段都能直接比较，请去掉 has"))
            }
            Expr::Select(select) => {
                Err(self.fault(node, format!("“.{}”不能用，字段没有下级，请直接写字段名", short(&select.field))))
            }
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                Err(self.fault(node, "规则里不能用花括号，请用方括号列出多个值"))
            }
        }
    }

    fn literal(&self, node: &IdedExpr, literal: &LiteralValue) -> Checked {
        match literal {
            LiteralValue::Boolean(_) => Ok(Type::YesNo),
            LiteralValue::Int(_) => Ok(Type::Number),
            LiteralValue::String(text) => {
                Ok(Type::Words(vec![Word { text: text.inner().to_owned(), at: self.at(node) }]))
            }
            _ => Err(self.fault(node, "这种值不能比较，请用整数或英文双引号里的文字")),
        }
    }

    fn name(&mut self, node: &IdedExpr, name: &str) -> Checked {
        if let Some((_, known)) = self.names.iter().rev().find(|(known, _)| *known == name) {
            return Ok(known.clone());
        }
        let Some(field) = Field::parse(name) else {
            let hint = match nearest(name, Field::ALL.iter().map(|field| field.name())) {
                Some(near) => format!("您是不是想写“{near}”？请改正"),
                None => "请从字段表里选用".to_owned(),
            };
            return Err(self.refusal(&SEGMENT_FIELD, node, format!("没有“{}”这个字段，{hint}", short(name))));
        };
        self.uses.insert(field);
        Ok(match field.kind() {
            Kind::YesNo => Type::YesNo,
            Kind::Number => Type::Number,
            Kind::Choices => Type::List(Box::new(Type::Of(field)), field.values().len() as u64),
            Kind::Day | Kind::Choice | Kind::Code | Kind::Id => Type::Of(field),
        })
    }

    fn list(&mut self, node: &IdedExpr, elements: &'a [IdedExpr]) -> Checked {
        let (mut words, mut numbers) = (Vec::new(), 0_u64);
        for element in elements {
            match self.check(element)? {
                Type::Words(more) => words.extend(more),
                Type::Number if matches!(element.expr, Expr::Literal(_)) => numbers += 1,
                _ => return Err(self.fault(element, "列表里只能写文字或整数，请改正")),
            }
        }
        let count = elements.len() as u64;
        match (words.is_empty(), numbers) {
            (true, 0) => Err(self.fault(node, "列表是空的，请写上要比较的值")),
            (true, _) => Ok(Type::List(Box::new(Type::Number), count)),
            (false, 0) => Ok(Type::List(Box::new(Type::Words(words)), count)),
            (false, _) => Err(self.fault(node, "列表里文字和数字不能混用，请分开写")),
        }
    }

    fn call(&mut self, node: &'a IdedExpr, call: &'a CallExpr) -> Checked {
        let operands: Vec<&'a IdedExpr> = call.target.as_deref().into_iter().chain(&call.args).collect();
        match (call.func_name.as_str(), operands.as_slice()) {
            (op::LOGICAL_AND | op::LOGICAL_OR | op::LOGICAL_NOT | op::CONDITIONAL, parts) => {
                for part in parts {
                    self.yes_no(part)?;
                }
                Ok(Type::YesNo)
            }
            (op::EQUALS | op::NOT_EQUALS, [left, right]) => {
                let (left, right) = (self.check(left)?, self.check(right)?);
                self.comparable(node, &left, &right)
            }
            (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS, [left, right]) => {
                let (left, right) = (self.check(left)?, self.check(right)?);
                self.ordered(node, &left, &right)
            }
            (op::IN, [left, right]) => {
                let (left, right) = (self.check(left)?, self.check(right)?);
                match right {
                    Type::List(of, _) => self.comparable(node, &left, &of),
                    _ => Err(self.fault(node, "in 的右边要写列表，请写成 in [\"…\", \"…\"]")),
                }
            }
            ("size", [of]) => match self.check(of)? {
                Type::List(..) => Ok(Type::Number),
                _ => Err(self.fault(node, "size 只能数列表，例如 size(officer_titles)，请改正")),
            },
            ("startsWith", [of, with]) => {
                let (of, with) = (self.check(of)?, self.check(with)?);
                self.begins(node, &of, &with)
            }
            (name, _) => Err(self.unknown_call(node, name)),
        }
    }

    fn yes_no(&mut self, node: &'a IdedExpr) -> Result<(), Refusal> {
        match self.check(node)? {
            Type::YesNo => Ok(()),
            other => {
                let message = format!("这里要写条件，现在是{}，请写成比较，例如 age >= 18", other.label());
                Err(self.fault(node, message))
            }
        }
    }

    /// `list.exists(x, condition)` and `list.all(x, condition)` as the parser spells them out.
    fn each(&mut self, node: &'a IdedExpr, each: &'a ComprehensionExpr) -> Checked {
        let body = match (&each.accu_init.expr, &each.loop_step.expr, &each.iter_var2) {
            (Expr::Literal(LiteralValue::Boolean(_)), Expr::Call(step), None) => step.args.get(1),
            _ => None,
        };
        let Some(body) = body else {
            return Err(self.unknown_call(node, "map"));
        };
        let Type::List(of, longest) = self.check(&each.iter_range)? else {
            return Err(self.fault(node, "exists 和 all 前面要写列表，请改正"));
        };
        if Field::parse(&each.iter_var).is_some() || self.names.iter().any(|(name, _)| *name == each.iter_var) {
            let message = format!("“{}”已经有别的意思，请换一个字母", short(&each.iter_var));
            return Err(self.fault(node, message));
        }
        self.names.push((each.iter_var.as_str(), *of));
        let times = self.times;
        self.times = times.saturating_mul(longest.max(1));
        // What carries the loop itself: the condition to go on, and taking the answers together.
        self.steps = self.steps.saturating_add(self.times.saturating_mul(4));
        let checked = self.yes_no(body);
        self.times = times;
        self.names.pop();
        checked.map(|()| Type::YesNo)
    }

    fn comparable(&self, node: &IdedExpr, left: &Type, right: &Type) -> Checked {
        match (left, right) {
            (Type::YesNo, Type::YesNo) | (Type::Number, Type::Number) | (Type::Words(_), Type::Words(_)) => {}
            (Type::Of(field), Type::Words(written)) | (Type::Words(written), Type::Of(field)) => {
                for word in written {
                    words::allowed(self.text, *field, word)?;
                }
            }
            (Type::Of(one), Type::Of(other)) if one == other => {}
            (Type::List(..), _) | (_, Type::List(..)) => {
                return Err(self.fault(node, "列表不能这样比较，请用 in，例如 \"chair\" in officer_titles"));
            }
            (left, right) => return Err(self.unlike(node, left, right)),
        }
        Ok(Type::YesNo)
    }

    fn ordered(&self, node: &IdedExpr, left: &Type, right: &Type) -> Checked {
        match (left, right) {
            (Type::Number, Type::Number) => Ok(Type::YesNo),
            (Type::Of(Field::JoinedOn), Type::Words(_) | Type::Of(Field::JoinedOn))
            | (Type::Words(_), Type::Of(Field::JoinedOn)) => self.comparable(node, left, right),
            (Type::Number, other) | (other, Type::Number) => Err(self.unlike(node, left, other)),
            _ => Err(self.fault(node, "只有数字和日期能比大小，请改用 == 或 in")),
        }
    }

    fn begins(&self, node: &IdedExpr, of: &Type, with: &Type) -> Checked {
        let (Type::Of(field), Type::Words(written)) = (of, with) else {
            return Err(self.fault(node, "startsWith 请写成 division.startsWith(\"4407\")"));
        };
        if field.kind() != Kind::Code {
            return Err(self.fault(node, "startsWith 只能比较区划代码，请改用 == 或 in"));
        }
        written.iter().try_for_each(|word| words::begins_code(self.text, word))?;
        Ok(Type::YesNo)
    }

    fn unlike(&self, node: &IdedExpr, left: &Type, right: &Type) -> Refusal {
        self.fault(node, format!("{}不能和{}比较，请改正", left.label(), right.label()))
    }

    fn unknown_call(&self, node: &IdedExpr, name: &str) -> Refusal {
        let reason = match name {
            op::ADD | op::SUBSTRACT | op::MULTIPLY | op::DIVIDE | op::MODULO | op::NEGATE => {
                "规则只比较，不计算，请把算好的数写进规则".to_owned()
            }
            op::INDEX | op::OPT_INDEX | op::OPT_SELECT => "不能按序号取值，请用 in 或 exists".to_owned(),
            "map" => "这种写法不能用，列表请用 exists 或 all".to_owned(),
            "matches" | "contains" | "endsWith" => {
                format!("不能用 {name} 找文字，请用 == 或 in 写明要哪些值")
            }
            _ if FUNCTIONS.contains(&name) => format!("“{name}”的写法不对，请检查括号里的内容"),
            _ => match nearest(name, FUNCTIONS.into_iter()) {
                Some(near) => format!("没有“{}”这个写法，您是不是想写“{near}”？请改正", short(name)),
                None => format!("没有“{}”这个写法，能用的有 {}，请改正", short(name), FUNCTIONS.join("、")),
            },
        };
        self.refusal(&SEGMENT_FUNCTION, node, reason)
    }

    fn fault(&self, node: &IdedExpr, why: impl AsRef<str>) -> Refusal {
        self.refusal(&SEGMENT_TYPE, node, why)
    }

    fn refusal(&self, kind: &RefusalKind, node: &IdedExpr, why: impl AsRef<str>) -> Refusal {
        kind.with(format!("{}：{}。", place(self.text, self.at(node)), why.as_ref()))
    }

    fn at(&self, node: &IdedExpr) -> usize {
        self.source.offset_for(node.id).map_or(0, |(start, _)| start as usize)
    }
}
