//! A real city's first run: three administrators, who can do nothing before they have
//! changed the password and enrolled the second factor.

use serde_json::json;

use crate::support::{Browser, House};

const PASSWORD: &str = "Kapok-tree 27 blooms";

/// The one-time password that the first run printed for a login.
fn printed(said: &str, login: &str) -> String {
    let line = said.lines().find(|line| line.trim_start().starts_with(&format!("{login} ")));
    line.and_then(|line| line.split_whitespace().nth(1)).unwrap().to_owned()
}

/// The six digits of now for a secret in base 32.
fn digits(secret: &str) -> String {
    let place = |letter: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).unwrap();
    let bits: String = secret.chars().map(|letter| format!("{:05b}", place(letter))).collect();
    let byte = |at: usize| u8::from_str_radix(&bits[at * 8..at * 8 + 8], 2).unwrap();
    let secret = totp_rs::Secret::new_stack(std::array::from_fn(byte));
    let device = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let seconds = u64::try_from(kernel::time::Clock::system().now().timestamp()).unwrap();
    device.generate(seconds).to_string()
}

fn next(browser: &Browser, path: &str, body: &serde_json::Value) -> String {
    let answer = browser.post(path, body);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.body["next"].as_str().unwrap_or_default().to_owned()
}

kernel::both_engines! {
    /// Password, new password, second factor: only then is the administrator signed in.
    async fn administrators_sign_in_step_by_step(house: House) {
        let running = house.serve(&[]);
        for (login, role) in [("system", "system_admin"), ("security", "security_admin"), ("audit", "audit_admin")] {
            let browser = running.browser();
            let password = printed(&running.said, login);
            let signed = next(&browser, "/api/sign-in/password", &json!({ "login": login, "password": password }));
            assert_eq!(signed, "password");
            assert_eq!(browser.get("/api/me").status, 401);
            assert_eq!(next(&browser, "/api/sign-in/new-password", &json!({ "password": PASSWORD })), "enrol_totp");
            assert_eq!(browser.get("/api/me").status, 401);
            let secret = browser.post("/api/sign-in/enrol-totp", &json!({})).body["secret"].as_str().unwrap().to_owned();
            assert_eq!(next(&browser, "/api/sign-in/confirm-totp", &json!({ "code": digits(&secret) })), "done");
            assert_eq!(browser.get("/api/me").body["roles"][0]["role"], role);
        }
        // Nobody is a demo account here, and the passwords are not shown again.
        assert_eq!(running.browser().get("/api/site").body["demo_accounts"], json!([]));
        assert_eq!(running.browser().post("/api/sign-in/demo", &json!({ "key": "city" })).status, 404);
        assert!(running.stop().success());
        let again = house.serve(&[]);
        assert!(!again.said.contains("audit"), "{}", again.said);
        drop(again);
        assert!(house.refused(&["--demo"]).contains("真实数据"));
    }

    /// Whoever sits at the server lets an administrator in again.
    async fn an_administrator_is_reset_at_the_server(house: House) {
        assert!(house.serve(&[]).stop().success());
        let output = house.run(&["reset-administrator", "security"], &[]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{said}");
        let password = said.lines().nth(1).unwrap().trim().to_owned();
        let running = house.serve(&[]);
        let signed = next(
            &running.browser(),
            "/api/sign-in/password",
            &json!({ "login": "security", "password": password }),
        );
        assert_eq!(signed, "password");
        let nobody = house.run(&["reset-administrator", "nobody"], &[]);
        assert_eq!(nobody.status.code(), Some(2));
        assert!(house.run(&["verify", "events"], &[]).status.success());
    }
}
