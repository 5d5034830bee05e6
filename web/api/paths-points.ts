/** The routes of points; `paths.ts` takes them up. */
import type { FileFormat } from './imports';
import type { Get, Paged, Post } from './paths';
import type * as p from './points';
import type { Day, Empty, Id, Items, Page, Time } from './types';

type None = Record<string, never>;
interface ByBudget { budget_id: Id }
interface ByBatch { batch_id: Id }
interface ByCorrection { correction_id: Id }
interface ByRule { rule_id: Id }
interface ByAccount { account_id: Id }
interface ByMonth { month: string }
interface BySubject { kind: p.MoneyKind; subject_id: Id }

export interface PointsPaths {
  '/api/points/purposes': Get<Items<p.PointsPurpose>, { division_code?: string }>;
  '/api/points/books': Get<Items<p.BookRow>> & Post<{ name: string; funder: string }, p.BookRow>;
  '/api/points/books/{book_id}/report': Get<p.BookReport, { from?: Day; to?: Day }, { book_id: Id }>;
  '/api/points/budgets': Get<Page<p.BudgetRow>, Paged & { organization_id?: Id; fiscal_year?: number; book_id?: Id }> & Post<p.BudgetOpen, p.BudgetRow>;
  '/api/points/budgets/{budget_id}': Get<p.BudgetPage, None, ByBudget>;
  '/api/points/budgets/{budget_id}/give-back': Post<{ amount_cents: number; reason: string }, p.FundingAsked, ByBudget>;
  '/api/points/budgets/{budget_id}/allocate': Post<p.BudgetAllocate, p.FundingAsked, ByBudget>;
  '/api/points/bank-lines': Get<Page<p.BankLine>, Paged & { book_id?: Id; open?: boolean }> & Post<p.BankLineAdd, p.BankLine>;
  '/api/points/bank-lines/{bank_line_id}/match': Post<{ budget_id: Id; reason: string }, p.FundingAsked, { bank_line_id: Id }>;

  '/api/points/bank-outgoing': Get<Page<p.BankOutgoing>, Paged & { book_id?: Id; open?: boolean }> & Post<p.BankOutgoingAdd, p.BankOutgoing>;
  '/api/points/bank-outgoing/{outgoing_id}/match': Post<{ funding_id: Id }, p.BankOutgoing, { outgoing_id: Id }>;
  '/api/points/give-backs': Get<Items<p.GiveBackRow>, { book_id: Id; open?: boolean }>;
  '/api/points/bank-balances': Get<Items<p.BankBalance>, { book_id?: Id }> & Post<p.BankBalanceEnter, p.BankBalance>;
  '/api/points/bank-balances/{balance_id}/correct': Post<{ balance_cents: number; reason: string }, p.BankBalance, { balance_id: Id }>;
  '/api/points/bank-balances/{balance_id}/check': Post<Empty, p.BankBalance, { balance_id: Id }>;

  '/api/points/approvals': Get<Page<p.PointsWaiting>, Paged>;
  '/api/points/approvals/{kind}/{subject_id}/approve': Post<Empty, p.PointsDecided, BySubject>;
  '/api/points/approvals/{kind}/{subject_id}/return': Post<{ reason: string }, p.PointsDecided, BySubject>;

  '/api/points/batches': Get<Page<p.BatchRow>, Paged & { organization_id?: Id; budget_id?: Id; without_evidence?: boolean }> & Post<p.BatchCreate, p.BatchRow>;
  '/api/points/batches/uses': Get<Page<p.BatchUse>, Paged & { organization_id?: Id; budget_id?: Id }>;
  '/api/points/batches/people': Get<Page<p.BatchPerson>, Paged & { organization_id: Id; q?: string }>;
  '/api/points/batches/{batch_id}': Get<p.BatchPage, None, ByBatch>;
  '/api/points/batches/{batch_id}/lines': Get<Page<p.BatchLine>, Paged & { state?: p.BatchLine['state']; q?: string }, ByBatch>;
  '/api/points/batches/{batch_id}/faults': Get<Page<p.RowFault>, Paged, ByBatch>;
  '/api/points/batches/{batch_id}/report': Get<p.UseReport, None, ByBatch>;
  '/api/points/batches/{batch_id}/submit': Post<{ version: number }, p.BatchRow, ByBatch>;
  '/api/points/batches/{batch_id}/withdraw': Post<{ version: number }, p.BatchRow, ByBatch>;
  '/api/points/batches/{batch_id}/corrections': Get<Items<p.IssueCorrectionRow>, None, ByBatch> & Post<p.IssueCorrectionAsk, p.IssueCorrectionAsked, ByBatch>;
  '/api/points/batches/{batch_id}/corrections/look': Post<Omit<p.IssueCorrectionAsk, 'reason'>, p.IssueCorrectionForecast, ByBatch>;
  '/api/points/corrections/{correction_id}/lines': Get<Page<p.IssueCorrectionLine>, Paged, ByCorrection>;
  '/api/points/corrections/{correction_id}/withdraw': Post<{ version: number }, p.IssueCorrectionAsked, ByCorrection>;

