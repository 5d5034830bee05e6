//! The faults of the pure rules as refusals: the same codes, the sentence of the
//! fault itself, closed with its full stop.

use kernel::error::RefusalKind;
use kernel::{Error, Refusal};

use super::id_number::IdError;
use super::name::TextError;
use super::phone::PhoneError;

kernel::refusals! {
    /// An ID number has neither 18 nor 15 places.
    ID_LENGTH = "id.length", UNPROCESSABLE_ENTITY, "证件号码应为 18 位。请对照证件，检查有没有多填或漏填。";
    /// An ID number holds a character that cannot stand there.
    ID_CHARACTERS = "id.characters", UNPROCESSABLE_ENTITY, "证件号码里有不该出现的字符。请对照证件重新填写。";
    /// The day of birth in an ID number does not exist.
    ID_DATE = "id.date", UNPROCESSABLE_ENTITY, "证件号码里的出生日期不存在。请对照证件，逐位核对第 7 至 14 位。";
    /// The check digit of an ID number does not fit.
    ID_CHECK = "id.check", UNPROCESSABLE_ENTITY, "证件号码的末位校验不对。请对照证件逐位核对。";
    /// The division at the head of an ID number does not exist.
    ID_DIVISION = "id.division", UNPROCESSABLE_ENTITY, "证件号码开头的地区代码不存在。请对照证件，核对前 6 位。";
    /// The day of birth in an ID number lies after today.
    ID_FUTURE = "id.future", UNPROCESSABLE_ENTITY, "证件号码里的出生日期在今天之后。请对照证件，核对第 7 至 14 位。";
    /// The name is missing.
    NAME_EMPTY = "name.empty", UNPROCESSABLE_ENTITY, "请填写姓名。";
    /// The name is too long.
    NAME_LONG = "name.long", UNPROCESSABLE_ENTITY, "姓名太长。请按身份证件上的姓名填写。";
    /// The name holds a character that no name has.
    NAME_CHARACTERS = "name.characters", UNPROCESSABLE_ENTITY, "姓名里有不能使用的字符。请按身份证件上的姓名填写，只用汉字、字母和间隔号“·”。";
    /// The text is missing.
    TEXT_EMPTY = "text.empty", UNPROCESSABLE_ENTITY, "请填写内容。";
    /// The text is too long.
    TEXT_LONG = "text.long", UNPROCESSABLE_ENTITY, "内容太长。请缩短后再提交。";
    /// The text holds control or hidden characters.
    TEXT_CHARACTERS = "text.characters", UNPROCESSABLE_ENTITY, "内容里有看不见的控制字符，不能保存。请删除后手工重新输入。";
    /// The text is no mobile number of mainland China.
    PHONE_FORMAT = "phone.format", UNPROCESSABLE_ENTITY, "手机号码不对。请填写 11 位的中国大陆手机号码。";
}

fn refusal(kind: &RefusalKind, sentence: &str) -> Refusal {
    kind.with(format!("{sentence}。"))
}

impl From<IdError> for Refusal {
    fn from(fault: IdError) -> Self {
        let kind = match fault {
            IdError::Length => ID_LENGTH,
            IdError::Characters => ID_CHARACTERS,
            IdError::Date => ID_DATE,
            IdError::Check => ID_CHECK,
            IdError::Division => ID_DIVISION,
            IdError::Future => ID_FUTURE,
        };
        refusal(&kind, &fault.message()).on("id_number")
    }
}

impl From<TextError> for Refusal {
    fn from(fault: TextError) -> Self {
        match fault {
            TextError::NameEmpty => refusal(&NAME_EMPTY, &fault.message()).on("name"),
            TextError::NameLong => refusal(&NAME_LONG, &fault.message()).on("name"),
            TextError::NameCharacters(_) => refusal(&NAME_CHARACTERS, &fault.message()).on("name"),
            TextError::TextEmpty => refusal(&TEXT_EMPTY, &fault.message()),
            TextError::TextLong(_) => refusal(&TEXT_LONG, &fault.message()),
            TextError::TextCharacters(_) => refusal(&TEXT_CHARACTERS, &fault.message()),
        }
    }
}

impl From<PhoneError> for Refusal {
    fn from(fault: PhoneError) -> Self {
        refusal(&PHONE_FORMAT, &fault.message()).on("phone")
    }
}

impl From<IdError> for Error {
    fn from(fault: IdError) -> Self {
        Refusal::from(fault).into()
    }
}

impl From<TextError> for Error {
    fn from(fault: TextError) -> Self {
        Refusal::from(fault).into()
    }
}

impl From<PhoneError> for Error {
    fn from(fault: PhoneError) -> Self {
        Refusal::from(fault).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_faults() {
        let ids =
            [IdError::Length, IdError::Characters, IdError::Date, IdError::Check, IdError::Division, IdError::Future];
        assert!(ids.iter().all(|fault| Refusal::from(*fault).code == fault.code()));
        let texts = [
            TextError::NameEmpty,
            TextError::NameLong,
            TextError::NameCharacters(1),
            TextError::TextEmpty,
            TextError::TextLong(10),
            TextError::TextCharacters(1),
        ];
        assert!(texts.iter().all(|fault| Refusal::from(*fault).code == fault.code()));
        assert_eq!(Refusal::from(PhoneError).code, PhoneError.code());
        assert!(Refusal::from(IdError::Check).message.ends_with('。'));
    }
}
