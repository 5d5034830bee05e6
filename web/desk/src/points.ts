/** Words and small rules of the points pages of the desk. */
import type { AccountKind, BankBalance, BankDay, BankFigures, BatchKind, BatchState, BudgetRow, FundingRow, GrantOutcome, IssueCorrectionLine, IssueCorrectionState, MoneyDecision, MoneyKind, PayoutLine, PointRuleRow, TransferGround, TransferKind } from '@api/points';
import { countText } from '@shared/format';
import { yuanText } from '@shared/money';

type Tone = 'ok' | 'wait' | 'late' | 'over' | 'mark';
type Said = { text: string; tone: Tone };

export const batchKinds: Record<BatchKind, string> = { activity: '点名发放', list: '按名单发放', segment: '按条件发放' };
export const batchStates: Record<BatchState, Said> = {
  preparing: { text: '正在准备', tone: 'wait' }, prepared: { text: '待提交', tone: 'wait' }, waiting: { text: '待审批', tone: 'wait' }, running: { text: '正在发放', tone: 'wait' },
  done: { text: '已发完', tone: 'ok' }, short: { text: '余额不足，已停', tone: 'late' }, withdrawn: { text: '已撤回', tone: 'over' }, failed: { text: '不能发放', tone: 'late' },
};
/** It moves by itself. */
export const moves = (state: BatchState): boolean => state === 'preparing' || state === 'running';
export const correctionStates: Record<IssueCorrectionState, Said> = {
  waiting: { text: '待审批', tone: 'wait' }, running: { text: '正在收回', tone: 'wait' }, done: { text: '已办完', tone: 'ok' }, returned: { text: '已退回', tone: 'late' }, withdrawn: { text: '已撤回', tone: 'over' },
};
/** What became of a line that was asked back. */
export const correctionLines: Record<IssueCorrectionLine['state'], Said> = {
  waiting: { text: '待收回', tone: 'wait' }, whole: { text: '全部收回', tone: 'ok' }, part: { text: '收回一部分，其余用过或正被预留', tone: 'mark' }, spent: { text: '没有剩下的', tone: 'over' }, before: { text: '以前收回过', tone: 'over' }, refused: { text: '不能收回', tone: 'late' },
};
export const ruleStates: Record<PointRuleRow['state'], Said> = {
  waiting: { text: '待审批', tone: 'wait' }, on: { text: '已启用', tone: 'ok' }, ended: { text: '已停用', tone: 'over' }, returned: { text: '已退回', tone: 'late' },
};
export const fundingStates: Record<FundingRow['state'], Said> = { waiting: { text: '待审批', tone: 'wait' }, done: { text: '已办结', tone: 'ok' }, paid: { text: '银行已付', tone: 'ok' }, returned: { text: '已退回', tone: 'over' } };
/** Money that goes back has left the ledger when it was approved, and the bank some days later. */
export const fundingState = (row: Pick<FundingRow, 'kind' | 'state'>): Said => (row.kind === 'give_back' && row.state === 'done' ? { text: '已批准，待银行付款', tone: 'wait' } : fundingStates[row.state]);
export const balanceStates: Record<BankBalance['state'], Said> = { waiting: { text: '待复核', tone: 'wait' }, counts: { text: '有效', tone: 'ok' }, replaced: { text: '已更正', tone: 'over' } };
export const bankDayStates: Record<BankDay['state'], Said> = {
  missing: { text: '没有登记', tone: 'over' }, waiting: { text: '待复核', tone: 'wait' }, agrees: { text: '相符', tone: 'ok' }, differs: { text: '不符', tone: 'late' },
};
/** The steps from the ledger to the bank, without those that move nothing. */
export function bankSteps(figures: BankFigures): { label: string; cents: number }[] {
  const steps = [
    { label: '账上银行专户', cents: figures.custody_cents },
    { label: '加：银行已到账、还没有入账', cents: figures.unmatched_cents },
    { label: '加：账上已付商户、银行还没有付', cents: figures.payouts_under_way_cents },
    { label: '加：账上已退回、银行还没有付', cents: figures.returns_under_way_cents },
    { label: '减：银行已付、账上还没有记', cents: -figures.ahead_cents },
  ];
  return steps.filter((step, at) => at === 0 || step.cents !== 0);
}
/** How far the bank is from what must be there. */
export const bankSays = (cents: number): string => (cents === 0 ? '相符' : `银行比账上应有的${cents > 0 ? '多' : '少'} ${yuanText(Math.abs(cents))} 元`);
export const fundingKinds: Record<FundingRow['kind'], string> = { top_up: '经费入账', give_back: '余款退回' };
export const moneyKinds: Record<MoneyKind, string> = { points_funding: '经费收退', points_allocation: '预算调剂', issue_batch: '积分发放', issue_correction: '收回积分', point_rule: '积分规则' };
export const outcomes: Record<GrantOutcome, string> = {
  given: '已发', daily_cap: '超过每日上限', yearly_cap: '超过每年上限', limit: '超过用途限额', total: '规则的总额已用完', budget: '预算余额不足', nobody: '没有对应的人', ledger: '账户不能入账',
};
export const decisionWords: Record<MoneyDecision['outcome'], string> = { approved: '同意', returned: '退回', withdrawn: '撤回', moved: '转办', made: '制单', checked: '核对', sent: '送银行付款' };
/** What a transfer stands on. */
export const groundKinds: Record<MoneyKind | 'settlement', string> = { ...moneyKinds, settlement: '商户结算' };
export const bankSaid: Record<PayoutLine['outcome'], string> = { paid: '已付', rejected: '拒付', returned: '退汇', unclear: '没有写明' };
export const transferKinds: Record<TransferKind, string> = {
  top_up: '经费入账', allocate: '预算调剂', return: '余款退回', payout: '结算付款', payout_back: '付款退回', escrow: '订单暂存', adjust: '差额调整', issue: '发放', pay: '支付', capture: '支付', refund: '退款', expire: '到期收回', reverse: '冲正',
};
export const accountKinds: Record<AccountKind, string> = { custody: '银行专户', budget: '工会预算', wallet: '会员积分', merchant: '商户应付', escrow: '待结订单', expiry: '到期收回', adjustment: '差额调整' };
/** What does not agree, by the rule that found it. */
export const ledgerRules: Record<string, string> = {
  I0: '没有可以核对的账目', I1: '整本账收付合计不为零', I2: '余额或预留和流水对不上', I3: '余额低于下限', I4: '流水编号、时间或每笔之后的余额接不上', I5: '会员积分和积分批次对不上', I6: '积分批次的使用和金额对不上', I7: '退款、冲正或预留对不上', I8: '账户可以透支', I12: '流水和审计记录对不上', I13: '流水和当时的指令对不上',
};
/** Why a line of a batch was not issued. */
export const lineCodes = (code: string | null): string => ({ limit: '超过这个用途的每人每年限额', 'ledger.budget': '预算余额不够', 'ledger.frozen': '会员账户已冻结' })[code ?? ''] ?? (code ? '账户不能入账' : '');

