//! Links by which a department reads its result and files its reply without an account.

/// A link is for one reply: of an evaluation one is open at a time, it ends once (used, or revoked), and nothing else of
/// it ever changes. The link itself is kept nowhere: it is worked out from its row with a key. The triggers hold against
/// every program, ours among them.
pub const DEPARTMENT_LINK: &str = r"
CREATE TABLE department_link (
  id {uuid} PRIMARY KEY,
  evaluation_id {uuid} NOT NULL REFERENCES evaluation (id),
  replaces {uuid} REFERENCES department_reply (id),
  made_by {uuid},
  made_on {day} NOT NULL,
  expires_on {day} NOT NULL CHECK (expires_on >= made_on),
  revoked_on {day} CHECK (revoked_on >= made_on),
  reply_id {uuid} UNIQUE REFERENCES department_reply (id),
  CHECK (revoked_on IS NULL OR reply_id IS NULL)
)
;;
CREATE INDEX department_link_by_evaluation ON department_link (evaluation_id, id)
;;
CREATE UNIQUE INDEX department_link_one_open ON department_link (evaluation_id) WHERE revoked_on IS NULL AND reply_id IS NULL
;;
-- How often a link was used on a day.
CREATE TABLE department_link_day (
  link_id {uuid} NOT NULL REFERENCES department_link (id),
  day {day} NOT NULL,
  uses bigint NOT NULL CHECK (uses >= 1),
  PRIMARY KEY (link_id, day)
)
;;
-- @sqlite
CREATE TRIGGER department_link_frozen BEFORE UPDATE ON department_link
WHEN NEW.id IS NOT OLD.id OR NEW.evaluation_id IS NOT OLD.evaluation_id OR NEW.replaces IS NOT OLD.replaces OR
  NEW.made_by IS NOT OLD.made_by OR NEW.made_on IS NOT OLD.made_on OR NEW.expires_on IS NOT OLD.expires_on OR
  OLD.revoked_on IS NOT NULL OR OLD.reply_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a link ends once'); END
;;
-- @sqlite
CREATE TRIGGER department_link_kept BEFORE DELETE ON department_link
BEGIN SELECT RAISE(ABORT, 'links are never deleted'); END
;;
-- @postgres
CREATE FUNCTION department_link_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'links are never deleted'; END IF;
  IF NEW.id IS DISTINCT FROM OLD.id OR NEW.evaluation_id IS DISTINCT FROM OLD.evaluation_id OR
    NEW.replaces IS DISTINCT FROM OLD.replaces OR NEW.made_by IS DISTINCT FROM OLD.made_by OR
    NEW.made_on IS DISTINCT FROM OLD.made_on OR NEW.expires_on IS DISTINCT FROM OLD.expires_on OR
    OLD.revoked_on IS NOT NULL OR OLD.reply_id IS NOT NULL
  THEN RAISE EXCEPTION 'a link ends once'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER department_link_frozen BEFORE UPDATE OR DELETE ON department_link
FOR EACH ROW EXECUTE FUNCTION department_link_frozen()
";
