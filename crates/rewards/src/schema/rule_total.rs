//! What a point rule may give altogether.

/// A rule never gives more than its total: a CHECK, and one statement that claims each grant. Rules that were made before
/// have no total. What stopped at it is told apart from an empty budget by its cause.
pub const RULE_TOTAL: &str = r"
ALTER TABLE point_rule ADD COLUMN given_cents bigint NOT NULL DEFAULT 0 CHECK (given_cents >= 0)
;;
UPDATE point_rule SET given_cents =
  (SELECT COALESCE(sum(g.amount_cents), 0) FROM point_grant g WHERE g.rule_id = point_rule.id)
;;
ALTER TABLE point_rule ADD COLUMN total_cents bigint
  CHECK (total_cents IS NULL OR (total_cents >= amount_cents AND given_cents <= total_cents))
;;
ALTER TABLE point_grant ADD COLUMN cause text CHECK (cause IS NULL OR (cause = 'total' AND outcome = 'budget'))
";