/** The account at the bank counts what is out as below zero; people read what is there. */
export const shown = (kind: AccountKind, cents: number): number => (kind === 'custody' ? -cents : cents);
/** The page on which that is shown. */
export function groundPath(ground: Pick<TransferGround, 'kind' | 'id' | 'budget_id'>): string | null {
  if (ground.kind === 'points_funding' || ground.kind === 'points_allocation') return ground.budget_id ? `/points/budgets/${ground.budget_id}` : null;
  return { issue_batch: `/points/batches/${ground.id}`, issue_correction: `/points/batches/${ground.id}`, point_rule: `/points/rules/${ground.id}`, settlement: `/settlements/${ground.id}` }[ground.kind];
}
/** What a yes to money does, in one sentence. */
export function yesSays(kind: MoneyKind, cents: number, people: number | null): string {
  if (kind === 'issue_batch') return `同意后从预算里留出 ${yuanText(cents)} 元，开始发给 ${countText(people ?? 0)} 人，不能撤回。`;
  if (kind === 'issue_correction') return `同意后从 ${countText(people ?? 0)} 人那里收回没有用掉的积分，最多 ${yuanText(cents)} 元；用掉的不收。收回以后不能撤回。`;
  if (kind === 'points_allocation') return `同意后 ${yuanText(cents)} 元立即从一本预算转到另一本。`;
  return kind === 'point_rule' ? '同意后规则启用，符合条件的会员自动得到积分。' : `同意后 ${yuanText(cents)} 元立即记账。`;
}
export const budgetName = (row: BudgetRow): string => `${row.organization_name}，${row.fiscal_year} 年${row.purpose_label}`;
/** A line that the bank gave no number is told by its day, amount and payer, which stand beside it. */
export const lineNumber = (number: string): string => {
  const made = /^无流水号-.*-(\d+)$/.exec(number);
  return made ? `无流水号${made[1] === '1' ? '' : `（同样的第 ${made[1]} 笔）`}` : number;
};
/** How much of a batch is behind us, in whole percent. */
export const percentDone = (done: number, all: number): number => (all === 0 ? 0 : Math.floor((done / all) * 100));