  '/api/points/rules/events': Get<Items<p.PointEvent>>;
  '/api/points/rules': Get<Page<p.PointRuleRow>, Paged & { organization_id?: Id }> & Post<p.PointRuleCreate, p.PointRuleRow>;
  '/api/points/rules/{rule_id}': Get<p.PointRulePage, None, ByRule>;
  '/api/points/rules/{rule_id}/grants': Get<Page<p.GrantRow>, Paged & { outcome?: p.GrantOutcome }, ByRule>;
  '/api/points/rules/{rule_id}/end': Post<Empty, p.PointRuleRow, ByRule>;

  '/api/points/forecast': Get<p.Forecast, { organization_id: Id }>;
  '/api/points/proof': Get<{ books: p.BookProof[]; looked_at: Time | null; walked: p.LedgerWalk | null }>;
  '/api/points/months': Get<Items<p.ClosedMonth>>;
  '/api/points/months/{month}/close': Post<{ book_id?: Id }, p.ClosedMonth, ByMonth>;
  '/api/points/months/{month}/verify': Get<p.MonthVerified, { book_id?: Id }, ByMonth>;
  '/api/points/statement': Get<p.UnionStatement, { organization_id: Id; month: string }>;

  '/api/ledger/accounts': Get<Page<p.LedgerAccountRow>, Paged & { organization_id?: Id }>;
  '/api/ledger/accounts/{account_id}': Get<p.LedgerAccountRow, None, ByAccount>;
  '/api/ledger/accounts/{account_id}/entries': Get<Page<p.LedgerEntry>, Paged, ByAccount>;
  '/api/ledger/accounts/{account_id}/prove': Get<p.AccountProof, None, ByAccount>;
  '/api/ledger/transfers/{transfer_id}': Get<p.LedgerTransfer, None, { transfer_id: Id }>;
  '/api/ledger/books/{book_id}/ask-reopen': Post<{ reason: string }, p.BookStop, { book_id: Id }>;
  '/api/ledger/books/{book_id}/reopen': Post<Empty, { book_id: Id }, { book_id: Id }>;

  '/api/wallet': Get<p.Wallet>;
  '/api/wallet/entries': Get<Page<p.WalletEntry>, Paged & { book_id?: Id }>;
  '/api/wallet/slips/{transfer_id}': Get<Items<p.Slip>, None, { transfer_id: Id }>;
  '/api/points/days': Get<Page<p.SealedDayRow>, Paged>;
  '/api/points/days/{day}': Get<Items<p.SealedDayRow>, None, { day: Day }>;
  '/api/wallet/statement': Get<p.Sums, { month: string; book_id?: Id }>;
}

/** Where lines of the bank are sent to. */
export const bankFiles = (name: string, book: Id | null): string => `/api/points/bank-lines/files?name=${encodeURIComponent(name)}${book ? `&book_id=${book}` : ''}`;
/** Where a list of people is sent to. */
export const batchFiles = (name: string): string => `/api/points/batches/files?name=${encodeURIComponent(name)}`;
/** The report on a book as a file, of the days that it was shown for. */
export const bookReportFile = (book: Id, from: Day, to: Day): string => `/api/points/books/${book}/report/file?from=${from}&to=${to}`;
export const unionMonthFile = (union: Id, month: string): string => `/api/points/statement/file?organization_id=${union}&month=${month}`;
export const walletMonthFile = (month: string, book: Id): string => `/api/wallet/statement/file?month=${month}&book_id=${book}`;
export const bankTemplate = (format: FileFormat): string => `/api/points/bank-lines/template/${format}`;
export const batchTemplate = (format: FileFormat): string => `/api/points/batches/template/${format}`;
export const batchUsesFile = (format: FileFormat): string => `/api/points/batches/uses/${format}`;
export const batchFaultsFile = (batch: Id, format: FileFormat): string => `/api/points/batches/${batch}/faults/${format}`;
