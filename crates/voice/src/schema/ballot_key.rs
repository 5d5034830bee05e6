//! Keys of secret ballots.

/// One RSA key per poll. Triggers see to what the code promises: a key is claimed once and for all, its public
/// half never changes, a private half that was destroyed never comes back, and a key that was used is never deleted.
/// (A sealed private half may be sealed again with another data key.)
pub const BALLOT_KEY: &str = r"
CREATE TABLE ballot_key (
  id {uuid} PRIMARY KEY,
  public_spki {bytes} NOT NULL CHECK (length(public_spki) = 294),
  key_hash text NOT NULL CHECK (length(key_hash) = 64),
  private_sealed {bytes},
  made_on {day} NOT NULL,
  used_for {uuid},
  claimed_on {day},
  destroyed_on {day},
  CHECK ((used_for IS NULL) = (claimed_on IS NULL)),
  CHECK ((private_sealed IS NULL) = (destroyed_on IS NOT NULL)),
  CHECK (destroyed_on IS NULL OR used_for IS NOT NULL)
)
;;
CREATE UNIQUE INDEX ballot_key_hash_once ON ballot_key (key_hash)
;;
CREATE UNIQUE INDEX ballot_key_used_once ON ballot_key (used_for) WHERE used_for IS NOT NULL
;;
CREATE INDEX ballot_key_ready ON ballot_key (id) WHERE used_for IS NULL
;;
-- @sqlite
CREATE TRIGGER ballot_key_frozen BEFORE UPDATE ON ballot_key
WHEN NEW.id <> OLD.id OR NEW.public_spki <> OLD.public_spki OR NEW.key_hash <> OLD.key_hash OR NEW.made_on <> OLD.made_on
  OR (OLD.used_for IS NOT NULL AND (NEW.used_for IS NULL OR NEW.used_for <> OLD.used_for OR NEW.claimed_on <> OLD.claimed_on))
  OR OLD.destroyed_on IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a ballot key is claimed once and destroyed once'); END
;;
-- @sqlite
CREATE TRIGGER ballot_key_kept BEFORE DELETE ON ballot_key WHEN OLD.used_for IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a ballot key that was used is kept'); END
;;
-- @postgres
CREATE FUNCTION ballot_key_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a ballot key is claimed once, destroyed once and kept'; END $$
;;
-- @postgres
CREATE TRIGGER ballot_key_frozen BEFORE UPDATE ON ballot_key FOR EACH ROW
WHEN (NEW.id <> OLD.id OR NEW.public_spki <> OLD.public_spki OR NEW.key_hash <> OLD.key_hash OR NEW.made_on <> OLD.made_on
  OR (OLD.used_for IS NOT NULL AND (NEW.used_for IS NULL OR NEW.used_for <> OLD.used_for OR NEW.claimed_on <> OLD.claimed_on))
  OR OLD.destroyed_on IS NOT NULL)
EXECUTE FUNCTION ballot_key_guard()
;;
-- @postgres
CREATE TRIGGER ballot_key_kept BEFORE DELETE ON ballot_key FOR EACH ROW WHEN (OLD.used_for IS NOT NULL)
EXECUTE FUNCTION ballot_key_guard()
";
