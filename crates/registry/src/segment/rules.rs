//! A rule: its text, read and proven harmless once, then asked of any number of people. Pure.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use cel::{Context, Env, ExecutionError, Program, Value};
use kernel::{Error, Refusal, Result};

use super::facts::PersonFacts;
use super::fields::Field;
use super::types::Types;
use super::{SEGMENT_EMPTY, SEGMENT_HEAVY, SEGMENT_LONG, SEGMENT_RESULT, SEGMENT_SYNTAX};

/// Characters of a rule at the most.
pub const LONGEST: usize = 2_000;
/// Levels of a rule at the most; a chain of `&&` is flat.
const DEEPEST: usize = 24;
/// Stack of the thread that reads a rule: the deepest that [`LONGEST`] characters can build fits many times.
const STACK_BYTES: usize = 32 << 20;

/// The language without extensions: no regular expressions, no clock, no encoders.
static LANGUAGE: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// A rule over people that was read and checked: it names known fields only, says yes or no, and ends soon.
#[derive(Debug, Clone)]
pub struct Segment {
    text: String,
    program: Arc<Program>,
    uses: BTreeSet<Field>,
}

impl Segment {
    /// Reads and checks a rule.
    ///
    /// # Errors
    /// `segment.*`, with the position in the rule and the next step.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if text.trim().is_empty() {
            return Err(SEGMENT_EMPTY.refusal().on("rule"));
        }
        let length = text.chars().count();
        if length > LONGEST {
            let message = format!("规则有 {length} 个字，最多 {LONGEST} 个字，请精简或分成几条规则。");
            return Err(SEGMENT_LONG.with(message).on("rule"));
        }
        let (program, uses) = read(text).map_err(|refusal| refusal.on("rule"))?;
        Ok(Self { text: text.trim().to_owned(), program: Arc::new(program), uses })
    }

    /// The rule as it was written, without blanks around it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The fields it asks for.
    #[must_use]
    pub fn uses(&self) -> &BTreeSet<Field> {
        &self.uses
    }

    /// The rule as it was read.
    pub(super) fn program(&self) -> &Program {
        &self.program
    }

    /// Whether the rule covers somebody; a condition on what is not known of him does not hold, nor its opposite.
    ///
    /// # Errors
    /// A fault of ours: a rule that passed the checks and cannot be evaluated all the same.
    pub fn matches(&self, person: &PersonFacts) -> Result<bool> {
        let mut context = Context::with_env(LANGUAGE.clone());
        context.set_variable_resolver(person);
        match self.program.execute(&context) {
            Ok(Value::Bool(covered)) => Ok(covered),
            Err(ExecutionError::UndeclaredReference(name)) if *name == Field::Age.name() && person.age.is_none() => {
                Ok(false)
            }
            // The error may hold values of the person.
            Ok(_) | Err(_) => Err(Error::internal("a checked rule was not evaluated")),
        }
    }
}

/// Reads and checks a rule on a stack of its own: the text may be built to exhaust the one of a request. What is
/// refused is taken apart there as well.
fn read(text: &str) -> Result<(Program, BTreeSet<Field>), Refusal> {
    let source = text.to_owned();
    let reader = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let program = Program::compile(&source).map_err(|faults| syntax(&source, &faults))?;
        if deeper(program.expression(), DEEPEST) {
            return Err(heavy("括号或条件套得太深"));
        }
        let uses = Types::of(&source, &program)?;
        Ok((program, uses))
    });
    let read = reader.ok().and_then(|reader| reader.join().ok());
    read.unwrap_or_else(|| Err(SEGMENT_SYNTAX.refusal()))
}

/// The refusal of a rule that would take too much to answer.
pub(super) fn heavy(what: &str) -> Refusal {
    SEGMENT_HEAVY.with(format!("规则太复杂：{what}，请精简或分成几条规则。"))
}

/// The refusal of a rule that says something else than yes or no.
pub(super) fn no_answer() -> Refusal {
    SEGMENT_RESULT.refusal()
}

/// Whether an expression has more levels than these.
fn deeper(node: &cel::IdedExpr, levels: usize) -> bool {
    use cel::common::ast::Expr;
    let Some(below) = levels.checked_sub(1) else { return true };
    match &node.expr {
        Expr::Call(call) => call.target.iter().map(Box::as_ref).chain(&call.args).any(|node| deeper(node, below)),
        Expr::Comprehension(each) => [&each.iter_range, &each.accu_init, &each.loop_step, &each.result]
            .into_iter()
            .any(|node| deeper(node, below)),
        Expr::List(list) => list.elements.iter().any(|node| deeper(node, below)),
        Expr::Select(select) => deeper(&select.operand, below),
        // Refused whatever they hold; how deep they are does not matter.
        Expr::Map(_) | Expr::Struct(_) | Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => false,
    }
}

/// Where and why a text is no rule.
fn syntax(text: &str, faults: &cel::ParseErrors) -> Refusal {
    let (line, column) = faults.errors.first().map_or((1, 1), |fault| fault.pos);
    let line = usize::try_from(line - 1).unwrap_or_default();
    let column = usize::try_from(column - 1).unwrap_or_default();
    let before: usize = text.split_inclusive('\n').take(line).map(|line| line.chars().count()).sum();
    let at = (before + column).min(text.chars().count());
    let hint = match text.chars().nth(at) {
        Some(c) if WIDE.contains(c) => format!("{c} 是中文标点，请改用英文半角标点"),
        Some('=') => "相等请写成 ==，不等请写成 !=".to_owned(),
        Some('&' | '|') => "并且请写成 &&，或者请写成 ||".to_owned(),
        Some(c) if !c.is_ascii() => "文字请放在英文双引号里，字段请写英文名".to_owned(),
        None => "规则没有写完，请检查引号和括号是否成对".to_owned(),
        Some(_) => "请检查引号和括号是否成对、条件之间是否用 && 或 || 连接".to_owned(),
    };
    SEGMENT_SYNTAX.with(format!("{}看不懂：{hint}。", place(text, at)))
}

/// Punctuation of a Chinese keyboard that stands in for what the language means.
const WIDE: &str = "“”‘’（），。！＝＜＞【】［］｜＆；：";

/// A place in a rule in words, counted from 1.
pub(super) fn place(text: &str, at: usize) -> String {
    let before: String = text.chars().take(at).collect();
    let lines = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    if text.contains('\n') {
        format!("第 {} 行第 {column} 个字处", lines + 1)
    } else {
        format!("第 {column} 个字处")
    }
}

#[cfg(test)]
mod tests;
