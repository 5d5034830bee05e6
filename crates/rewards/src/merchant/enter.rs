//! A merchant is entered: at the desk, or by itself on the phone.

use chrono::NaiveDate;
use kernel::{Cx, Error, Id, Result, Tx};
use registry::employer::uscc::Uscc;
use registry::organization::record;
use registry::person::name::clean_name;
use registry::person::phone::Phone;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::MERCHANT_KEEP;
use super::rules::{self, MerchantCategory};
use super::{MERCHANT_TWICE, bank, bank_entity, entity, step, vault};

/// A bank account to be paid to.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MerchantBankInput {
    /// In whose name it stands.
    pub holder: String,
    /// Bank and branch.
    pub bank: String,
    /// Its number.
    pub number: String,
}

/// A firm that is to take points.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MerchantForm {
    /// Name on the business licence.
    pub name: String,
    /// Unified social credit code.
    pub uscc: String,
    /// What it sells.
    pub category: MerchantCategory,
    /// Whom to call.
    pub contact_name: String,
    /// His mobile phone.
    pub contact_phone: String,
    /// Where it is paid.
    pub bank: MerchantBankInput,
}

/// A merchant entered at the desk.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct MerchantEnter {
    /// The union that contracts.
    pub organization_id: Uuid,
    /// The firm.
    pub form: MerchantForm,
    /// What was agreed: fee, days of payment.
    pub terms: String,
    /// First day.
    pub contract_from: NaiveDate,
    /// The first day on which it is over.
    pub contract_to: NaiveDate,
}

/// A merchant that was entered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MerchantEntered {
    /// Which.
    pub id: Uuid,
}

/// Enters a merchant at the desk; another officer approves it.
///
/// # Errors
/// `merchant.form`, `merchant.contract`, `merchant.twice`, `uscc.*`, `name.*`, `phone.format`, 404 outside the caller's
/// scope; the database.
pub async fn enter(cx: Cx, input: MerchantEnter) -> Result<MerchantEntered> {
    let checked = checked(&input.form)?;
    let terms = rules::text(&input.terms, "terms", "结算约定", 2, 500)?;
    let (from, to) = rules::contract(Some(input.contract_from), Some(input.contract_to), cx.today())?;
    let tx = cx.begin().await?;
    let union = record::load(&tx, input.organization_id).await?;
    cx.caller.must(&tx, MERCHANT_KEEP, union.id).await?;
    record::must_be_established(&union)?;
    let mut row = blank(&tx, union.id, &checked)?;
    row.terms = Set(Some(terms));
    row.contract_from = Set(Some(from));
    row.contract_to = Set(Some(to));
    let id = insert(&tx, row, checked, "entered").await?;
    tx.commit(MerchantEntered { id }).await
}

/// A form that passed.
pub(super) struct Checked {
    name: String,
    uscc: Uscc,
    category: MerchantCategory,
    contact_name: String,
    contact_phone: Phone,
    bank: bank::Checked,
}

/// Reads a form.
pub(super) fn checked(form: &MerchantForm) -> Result<Checked> {
    Ok(Checked {
        name: rules::text(&form.name, "name", "商户名称", 2, 60)?,
        uscc: Uscc::parse(&form.uscc)?,
        category: form.category,
        contact_name: clean_name(&form.contact_name)?,
        contact_phone: Phone::parse(&form.contact_phone)?,
        bank: bank::checked(&form.bank)?,
    })
}

pub(super) fn blank(tx: &Tx, organization: Id, form: &Checked) -> Result<entity::ActiveModel> {
    let id = tx.id();
    Ok(entity::ActiveModel {
        id: Set(id),
        organization_id: Set(organization),
        name: Set(form.name.clone()),
        uscc: Set(form.uscc.to_string()),
        category: Set(form.category.as_str().to_owned()),
        contact_name: Set(form.contact_name.clone()),
        contact_phone_sealed: Set(vault::seal_phone(tx.app().keys.as_ref(), id, &form.contact_phone)?),
        terms: Set(None),
        contract_from: Set(None),
        contract_to: Set(None),
        state: Set("waiting".to_owned()),
        reason: Set(None),
        applicant_id: Set(None),
        synthetic: Set(tx.app().config.demo),
        entered_by: Set(tx.caller().account_id()),
        entered_at: Set(tx.now()),
        decided_by: Set(None),
        decided_at: Set(None),
        version: Set(1),
    })
}

/// Writes a merchant with its first bank account, both waiting.
pub(super) async fn insert(tx: &Tx, row: entity::ActiveModel, form: Checked, what: &'static str) -> Result<Id> {
    let id = *row.id.as_ref();
    let claimed = entity::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if claimed.exec_without_returning(tx).await? != 1 {
        return Err(MERCHANT_TWICE.refusal().on("uscc").into());
    }
    bank_entity::Entity::insert(bank::row(tx, id, &form.bank)?).exec_without_returning(tx).await?;
    let merchant = entity::Entity::find_by_id(id).one(tx).await?.ok_or_else(Error::not_found)?;
    step::write(tx, &merchant, what, "merchant.entered", None).await?;
    Ok(id)
}

/// Puts a form into a returned application: everything but the code by which the firm is known.
pub(super) async fn rewrite(tx: &Tx, merchant: &entity::Model, form: &Checked) -> Result<bool> {
    if form.uscc.as_str() != merchant.uscc {
        return Err(MERCHANT_TWICE.with("统一社会信用代码不能改；填错了的，请重新申请一家。").on("uscc").into());
    }
    let sql = "UPDATE merchant SET name = $3, category = $4, contact_name = $5, contact_phone_sealed = $6,
        state = 'waiting', reason = NULL, entered_by = $7, decided_by = NULL, decided_at = NULL, version = version + 1
        WHERE id = $1 AND version = $2 AND state = 'returned'";
    let values = [
        merchant.id.into(),
        merchant.version.into(),
        form.name.clone().into(),
        form.category.as_str().into(),
        form.contact_name.clone().into(),
        vault::seal_phone(tx.app().keys.as_ref(), merchant.id, &form.contact_phone)?.into(),
        tx.caller().account_id().into(),
    ];
    if tx.execute_sql(sql, values).await? != 1 {
        return Ok(false);
    }
    bank::refuse_waiting(tx, merchant.id, "重新提交了申请").await?;
    bank_entity::Entity::insert(bank::row(tx, merchant.id, &form.bank)?).exec_without_returning(tx).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use registry::employer::uscc::synthetic;

    use super::*;

    #[test]
    fn a_form_is_read() {
        let bank = MerchantBankInput {
            holder: "示例餐饮有限公司".to_owned(),
            bank: "示例银行江门分行".to_owned(),
            number: "6217 0000 1234 5678".to_owned(),
        };
        let form = MerchantForm {
            name: "示例餐饮有限公司".to_owned(),
            uscc: synthetic('9', '1', "440703", 77).unwrap().to_string(),
            category: MerchantCategory::Catering,
            contact_name: "陈示例".to_owned(),
            contact_phone: "19900000088".to_owned(),
            bank,
        };
        assert_eq!(checked(&form).unwrap().bank.number.tail(), "5678");
        let wrong = MerchantForm { uscc: "911100001000013428".to_owned(), ..form };
        assert!(checked(&wrong).is_err());
    }
}
