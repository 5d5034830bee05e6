//! The second factor: RFC 6238 with SHA-1, six digits, 30 seconds, one step of
//! tolerance either way (what every authenticator app speaks), by the injected clock.
//! A step is good once: `totp_last_step` only grows.

use kernel::time::Time;
use kernel::{Cx, Error, Result, Tx};
use serde::Deserialize;
use totp_rs::{Algorithm, Builder, Secret, Totp};
use utoipa::ToSchema;

use super::entity::Model;
use super::limits::Limits;
use super::signed::{self, Signed};
use super::{TOTP_USED, TOTP_WRONG, lockout, vault};

/// Six digits of the authenticator.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct TotpInput {
    /// Six digits.
    pub code: String,
}

/// Signs in with the second factor.
///
/// # Errors
/// `auth.required` unless this is due, `totp.wrong`, `totp.used`, `sign_in.locked`, `account.disabled`, or the database.
pub async fn sign_in_totp(cx: Cx, input: TotpInput) -> Result<Signed> {
    let session = signed::due(&cx, "totp")?;
    let tx = cx.begin().await?;
    let limits = Limits::load(&tx, tx.today()).await?;
    let account = signed::account_of(&tx, &session).await?;
    if account.failing().is_locked(tx.now()) {
        let refusal = lockout::locked(account.failing(), tx.now());
        return tx.refuse(refusal).await;
    }
    let Some(step) = step_of(&tx, &account, &input.code)? else {
        let refusal = lockout::count(&tx, &account, &limits, TOTP_WRONG.refusal().on("code")).await?;
        return tx.refuse(refusal).await;
    };
    let claim = "UPDATE account SET totp_last_step = $2 WHERE id = $1 AND totp_last_step < $2";
    if tx.execute_sql(claim, [account.id.into(), step.into()]).await? == 0 {
        return Err(TOTP_USED.refusal().on("code").into());
    }
    signed::spend(&tx, &session).await?;
    let signed = signed::start(&tx, &cx, &account, "done", &limits, "totp").await?;
    tx.commit(signed).await
}

fn step_of(tx: &Tx, account: &Model, code: &str) -> Result<Option<i64>> {
    let Some(sealed) = &account.totp_sealed else {
        return Ok(None);
    };
    let secret = vault::open_totp(tx.app().keys.as_ref(), account.id, sealed)?;
    check(&secret, code, tx.now())
}

/// The step that a code belongs to, if it is one of the three that are good now.
pub(super) fn check(secret: &[u8; 20], code: &str, now: Time) -> Result<Option<i64>> {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    let step = device(secret)?.check(code.trim(), seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

fn device(secret: &[u8; 20]) -> Result<Totp> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(Secret::new_stack(*secret))
        .build()
        .map_err(Error::internal)
}

/// The secret as people type it into an app: base 32 of RFC 4648 without padding.
pub(super) fn base32(secret: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = |index: usize| secret.get(index / 8).is_some_and(|byte| byte & (0x80 >> (index % 8)) != 0);
    let places = (secret.len() * 8).div_ceil(5);
    let value = |place: usize| (0..5).fold(0, |value, bit| value << 1 | usize::from(bits(place * 5 + bit)));
    (0..places).map(|place| char::from(ALPHABET[value(place)])).collect()
}

/// The address that an authenticator app reads from the QR code; `issuer` and
/// `account` are percent-encoded.
pub(super) fn uri(secret: &[u8; 20], issuer: &str, account: &str) -> String {
    let (issuer, account) = (percent(issuer), percent(account));
    let secret = base32(secret);
    format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
}

fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECRET: &[u8; 20] = b"12345678901234567890";

    fn at(seconds: i64) -> Time {
        chrono::DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn published_vectors() {
        // RFC 6238, appendix B, SHA-1; the last six of its eight digits.
        let cases = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, code) in cases {
            assert_eq!(check(SECRET, code, at(seconds)).unwrap(), Some(seconds / 30), "{seconds}");
        }
        // RFC 4648, chapter 10.
        for (plain, coded) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn one_step_of_tolerance() {
        for (shift, good) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            let step = check(SECRET, "050471", at(1_111_111_111 + shift)).unwrap();
            assert_eq!(step, good.then_some(37_037_037), "{shift}");
        }
        for wrong in ["", "05047", "0504711", "05047a", "+50471", "０５０４７１"] {
            assert_eq!(check(SECRET, wrong, at(1_111_111_111)).unwrap(), None, "{wrong}");
        }
    }

    #[test]
    fn the_address_of_the_qr_code() {
        let uri = uri(SECRET, "智工", "chair.li");
        assert_eq!(
            uri,
            "otpauth://totp/%E6%99%BA%E5%B7%A5:chair.li?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=%E6%99%BA%E5%B7%A5&algorithm=SHA1&digits=6&period=30"
        );
    }

    proptest! {
        #[test]
        fn any_code_is_judged(code in any::<String>(), seconds in 0i64..4_000_000_000) {
            let _ = check(SECRET, &code, at(seconds)).unwrap();
        }
    }
}
