//! The first run of a real city: the divisions, the city federation as the root of
//! the tree, and the three administrators (系统 / 安全 / 审计), each with a random
//! one-time password that is printed once and kept nowhere in clear. Everything else
//! is entered by them and by those they let in.

use kernel::app::App;
use kernel::crypto::password::one_time_password;
use kernel::{Cx, Error, Id, Result, Tx};
use registry::division::data::{DivisionLevel, bundled};
use registry::organization::record::{self, NewOrganization};
use registry::organization::rules::OrganizationKind;
use registry::{account, division, staff};

/// Login, name and role of the three.
const ADMINISTRATORS: [(&str, &str, &str); 3] = [
    ("system", "系统管理员", "system_admin"),
    ("security", "安全管理员", "security_admin"),
    ("audit", "审计管理员", "audit_admin"),
];

/// Somebody who can sign in for the first time.
pub struct Administrator {
    pub login: &'static str,
    pub name: &'static str,
    pub one_time_password: String,
}

/// Fills an empty database, in one transaction.
///
/// # Errors
/// When the database refuses.
pub async fn fill(app: &App) -> Result<Vec<Administrator>> {
    let tx = Cx::system(app).begin().await?;
    division::seed(&tx).await?;
    let root = root(&tx).await?;
    let mut made = Vec::new();
    for (login, name, role) in ADMINISTRATORS {
        let one_time_password = one_time_password();
        let account_id = account::create_staff(&tx, login, name, None, &one_time_password).await?;
        staff::give(&tx, staff::NewGrant { account_id, role, node_id: root, last_day: None }).await?;
        made.push(Administrator { login, name, one_time_password });
    }
    tx.commit(()).await?;
    Ok(made)
}

async fn root(tx: &Tx) -> Result<Id> {
    let city = bundled().into_iter().find(|row| row.level == DivisionLevel::City);
    let city = city.ok_or_else(|| Error::internal("the bundled divisions have no city"))?;
    let federation = NewOrganization {
        id: tx.id(),
        parent: None,
        name: format!("{}总工会", city.name),
        kind: OrganizationKind::CityFederation,
        uscc: None,
        division_code: city.code.to_owned(),
        // The day of its founding is not known here; the first day that can be asked for is.
        established_on: Some(division::FIRST_DAY),
        employees_declared: None,
        contact_name: None,
        contact_phone: None,
        address: None,
        synthetic: false,
    };
    record::insert(tx, federation).await
}

/// Prints the three, once.
pub fn announce(administrators: &[Administrator]) {
    println!("第一次启动：请立即抄下三个管理员的一次性密码，它们只显示这一次。");
    println!("First run: write down the one-time passwords of the three administrators; they are shown only once.");
    for one in administrators {
        println!("    {:<10} {:<20} {}", one.login, one.one_time_password, one.name);
    }
    println!("登录后须改密码并绑定动态口令；抄漏了用 zhigong reset-administrator 登录名 重发。");
    println!("Each is changed and a second factor enrolled at the first sign-in.\n");
}
