/**
 * The shapes of the API as the pages use them, narrower than the generated ones (states and kinds as unions); agree.ts holds them against schema.d.ts.
 *
 * Names stay when the generated `schema.d.ts` takes over: then each becomes
 * `components['schemas'][...]` and `Paths` becomes its `paths`; no page changes.
 */
export type Id = string;
/** RFC 3339, UTC. */
export type Time = string;
/** YYYY-MM-DD, the calendar day in China. */
export type Day = string;

export interface Page<T> { items: T[]; next: string | null }
export interface Items<T> { items: T[] }
export type Empty = Record<string, never>;

export interface DemoAccount { key: string; label: string; detail: string; app: 'member' | 'desk' }
export interface Site {
  name: string;
  city: string;
  demo: boolean;
  filing_number: string | null;
  hotline: string;
  today: Day;
  consent: { version: string; text: string };
  demo_accounts: DemoAccount[];
}
export type DivisionLevel = 'city' | 'district' | 'town' | 'street' | 'other';
export interface Division {
  code: string;
  name: string;
  parent_code: string | null;
  level: DivisionLevel;
  tile?: { column: number; row: number; width: number } | null;
}
export interface Divisions { as_of: Day; items: Division[] }
/** Cities and counties of the province; a county has its city. */
export interface Province { items: { code: string; name: string; city_code: string | null }[] }

export interface CodeSent { resend_after_seconds: number; expires_in_seconds: number; demo_code?: string | null }
export interface Signed { account_id: Id; next: 'done' | 'totp' | 'password' | 'enrol_totp' }
export interface TotpSecret { secret: string; uri: string; qr_svg: string }

export interface RoleHeld { role: string; label: string; node_id: Id; node_name: string }
export interface MembershipHeld { id: Id; organization_id: Id; organization_name: string; state: MembershipState; joined_on: Day }
export type MembershipState = 'active' | 'retained' | 'transferred' | 'left';
export interface Me {
  account_id: Id;
  login: string | null;
  phone_masked: string | null;
  person: { id: Id; name: string; real_name: 'none' | 'declared' | 'verified'; synthetic: boolean } | null;
  membership: MembershipHeld | null;
  roles: RoleHeld[];
  permissions: string[];
  unread: number;
  todo: number;
  demo: boolean;
  idle_minutes: number;
}
export interface Session { id: Id; created_at: Time; last_seen_at: Time; current: boolean; device: string }
export type OwnField = 'id_number' | 'phone';
export interface HeldItem { label: string; value: string; purpose: string; reveal_field?: OwnField | null }
export interface Reader { at: Time; by_role: string; reason: string; field: string }
export interface MyData { items: HeldItem[]; readers: { items: Reader[]; next?: string | null } }
export interface Notice { id: Id; kind: string; title: string; body: string; link: string | null; created_at: Time; read_at: Time | null }

export type OrganizationKind =
  | 'city_federation' | 'county_federation' | 'town_federation' | 'town_joint'
  | 'grassroots' | 'joint_grassroots' | 'industry' | 'trade';
export type OfficerTitle = 'chair' | 'vice_chair' | 'audit_director' | 'women_director' | 'committee_member' | 'organiser';
export interface Officer { id: Id; person_name: string; title: OfficerTitle; title_label: string; from: Day; to: Day | null }
export interface HistoryLine { at: Time; text: string; by: string | null }
export interface Organization {
  id: Id;
  name: string;
  kind: OrganizationKind;
  kind_label: string;
  state: 'founding' | 'established' | 'dissolved';
  uscc: string | null;
  division_code: string;
  division_name: string;
  parent_id: Id | null;
  parent_name: string | null;
  path: { id: Id; name: string }[];
  employers: { id: Id; name: string; uscc: string | null }[];
  employees_declared: number | null;
  established_on: Day | null;
  term_from: Day | null;
  term_to: Day | null;
  contact_name: string | null;
  contact_phone_masked: string | null;
  address: string | null;
  members: number;
  officers: Officer[];
  history: HistoryLine[];
  may: string[];
}
export interface MyUnion {
  organization: Organization;
  path: { id: Id; name: string; kind: OrganizationKind }[];
  officers: Officer[];
  members: number;
}

export type Work =
  | 'food_delivery' | 'courier' | 'ride_hailing' | 'trucker' | 'domestic' | 'other_platform' | 'employer_without_union';
