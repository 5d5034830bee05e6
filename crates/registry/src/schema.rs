//! Tables of the registry. A person, a membership and an account are three
//! things: cashiers, relatives and lawyers are persons without a membership.

mod delegate;
mod employer_search;
mod export;
mod import;
mod membership_year;
mod takeover;

use kernel::Migration;

/// All registry steps, oldest first.
#[must_use]
pub fn migrations() -> Vec<Migration> {
    vec![
        Migration { name: "registry_0001_organization", sql: ORGANIZATION },
        Migration { name: "registry_0002_person", sql: PERSON },
        Migration { name: "registry_0003_account", sql: ACCOUNT },
        Migration { name: "registry_0004_join", sql: JOIN },
        Migration { name: "registry_0005_organization_reason", sql: ORGANIZATION_REASON },
        Migration { name: "registry_0006_sign_in", sql: SIGN_IN },
        Migration { name: "registry_0007_import", sql: import::IMPORT },
        Migration { name: "registry_0008_export", sql: export::EXPORT },
        Migration { name: "registry_0009_takeover", sql: takeover::TAKEOVER },
        Migration { name: "registry_0010_employer_search", sql: employer_search::EMPLOYER_SEARCH },
        Migration { name: "registry_0011_organization_name", sql: ORGANIZATION_NAME },
        Migration { name: "registry_0012_membership_year", sql: membership_year::MEMBERSHIP_YEAR },
        Migration { name: "registry_0013_delegate", sql: delegate::DELEGATE },
    ]
}

const ORGANIZATION: &str = r"
CREATE TABLE division (
  code text NOT NULL,
  name text NOT NULL,
  parent_code text,
  level text NOT NULL CHECK (level IN ('city', 'district', 'town', 'street', 'other')),
  valid_from {day} NOT NULL,
  valid_to {day},
  PRIMARY KEY (code, valid_from),
  CHECK (valid_to IS NULL OR valid_to > valid_from)
)
;;
CREATE TABLE organization (
  id {uuid} PRIMARY KEY REFERENCES node (id),
  name text NOT NULL CHECK (length(name) BETWEEN 2 AND 100),
  kind text NOT NULL,
  state text NOT NULL CHECK (state IN ('founding', 'established', 'refused', 'dissolved')),
  uscc text,
  division_code text NOT NULL,
  employees_declared bigint CHECK (employees_declared >= 0),
  founded_by {uuid},
  established_on {day},
  dissolved_on {day},
  term_from {day},
  term_to {day},
  contact_name text,
  contact_phone_sealed {bytes},
  address text,
  synthetic boolean NOT NULL,
  created_at {time} NOT NULL,
  version bigint NOT NULL,
  CHECK (state <> 'established' OR established_on IS NOT NULL),
  CHECK (term_to IS NULL OR term_to > term_from)
)
;;
CREATE UNIQUE INDEX organization_uscc_once ON organization (uscc) WHERE uscc IS NOT NULL AND state IN ('founding', 'established')
;;
CREATE INDEX organization_by_name ON organization (name)
;;
CREATE INDEX organization_by_division ON organization (division_code, kind)
;;
CREATE TABLE employer (
  id {uuid} PRIMARY KEY,
  name text NOT NULL,
  uscc text,
  division_code text NOT NULL,
  synthetic boolean NOT NULL,
  created_at {time} NOT NULL
)
;;
CREATE UNIQUE INDEX employer_uscc_once ON employer (uscc) WHERE uscc IS NOT NULL
;;
CREATE INDEX employer_by_name ON employer (name)
;;
CREATE TABLE organization_employer (
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  employer_id {uuid} NOT NULL REFERENCES employer (id),
  valid_from {day} NOT NULL,
  valid_to {day},
  PRIMARY KEY (organization_id, employer_id, valid_from)
)
;;
CREATE UNIQUE INDEX organization_employer_once ON organization_employer (employer_id) WHERE valid_to IS NULL
;;
CREATE TABLE join_link (
  code text PRIMARY KEY,
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  created_by {uuid},
  created_at {time} NOT NULL,
  ended_at {time}
)
;;
CREATE UNIQUE INDEX join_link_one_open ON join_link (organization_id) WHERE ended_at IS NULL
";

