//! Business licences of firms that apply.

/// What was attached to an application is never changed: triggers. The bytes are sealed in the file store.
pub const LICENCE: &str = r"
CREATE TABLE merchant_licence (
  file_id {uuid} PRIMARY KEY,
  merchant_id {uuid} NOT NULL REFERENCES merchant (id),
  name text NOT NULL CHECK (length(name) >= 1),
  content_type text NOT NULL CHECK (content_type IN ('image/jpeg', 'image/png', 'image/webp', 'application/pdf')),
  added_by {uuid} NOT NULL,
  added_at {time} NOT NULL
)
;;
CREATE INDEX merchant_licence_by_merchant ON merchant_licence (merchant_id)
;;
-- @sqlite
CREATE TRIGGER merchant_licence_frozen BEFORE UPDATE ON merchant_licence
BEGIN SELECT RAISE(ABORT, 'what was attached is never changed'); END
;;
-- @sqlite
CREATE TRIGGER merchant_licence_kept BEFORE DELETE ON merchant_licence
BEGIN SELECT RAISE(ABORT, 'what was attached is never deleted'); END
;;
-- @postgres
CREATE TRIGGER merchant_licence_frozen BEFORE UPDATE OR DELETE ON merchant_licence FOR EACH ROW EXECUTE FUNCTION never_changed()
";