export type IdKind = 'resident_id' | 'hk_mo_tw_residence_permit' | 'foreign_permanent_resident';
export type EmploymentForm = 'labour_contract' | 'dispatched' | 'platform' | 'flexible';
export type Door = 'employer' | 'open';
export interface JoinLink { organization_id: Id; organization_name: string; employer_name: string | null; town_name: string | null }
export interface FoundOrganization { id: Id; name: string; town_name: string | null }
export interface Destination { organization_id: Id; organization_name: string; kind: OrganizationKind; answer_by: Day; derivation: string[] }
export interface JoinAnswers {
  door: Door;
  organization_id?: Id | null;
  link_code?: string | null;
  work?: Work | null;
  division_code?: string | null;
  employer_name?: string | null;
  name: string;
  id_kind: IdKind;
  id_number: string;
  employment_form: EmploymentForm;
  consent_version: string;
}
export type ApplicationState = 'submitted' | 'returned' | 'approved' | 'withdrawn' | 'expired' | 'waiting_dispatch';
export interface Application {
  id: Id;
  state: ApplicationState;
  door: Door;
  organization_id: Id | null;
  organization_name: string | null;
  work: Work | null;
  division_code: string | null;
  name: string;
  id_number_masked: string;
  phone_masked: string;
  employer_name: string | null;
  employment_form: EmploymentForm;
  submitted_at: Time;
  answer_by: Day | null;
  synthetic?: boolean;
  derivation: string[];
  overdue: boolean;
  return_reason: string | null;
  decided_at: Time | null;
  history: { at: Time; step: string; by: string | null; note: string | null }[];
  /** What the roster knows of the ID number; only those who decide are told. */
  known?: Known | null;
}
export type Known = 'same_union' | 'elsewhere' | 'not_member';
export interface SavedDraft { answers: Record<string, unknown>; saved_at: Time; expires_on: Day }
export interface MyApplication { application: Application | null; draft: SavedDraft | null }
export interface RowResult { id: Id; ok: boolean; code?: string | null; message?: string | null }

export type TodoKind = 'application' | 'founding' | 'dispatch' | 'points_funding' | 'points_allocation' | 'issue_batch' | 'issue_correction' | 'point_rule' | 'merchant' | 'merchant_bank' | 'settlement' | 'settlement_difference' | 'dispute' | 'ledger_stop' | 'bank_balance' | 'bank_difference' | 'bank_balance_missing';
export interface Todo {
  kind: TodoKind;
  id: Id;
  title: string;
  detail: string;
  node_name: string;
  waiting_since: Time;
  due: Day | null;
  overdue: boolean;
  link: string;
}
export interface Todos { items: Todo[]; counts: Record<string, number>; next?: string | null }
export interface Done { kind: string; title: string; detail: string; decided_at: Time; outcome: string }

export interface TreeNode {
  id: Id;
  parent_id: Id | null;
  name: string;
  kind: OrganizationKind;
  division_code: string;
  state: string;
  /** Totals below; null on ancestors outside the caller's scope. */
  unions: number | null;
  members: number | null;
}
export interface Tree { as_of: Day; items: TreeNode[] }
export interface OrganizationRow {
  id: Id; name: string; kind: OrganizationKind; state: string; uscc: string | null;
  town_name: string | null; members: number; chair_name: string | null;
}
export interface OrganizationLink { code: string; url: string; qr_svg: string; created_at: Time }

export interface MemberRow {
  membership_id: Id;
  person_id: Id;
  name: string;
  sex: string | null;
  id_number_masked: string;
  phone_masked: string | null;
  organization_id: Id;
  organization_name: string;
  state: MembershipState;
  employment_form: EmploymentForm;
  joined_on: Day;
  /** An account holds the person. */
  taken_over: boolean;
  synthetic: boolean;
}
export type Member = MemberRow & {
  birth: Day | null; id_kind: IdKind | null; real_name: string; employer_name: string | null; ended_on?: Day | null; end_reason?: string | null; history: HistoryLine[]; may: string[];
  /** An open code; only for those who may hand one out. */
  hand_over: { issued_at: Time; expires_at: Time } | null;
};

/** Where the caller stands with taking over a record; of others nothing. */
export interface TakeoverStatus { phone_tail: string | null; locked_until: Time | null; member: boolean }
export interface TakenOver { membership_id: Id; organization_id: Id; organization_name: string; joined_on: Day; state: MembershipState }
/** A one-time code, shown once. */
export interface HandOver { code: string; expires_at: Time; name: string; organization_name: string }

export interface RoleGrant {
  id: Id; account_id: Id; person_name: string; login: string | null; role: string; role_label: string;
  node_id: Id; node_name: string; from: Day; to: Day | null; granted_by: string | null;
}
export interface RoleKind { role: string; label: string; levels: OrganizationKind[]; permissions: string[] }
export interface AccountRow {
  id: Id; login: string | null; person_name: string | null; phone_masked: string | null;
  kind: 'member' | 'staff'; locked: boolean; disabled?: boolean; totp: boolean; roles: number;
}
export interface EventRow {
  seq: number; id: Id; kind: string; kind_label: string; at: Time; actor_name: string | null; node_name: string | null;
  aggregate_kind: string; aggregate_id: Id; payload: unknown; hash: string;
}
export interface Verified {
  checked: number; first_bad: { seq: number; what: string } | null; unsealed: number; root: { seq: number; hash: string };
}
export interface Parameter {
  name: string; label: string; unit: string; accepts?: string;
  values: { id: Id; division_code: string | null; value: string; from: Day; to: Day | null; source: string }[];
}
export interface Calendar { year: number; known_until: Day; days: { day: Day; working: boolean; name: string; pending?: boolean }[] }
