//! Rows of the hot path in one tree less.

/// A use of a lot is its key and a number: on `SQLite` the key is the table.
pub const LEAN: &str = r"
-- @sqlite
CREATE TABLE lot_use_lean (
  transfer_id {uuid} NOT NULL,
  lot_id {uuid} NOT NULL,
  amount_cents bigint NOT NULL CHECK (amount_cents <> 0),
  PRIMARY KEY (transfer_id, lot_id)
) WITHOUT ROWID
;;
-- @sqlite
INSERT INTO lot_use_lean (transfer_id, lot_id, amount_cents) SELECT transfer_id, lot_id, amount_cents FROM lot_use
;;
-- @sqlite
DROP TABLE lot_use
;;
-- @sqlite
ALTER TABLE lot_use_lean RENAME TO lot_use
;;
-- @sqlite
CREATE INDEX lot_use_by_lot ON lot_use (lot_id, transfer_id)
;;
-- @sqlite
CREATE TRIGGER lot_use_frozen BEFORE UPDATE ON lot_use BEGIN SELECT RAISE(ABORT, 'uses of lots are never changed'); END
;;
-- @sqlite
CREATE TRIGGER lot_use_kept BEFORE DELETE ON lot_use BEGIN SELECT RAISE(ABORT, 'uses of lots are never deleted'); END
";
