//! The consent that joining asks for: its text, its version (the day it came into
//! force), who gave it when. A changed text is a new version, and is agreed to anew.
//!
//! Written after the Personal Information Protection Law: consent is informed and
//! versioned (articles 14, 17), easy to withdraw (15), and what it is not needed
//! for is not refused without it (16).
//!
//! ```
//! use registry::account::consent;
//!
//! assert!(consent::check(consent::VERSION).is_ok());
//! assert!(consent::check("2020-01-01").is_err());
//! ```

use kernel::event::Event;
use kernel::{Id, Result, Tx};
use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{CONSENT_VERSION, consent_entity};

/// The version in force.
pub const VERSION: &str = "2026-11-22";

/// The text in force.
pub const TEXT: &str = "\
一、谁在处理您的信息。您申请加入的工会和它的上级工会，为办理入会、管理会籍、提供会员服务而处理您的信息。

二、用到哪些信息。姓名、证件类型和号码、手机号、用工形式，以及您填写的单位或从事的工作。证件号码属于敏感个人信息，\
只用来确认您是本人、保证一个人只有一份会籍；没有它就不能办理入会，但不影响您拨打 12351、查看政策和求助。

三、怎样保护。证件号码和手机号加密保存，页面上只显示一部分。工作人员要看完整号码必须写明理由，每次都有记录，\
您可以在“我的资料”里看到谁在什么时候、为什么看过。

四、保存多久、给谁。会籍存续期间保存；申请没有办成或者您退会以后，按法律规定的最短期限保存，到期删除或者去掉能认出您的内容。\
除法律规定的情形外，不经您单独同意不提供给别人，不用于广告。

五、您的权利。您可以随时在“我的资料”里查看、下载自己的信息，更换手机号；可以要求改正、删除；可以撤回同意。\
撤回以后不再办理正在进行的申请，之前已经办好的不受影响。办理请到所在工会，或拨打 12351。";

/// Refuses a version that is not in force.
///
/// # Errors
/// `consent.version`.
pub fn check(version: &str) -> Result<()> {
    if version == VERSION { Ok(()) } else { Err(CONSENT_VERSION.refusal().on("consent_version").into()) }
}

/// Records that an account consents to the text in force for a purpose (`join`).
///
/// # Errors
/// `consent.version`, or the database.
pub async fn give(tx: &Tx, account_id: Id, purpose: &str, version: &str) -> Result<Id> {
    check(version)?;
    let id = tx.id();
    let row = consent_entity::ActiveModel {
        id: Set(id),
        account_id: Set(account_id),
        purpose: Set(purpose.to_owned()),
        version: Set(version.to_owned()),
        given_at: Set(tx.now()),
        withdrawn_at: Set(None),
    };
    consent_entity::Entity::insert(row).exec_without_returning(tx).await?;
    let event = Event::of("consent.given", "account", account_id).with("purpose", purpose).with("version", version);
    tx.record(event).await?;
    Ok(id)
}
