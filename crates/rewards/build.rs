//! Tells the OpenAPI derive what the kernel's short names stand for: it sees only the name of a field's type.

fn main() {
    utoipa_config::Config::new()
        .alias_for("Id", "uuid::Uuid")
        .alias_for("Day", "chrono::NaiveDate")
        .alias_for("Time", "chrono::DateTime<chrono::Utc>")
        .write_to_file();
}