const PERSON: &str = r"
CREATE TABLE person (
  id {uuid} PRIMARY KEY,
  name text,
  sex text CHECK (sex IN ('male', 'female')),
  birth {day},
  id_kind text CHECK (id_kind IN ('resident_id', 'hk_mo_tw_residence_permit', 'foreign_permanent_resident')),
  id_number_sealed {bytes},
  phone_sealed {bytes},
  real_name text NOT NULL CHECK (real_name IN ('none', 'declared', 'verified')),
  synthetic boolean NOT NULL,
  created_at {time} NOT NULL,
  erased_at {time}
)
;;
CREATE INDEX person_by_name ON person (name)
;;
CREATE TABLE person_index (
  kind text NOT NULL CHECK (kind IN ('id_number', 'phone')),
  digest {bytes} NOT NULL CHECK (length(digest) = 32),
  person_id {uuid} NOT NULL REFERENCES person (id),
  PRIMARY KEY (kind, digest, person_id)
)
;;
CREATE UNIQUE INDEX person_one_id_number ON person_index (digest) WHERE kind = 'id_number'
;;
CREATE INDEX person_index_by_person ON person_index (person_id)
;;
CREATE TABLE mandate (
  id {uuid} PRIMARY KEY,
  principal_id {uuid} NOT NULL REFERENCES person (id),
  agent_id {uuid} NOT NULL REFERENCES person (id),
  scope text NOT NULL,
  basis text NOT NULL CHECK (length(basis) > 0),
  valid_from {day} NOT NULL,
  valid_to {day},
  recorded_by {uuid},
  revoked_at {time},
  CHECK (principal_id <> agent_id)
)
;;
CREATE UNIQUE INDEX mandate_once ON mandate (principal_id, agent_id, scope) WHERE revoked_at IS NULL
;;
CREATE TABLE membership (
  id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL REFERENCES person (id),
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  employer_id {uuid} REFERENCES employer (id),
  state text NOT NULL CHECK (state IN ('active', 'retained', 'transferred', 'left')),
  employment_form text NOT NULL CHECK (employment_form IN ('labour_contract', 'dispatched', 'platform', 'flexible')),
  work text,
  joined_on {day} NOT NULL,
  ended_on {day},
  end_reason text,
  source text NOT NULL CHECK (source IN ('joined', 'imported', 'demo')),
  created_at {time} NOT NULL,
  CHECK ((state = 'active') = (ended_on IS NULL))
)
;;
CREATE UNIQUE INDEX membership_one_active ON membership (person_id) WHERE state = 'active'
;;
CREATE INDEX membership_by_organization ON membership (organization_id, state, id)
;;
CREATE INDEX membership_by_person ON membership (person_id, id)
;;
CREATE TABLE officer (
  id {uuid} PRIMARY KEY,
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  person_id {uuid} NOT NULL REFERENCES person (id),
  title text NOT NULL CHECK (title IN ('chair', 'vice_chair', 'audit_director', 'women_director', 'committee_member', 'organiser')),
  valid_from {day} NOT NULL,
  valid_to {day},
  recorded_by {uuid},
  CHECK (valid_to IS NULL OR valid_to > valid_from)
)
;;
CREATE UNIQUE INDEX officer_one_chair ON officer (organization_id) WHERE title = 'chair' AND valid_to IS NULL
;;
CREATE INDEX officer_by_organization ON officer (organization_id, id)
";

const ACCOUNT: &str = r"
CREATE TABLE account (
  id {uuid} PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('member', 'staff')),
  login text,
  name text,
  person_id {uuid} REFERENCES person (id),
  phone_sealed {bytes},
  phone_digest {bytes},
  password_hash text,
  must_change boolean NOT NULL,
  totp_sealed {bytes},
  totp_last_step bigint NOT NULL,
  failures bigint NOT NULL CHECK (failures >= 0),
  locked_until {time},
  disabled_at {time},
  demo_key text,
  synthetic boolean NOT NULL,
  created_at {time} NOT NULL
)
;;
CREATE UNIQUE INDEX account_login_once ON account (login) WHERE login IS NOT NULL
;;
CREATE UNIQUE INDEX account_phone_once ON account (phone_digest) WHERE phone_digest IS NOT NULL
;;
CREATE UNIQUE INDEX account_person_once ON account (person_id) WHERE person_id IS NOT NULL
;;
CREATE UNIQUE INDEX account_demo_key_once ON account (demo_key) WHERE demo_key IS NOT NULL
;;
CREATE TABLE sign_in_code (
  phone_digest {bytes} PRIMARY KEY,
  code_hash {bytes} NOT NULL,
  sent_at {time} NOT NULL,
  expires_at {time} NOT NULL,
  tries bigint NOT NULL,
  sent_on {day} NOT NULL,
  sent_count bigint NOT NULL
)
";

