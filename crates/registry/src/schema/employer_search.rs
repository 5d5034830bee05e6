//! Tables of the employer search: other names, and the keys under which a name is found.

/// Kinds of key: `c` core, `i` initials, `p` pair of sounds, or a district with a sound, `s` sound of the core, `w`
/// whole name. Keys are made of names only and can be made anew at any time; `employer_search` says which reading of
/// names they come from.
pub(super) const EMPLOYER_SEARCH: &str = r"
CREATE TABLE employer_alias (
  employer_id {uuid} NOT NULL REFERENCES employer (id),
  name text NOT NULL CHECK (length(name) BETWEEN 2 AND 100),
  added_by {uuid},
  created_at {time} NOT NULL,
  PRIMARY KEY (employer_id, name)
)
;;
-- @sqlite
CREATE TABLE employer_key (
  kind text NOT NULL,
  key text NOT NULL,
  employer_id {uuid} NOT NULL,
  PRIMARY KEY (kind, key, employer_id)
) WITHOUT ROWID
;;
-- @postgres
CREATE TABLE employer_key (
  kind text NOT NULL,
  key text NOT NULL,
  employer_id {uuid} NOT NULL,
  PRIMARY KEY (kind, key, employer_id)
)
;;
CREATE TABLE employer_search (
  employer_id {uuid} PRIMARY KEY REFERENCES employer (id),
  version bigint NOT NULL
)
;;
CREATE INDEX membership_by_employer ON membership (employer_id, state, id) WHERE employer_id IS NOT NULL
";
