//! Budgets, bank lines, batches of issue, point rules, daily proofs and closed months.

/// What stood behind money stays: bank lines, proofs and closed months are never changed; a budget is one of a union,
/// year and purpose; a person is one line of a batch, an event is one grant of a rule. What is promised out of a budget
/// (`reserved_cents`) is never less than nothing; that it is never more than there is, is held by the statement that
/// reserves and by the floor of the budget's account.
pub const POINTS: &str = r"
-- Purposes under the rules for the money of unions (经费收支管理).
CREATE TABLE points_purpose (
  code text PRIMARY KEY,
  label text NOT NULL CHECK (length(label) BETWEEN 2 AND 30),
  basis text NOT NULL CHECK (length(basis) BETWEEN 2 AND 200),
  position bigint NOT NULL
)
;;
INSERT INTO points_purpose (code, label, basis, position) VALUES
  ('festival', '节日慰问', '《基层工会经费收支管理办法》（总工办发〔2017〕32号）第八条：逢年过节向全体会员发放节日慰问品', 1),
  ('birthday', '生日慰问', '《基层工会经费收支管理办法》（总工办发〔2017〕32号）第八条：会员生日慰问', 2),
  ('activity', '文体活动', '《基层工会经费收支管理办法》（总工办发〔2017〕32号）第八条：文体活动的奖励', 3),
  ('training', '职工教育和技能竞赛', '《基层工会经费收支管理办法》（总工办发〔2017〕32号）第八条：职工教育、劳动和技能竞赛', 4),
  ('care', '送温暖和困难慰问', '《基层工会经费收支管理办法》（总工办发〔2017〕32号）第九条、第十一条：服务职工、困难帮扶', 5),
  ('join', '入会服务', '平台初始用途：新会员入会的服务积分，由市总工会按年度工作部署确定', 6),
  ('entrusted', '受托资金', '平台初始用途：政府或其他单位委托发放的专项资金，单独建账、单独报告', 7)
