//! The table of delegates (会员代表): who spoke for the members of a union, from when to when.

/// A seat hangs on a membership, so that it is over when the membership is, whoever ended that. It is ended once and
/// its days stay: the triggers hold against every program, ours among them.
pub(super) const DELEGATE: &str = r"
CREATE TABLE delegate (
  id {uuid} PRIMARY KEY,
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  membership_id {uuid} NOT NULL REFERENCES membership (id),
  valid_from {day} NOT NULL,
  valid_to {day},
  basis text NOT NULL CHECK (length(basis) BETWEEN 2 AND 200),
  end_reason text CHECK (length(end_reason) BETWEEN 2 AND 200),
  entered_by {uuid},
  ended_by {uuid},
  CHECK (valid_to >= valid_from),
  CHECK ((valid_to IS NULL) = (end_reason IS NULL)),
  CHECK (valid_to IS NOT NULL OR ended_by IS NULL)
)
;;
-- A membership is of one person in one union: one open seat for each of these pairs.
CREATE UNIQUE INDEX delegate_one_open ON delegate (membership_id) WHERE valid_to IS NULL
;;
CREATE INDEX delegate_by_organization ON delegate (organization_id, id)
;;
-- @sqlite
CREATE TRIGGER delegate_kept BEFORE DELETE ON delegate BEGIN SELECT RAISE(ABORT, 'delegates are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER delegate_frozen BEFORE UPDATE ON delegate
WHEN OLD.valid_to IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.organization_id IS NOT OLD.organization_id OR
  NEW.membership_id IS NOT OLD.membership_id OR NEW.valid_from IS NOT OLD.valid_from OR
  NEW.basis IS NOT OLD.basis OR NEW.entered_by IS NOT OLD.entered_by
BEGIN SELECT RAISE(ABORT, 'a delegate is only ended, and once'); END
;;
-- @postgres
CREATE FUNCTION delegate_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'delegates are never deleted'; END IF;
  IF OLD.valid_to IS NOT NULL OR NEW.id <> OLD.id OR NEW.organization_id <> OLD.organization_id OR
    NEW.membership_id <> OLD.membership_id OR NEW.valid_from <> OLD.valid_from OR
    NEW.basis <> OLD.basis OR NEW.entered_by IS DISTINCT FROM OLD.entered_by
  THEN RAISE EXCEPTION 'a delegate is only ended, and once'; END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER delegate_frozen BEFORE UPDATE OR DELETE ON delegate FOR EACH ROW EXECUTE FUNCTION delegate_frozen()
";