const JOIN: &str = r"
CREATE TABLE join_draft (
  account_id {uuid} PRIMARY KEY REFERENCES account (id),
  answers_sealed {bytes} NOT NULL,
  saved_at {time} NOT NULL,
  expires_on {day} NOT NULL
)
;;
CREATE TABLE join_application (
  id {uuid} PRIMARY KEY,
  account_id {uuid} NOT NULL REFERENCES account (id),
  door text NOT NULL CHECK (door IN ('employer', 'open')),
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  dispatch boolean NOT NULL,
  work text,
  division_code text,
  employer_name text,
  name text,
  id_kind text NOT NULL,
  id_number_sealed {bytes},
  id_digest {bytes},
  phone_sealed {bytes},
  employment_form text NOT NULL,
  consent_version text NOT NULL,
  state text NOT NULL CHECK (state IN ('submitted', 'returned', 'approved', 'withdrawn', 'expired')),
  submitted_at {time} NOT NULL,
  decided_at {time},
  return_reason text,
  membership_id {uuid} REFERENCES membership (id),
  synthetic boolean NOT NULL,
  CHECK ((state = 'approved') = (membership_id IS NOT NULL))
)
;;
CREATE UNIQUE INDEX join_application_one_open ON join_application (account_id) WHERE state IN ('submitted', 'returned')
;;
CREATE UNIQUE INDEX join_application_one_identity ON join_application (id_digest) WHERE state = 'submitted'
;;
CREATE INDEX join_application_by_organization ON join_application (organization_id, state, id)
;;
CREATE TABLE consent (
  id {uuid} PRIMARY KEY,
  account_id {uuid} NOT NULL REFERENCES account (id),
  purpose text NOT NULL,
  version text NOT NULL,
  given_at {time} NOT NULL,
  withdrawn_at {time}
)
;;
CREATE INDEX consent_by_account ON consent (account_id, id)
";

/// A name is a union's own among the unions that are there: held by the database, since an import enters many at once.
const ORGANIZATION_NAME: &str = r"
CREATE UNIQUE INDEX organization_name_once ON organization (name) WHERE state IN ('founding', 'established')
";

/// Reasons are free text and may name a person, so they stand beside the event, where they can be erased.
const ORGANIZATION_REASON: &str = r"
CREATE TABLE organization_reason (
  event_id {uuid} PRIMARY KEY REFERENCES event (id),
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  reason text
)
;;
CREATE INDEX organization_reason_by_organization ON organization_reason (organization_id)
";

/// Why somebody looked is free text and may name a person: beside the event, like the reasons above.
const SIGN_IN: &str = r"
CREATE TABLE login_failure (
  login_digest {bytes} PRIMARY KEY CHECK (length(login_digest) = 32),
  failures bigint NOT NULL,
  locked_until {time},
  seen_on {day} NOT NULL
)
;;
CREATE INDEX login_failure_by_day ON login_failure (seen_on)
;;
CREATE TABLE totp_enrolment (
  session_id {uuid} PRIMARY KEY REFERENCES session (id),
  account_id {uuid} NOT NULL REFERENCES account (id),
  secret_sealed {bytes} NOT NULL,
  created_at {time} NOT NULL
)
;;
CREATE INDEX totp_enrolment_by_account ON totp_enrolment (account_id)
;;
CREATE TABLE reveal_reason (
  event_id {uuid} PRIMARY KEY REFERENCES event (id),
  person_id {uuid} NOT NULL REFERENCES person (id),
  reason text
)
;;
CREATE INDEX reveal_reason_by_person ON reveal_reason (person_id)
";
