//! Every "no" of signing in and of one's own data.

use kernel::Refusal;
use kernel::crypto::password::PasswordFault;

kernel::refusals! {
    /// Login or password is wrong; the same whether the login exists or not.
    SIGN_IN_WRONG = "sign_in.wrong", UNPROCESSABLE_ENTITY, "登录名或密码不对，请检查大小写后重试；连续输错会暂时锁定，忘记密码请联系系统管理员重置。";
    /// Too many failures; the login is locked for some minutes, whether it exists or not.
    SIGN_IN_LOCKED = "sign_in.locked", TOO_MANY_REQUESTS, "连续输错次数太多，已暂时锁定，请稍后再试；急用请联系系统管理员解锁。";
    /// A staff account without a second factor was to be entered with an SMS code alone.
    SIGN_IN_STAFF = "sign_in.staff", CONFLICT, "这是工作人员账号，还没有设置动态口令。请先在电脑上用登录名和密码登录工作台，按提示完成设置。";
    /// The account was disabled.
    ACCOUNT_DISABLED = "account.disabled", FORBIDDEN, "这个账号已停用。如有疑问，请带身份证到所在工会查询，或拨打 12351。";
    /// A code was sent to this phone a moment ago.
    CODE_WAIT = "code.wait", TOO_MANY_REQUESTS, "验证码刚刚发过，请稍等再重新获取。";
    /// The phone has had its codes of today.
    CODE_DAILY = "code.daily", TOO_MANY_REQUESTS, "这个手机号今天获取验证码的次数已用完，请明天再试；急用请拨打 12351。";
    /// The code is wrong.
    CODE_WRONG = "code.wrong", UNPROCESSABLE_ENTITY, "验证码不对，请核对短信后重新填写。";
    /// No code is good for this phone: none was sent, it is used, or it ran out.
    CODE_EXPIRED = "code.expired", UNPROCESSABLE_ENTITY, "验证码已过期或已用过，请重新获取验证码。";
    /// Too many wrong tries; the code is worth nothing now.
    CODE_BURNED = "code.burned", UNPROCESSABLE_ENTITY, "验证码输错次数太多，已经作废，请重新获取验证码。";
    /// The code of the second factor is wrong.
    TOTP_WRONG = "totp.wrong", UNPROCESSABLE_ENTITY, "动态口令不对。请打开验证器看最新的 6 位数字，并检查手机时间是否准确。";
    /// The code of the second factor was used before.
    TOTP_USED = "totp.used", UNPROCESSABLE_ENTITY, "这个动态口令已经用过，请等验证器换成下一个数字后再填写。";
    /// The new password has fewer than ten characters.
    PASSWORD_SHORT = "password.short", UNPROCESSABLE_ENTITY, "密码至少要有 10 个字符。请加长后再提交。";
    /// The new password has more than 128 characters.
    PASSWORD_LONG = "password.long", UNPROCESSABLE_ENTITY, "密码最多 128 个字符。请缩短后再提交。";
    /// The new password holds control characters.
    PASSWORD_CHARACTERS = "password.characters", UNPROCESSABLE_ENTITY, "密码里有无法显示的字符。请换成键盘上能直接输入的字符。";
    /// The new password has fewer than three classes of characters.
    PASSWORD_CLASSES = "password.classes", UNPROCESSABLE_ENTITY, "密码要包含小写字母、大写字母、数字、符号中的至少三类。请补充后再提交。";
    /// The new password holds the login.
    PASSWORD_LOGIN = "password.login", UNPROCESSABLE_ENTITY, "密码里不能包含登录名。请换一个密码。";
    /// The new password is a common one.
    PASSWORD_COMMON = "password.common", UNPROCESSABLE_ENTITY, "这个密码太常见，容易被猜到。请换一个别人想不到的密码。";
    /// The new password is the one-time password itself.
    PASSWORD_SAME = "password.same", UNPROCESSABLE_ENTITY, "新密码不能和一次性密码相同。请换一个自己的密码。";
    /// A login of another form.
    LOGIN_FORMAT = "login.format", UNPROCESSABLE_ENTITY, "登录名要 3 到 40 个字符，以字母开头，只用小写字母、数字和 . _ -。请改后再提交。";
    /// The login belongs to another account.
    LOGIN_TAKEN = "login.taken", CONFLICT, "这个登录名已经有人使用，请换一个。";
    /// The phone belongs to another account.
    PHONE_TAKEN = "phone.taken", CONFLICT, "这个手机号已经有账号。请直接用它登录；如果不是您的账号，请带身份证到所在工会办理，或拨打 12351。";
    /// The consent was given to a text that is no longer in force.
    CONSENT_VERSION = "consent.version", CONFLICT, "个人信息处理说明已经更新，请重新阅读并勾选同意后再提交。";
}

/// The faults of a new password as one refusal: the code of the first, the sentences of all.
///
/// `None` when there is no fault.
#[must_use]
pub fn of_password(faults: &[PasswordFault]) -> Option<Refusal> {
    let kind = match faults.first()? {
        PasswordFault::Short => PASSWORD_SHORT,
        PasswordFault::Long => PASSWORD_LONG,
        PasswordFault::Characters => PASSWORD_CHARACTERS,
        PasswordFault::Classes => PASSWORD_CLASSES,
        PasswordFault::Login => PASSWORD_LOGIN,
        PasswordFault::Common => PASSWORD_COMMON,
    };
    let sentences: String = faults.iter().map(|fault| format!("{fault}。")).collect();
    Some(kind.with(sentences).on("password"))
}