;;
-- Money that came in at the bank: what every top-up stands on.
CREATE TABLE bank_line (
  id {uuid} PRIMARY KEY,
  book_id {uuid} NOT NULL REFERENCES ledger_book (id),
  number text NOT NULL CHECK (length(number) BETWEEN 4 AND 60),
  day {day} NOT NULL,
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  payer text NOT NULL CHECK (length(payer) BETWEEN 2 AND 100),
  note text CHECK (length(note) <= 200),
  file_id {uuid} REFERENCES file (id),
  row_number bigint CHECK (row_number > 0),
  entered_by {uuid},
  entered_at {time} NOT NULL,
  CHECK ((file_id IS NULL) = (row_number IS NULL)),
  UNIQUE (book_id, number)
)
;;
CREATE INDEX bank_line_by_day ON bank_line (book_id, day, id)
;;
-- A union's money for a purpose in a year; the money itself stands in its account of the ledger.
CREATE TABLE points_budget (
  account_id {uuid} PRIMARY KEY REFERENCES ledger_account (id),
  book_id {uuid} NOT NULL REFERENCES ledger_book (id),
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  fiscal_year bigint NOT NULL CHECK (fiscal_year BETWEEN 2019 AND 2100),
  purpose text NOT NULL REFERENCES points_purpose (code),
  reserved_cents bigint NOT NULL CHECK (reserved_cents >= 0),
  opened_by {uuid},
  opened_at {time} NOT NULL,
  UNIQUE (book_id, organization_id, fiscal_year, purpose)
)
;;
CREATE INDEX points_budget_by_organization ON points_budget (organization_id, account_id)
;;
-- Money about to come into a budget from the bank, or to go back from where it came.
CREATE TABLE points_funding (
  id {uuid} PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('top_up', 'give_back')),
  budget_id {uuid} NOT NULL REFERENCES points_budget (account_id),
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  bank_line_id {uuid} REFERENCES bank_line (id),
  reason text NOT NULL CHECK (length(reason) BETWEEN 2 AND 200),
  state text NOT NULL CHECK (state IN ('waiting', 'done', 'returned')),
  asked_by {uuid},
  asked_at {time} NOT NULL,
  ended_at {time},
  transfer_id {uuid} UNIQUE,
  CHECK ((kind = 'top_up') = (bank_line_id IS NOT NULL)),
  CHECK ((state = 'waiting') = (ended_at IS NULL)),
  CHECK ((state = 'done') = (transfer_id IS NOT NULL))
)
;;
CREATE UNIQUE INDEX points_funding_one_of_a_line ON points_funding (bank_line_id) WHERE state IN ('waiting', 'done')
;;
CREATE INDEX points_funding_by_budget ON points_funding (budget_id, id)
;;
-- Points for many at once.
CREATE TABLE issue_batch (
  id {uuid} PRIMARY KEY,
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  budget_id {uuid} NOT NULL REFERENCES points_budget (account_id),
  kind text NOT NULL CHECK (kind IN ('activity', 'list', 'segment')),
  name text NOT NULL CHECK (length(name) BETWEEN 2 AND 60),
  each_cents bigint CHECK (each_cents > 0),
  rule text,
  file_id {uuid} REFERENCES file (id),
  file_name text,
  expires_on {day} NOT NULL,
  state text NOT NULL CHECK (state IN ('preparing', 'prepared', 'waiting', 'running', 'done', 'short', 'withdrawn', 'failed')),
  cursor {uuid},
  people bigint NOT NULL CHECK (people >= 0),
  amount_cents bigint NOT NULL CHECK (amount_cents >= 0),
  over_limit bigint NOT NULL CHECK (over_limit >= 0),
  faults bigint NOT NULL CHECK (faults >= 0),
  issued_people bigint NOT NULL CHECK (issued_people >= 0),
  issued_cents bigint NOT NULL CHECK (issued_cents >= 0),
  refused_people bigint NOT NULL CHECK (refused_people >= 0),
  trouble text,
  return_reason text,
  event_id {uuid},
  made_by {uuid},
  made_at {time} NOT NULL,
  released_at {time},
  ended_at {time},
  version bigint NOT NULL,
  CHECK ((kind = 'segment') = (rule IS NOT NULL)),
  CHECK ((kind = 'list') = (file_id IS NOT NULL)),
  CHECK ((kind = 'list') = (each_cents IS NULL)),
  CHECK (issued_people + refused_people <= people),
  CHECK (issued_cents <= amount_cents),
  CHECK ((state IN ('running', 'done', 'short')) = (released_at IS NOT NULL))
)
;;
CREATE INDEX issue_batch_by_organization ON issue_batch (organization_id, id)
;;
CREATE INDEX issue_batch_by_budget ON issue_batch (budget_id, id)
;;
-- Who gets how much: a person once in a batch, whatever happens to the process that issues.
CREATE TABLE issue_line (
  batch_id {uuid} NOT NULL REFERENCES issue_batch (id),
  person_id {uuid} NOT NULL REFERENCES person (id),
  row_number bigint,
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  over_limit boolean NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'issued', 'refused')),
  code text,
  PRIMARY KEY (batch_id, person_id),
  CHECK ((state = 'refused') = (code IS NOT NULL))
)
;;
CREATE INDEX issue_line_by_state ON issue_line (batch_id, state, person_id)
;;
CREATE INDEX issue_line_by_person ON issue_line (person_id, batch_id)
;;
-- Rows of a list that cannot be taken; never with what stood in them.
CREATE TABLE issue_fault (
  batch_id {uuid} NOT NULL REFERENCES issue_batch (id),
  row_number bigint NOT NULL CHECK (row_number > 0),
  code text NOT NULL,
  message text NOT NULL,
  PRIMARY KEY (batch_id, row_number)
)
;;
-- What a person got for a purpose in a year, for the limits.
CREATE TABLE points_given (
  person_id {uuid} NOT NULL REFERENCES person (id),
  purpose text NOT NULL REFERENCES points_purpose (code),
  fiscal_year bigint NOT NULL,
  cents bigint NOT NULL CHECK (cents >= 0),
  PRIMARY KEY (person_id, purpose, fiscal_year)
)
;;
-- An event gives points.
CREATE TABLE point_rule (
  id {uuid} PRIMARY KEY,
  organization_id {uuid} NOT NULL REFERENCES organization (id),
  budget_id {uuid} NOT NULL REFERENCES points_budget (account_id),
  name text NOT NULL CHECK (length(name) BETWEEN 2 AND 60),
  event_kind text NOT NULL,
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  daily_cents bigint CHECK (daily_cents >= amount_cents),
  yearly_cents bigint CHECK (yearly_cents >= amount_cents),
  from_on {day} NOT NULL,
  to_on {day} NOT NULL CHECK (to_on >= from_on),
  valid_days bigint NOT NULL CHECK (valid_days BETWEEN 1 AND 3660),
  state text NOT NULL CHECK (state IN ('waiting', 'on', 'ended', 'returned')),
  made_by {uuid},
  made_at {time} NOT NULL,
  ended_at {time},
  return_reason text,
  CHECK ((state IN ('ended', 'returned')) = (ended_at IS NOT NULL))
)
;;
CREATE INDEX point_rule_by_event ON point_rule (event_kind, state)
;;
CREATE INDEX point_rule_by_organization ON point_rule (organization_id, id)
;;
-- What a rule made of an event: points, or why not. Never silently lost, never twice.
CREATE TABLE point_grant (
  rule_id {uuid} NOT NULL REFERENCES point_rule (id),
  event_id {uuid} NOT NULL REFERENCES event (id),
  person_id {uuid} REFERENCES person (id),
  day {day} NOT NULL,
  year bigint NOT NULL,
  amount_cents bigint NOT NULL CHECK (amount_cents >= 0),
  outcome text NOT NULL CHECK (outcome IN ('given', 'daily_cap', 'yearly_cap', 'limit', 'budget', 'nobody', 'ledger')),
  at {time} NOT NULL,
  PRIMARY KEY (rule_id, event_id),
  CHECK ((outcome = 'given') = (amount_cents > 0)),
  CHECK (outcome <> 'given' OR person_id IS NOT NULL)
)
;;
CREATE INDEX point_grant_by_person ON point_grant (rule_id, person_id, year, day)
;;
-- Who was told which points end.
CREATE TABLE points_expiry_told (
  person_id {uuid} NOT NULL REFERENCES person (id),
  expires_on {day} NOT NULL,
  told_on {day} NOT NULL,
  PRIMARY KEY (person_id, expires_on)
)
;;
-- Once a day: what is at the bank is what is owed.
CREATE TABLE points_proof (
  book_id {uuid} NOT NULL REFERENCES ledger_book (id),
  day {day} NOT NULL,
  custody_cents bigint NOT NULL,
  budget_cents bigint NOT NULL,
  wallet_cents bigint NOT NULL,
  merchant_cents bigint NOT NULL,
  other_cents bigint NOT NULL,
  unmatched_cents bigint NOT NULL,
  transfers bigint NOT NULL,
  agrees boolean NOT NULL,
  made_at {time} NOT NULL,
  PRIMARY KEY (book_id, day),
  CHECK (agrees = (custody_cents = budget_cents + wallet_cents + merchant_cents + other_cents))
)
;;
-- A month that is closed: its figures and their digest.
CREATE TABLE points_month (
  book_id {uuid} NOT NULL REFERENCES ledger_book (id),
  month text NOT NULL CHECK (length(month) = 7),
  figures {json} NOT NULL,
  digest {bytes} NOT NULL CHECK (length(digest) = 32),
  closed_by {uuid},
  closed_at {time} NOT NULL,
  PRIMARY KEY (book_id, month)
)
;;
-- @sqlite
CREATE TRIGGER bank_line_frozen BEFORE UPDATE ON bank_line BEGIN SELECT RAISE(ABORT, 'bank lines are never changed'); END
;;
-- @sqlite
CREATE TRIGGER bank_line_kept BEFORE DELETE ON bank_line BEGIN SELECT RAISE(ABORT, 'bank lines are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER points_proof_frozen BEFORE UPDATE ON points_proof BEGIN SELECT RAISE(ABORT, 'proofs are never changed'); END
;;
-- @sqlite
CREATE TRIGGER points_proof_kept BEFORE DELETE ON points_proof BEGIN SELECT RAISE(ABORT, 'proofs are never deleted'); END
;;
-- @sqlite
CREATE TRIGGER points_month_frozen BEFORE UPDATE ON points_month BEGIN SELECT RAISE(ABORT, 'a closed month is never changed'); END
;;
-- @sqlite
CREATE TRIGGER points_month_kept BEFORE DELETE ON points_month BEGIN SELECT RAISE(ABORT, 'a closed month is never deleted'); END
;;
-- @sqlite
CREATE TRIGGER point_grant_frozen BEFORE UPDATE ON point_grant BEGIN SELECT RAISE(ABORT, 'grants are never changed'); END
;;
-- @sqlite
CREATE TRIGGER point_grant_kept BEFORE DELETE ON point_grant BEGIN SELECT RAISE(ABORT, 'grants are never deleted'); END
;;
-- @sqlite
-- What was issued stays issued; the lines of a batch that was released stay whole.
CREATE TRIGGER issue_line_frozen BEFORE UPDATE ON issue_line
WHEN OLD.state <> 'waiting' OR NEW.batch_id IS NOT OLD.batch_id OR NEW.person_id IS NOT OLD.person_id
  OR NEW.amount_cents IS NOT OLD.amount_cents
BEGIN SELECT RAISE(ABORT, 'a settled line is never changed'); END
;;
-- @sqlite
CREATE TRIGGER issue_line_kept BEFORE DELETE ON issue_line
WHEN (SELECT released_at FROM issue_batch WHERE id = OLD.batch_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'lines of a released batch are never deleted'); END
;;
-- @postgres
CREATE TRIGGER bank_line_frozen BEFORE UPDATE OR DELETE ON bank_line FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER points_proof_frozen BEFORE UPDATE OR DELETE ON points_proof FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER points_month_frozen BEFORE UPDATE OR DELETE ON points_month FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE TRIGGER point_grant_frozen BEFORE UPDATE OR DELETE ON point_grant FOR EACH ROW EXECUTE FUNCTION never_changed()
;;
-- @postgres
CREATE FUNCTION issue_line_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN
    IF (SELECT released_at FROM issue_batch WHERE id = OLD.batch_id) IS NOT NULL THEN
      RAISE EXCEPTION 'lines of a released batch are never deleted';
    END IF;
    RETURN OLD;
  END IF;
  IF OLD.state <> 'waiting' OR NEW.batch_id <> OLD.batch_id OR NEW.person_id <> OLD.person_id
    OR NEW.amount_cents <> OLD.amount_cents THEN RAISE EXCEPTION 'a settled line is never changed';
  END IF;
  RETURN NEW;
END $$
;;
-- @postgres
CREATE TRIGGER issue_line_frozen BEFORE UPDATE OR DELETE ON issue_line FOR EACH ROW EXECUTE FUNCTION issue_line_frozen()
";
