/** What merchants, settlements and disputes are called on both kinds of page, and what a place and a distance look like. */
import type { CashierRole, Category, DifferenceAction, DifferenceClass, DisputeGround, DisputeOutcome, DisputeRefund, DisputeRow, DisputeSide, ItemState, MerchantBank, MerchantState, MerchantStepWhat, SettlementState, ShopStateName } from '@api/merchant';
import { dayText, dueText } from './format';
import { yuanText } from './money';

type Tone = 'ok' | 'wait' | 'late' | 'over';
interface Said { text: string; tone: Tone }

export const categories: Record<Category, string> = {
  catering: '餐饮', grocery: '超市便利', books: '图书文具', culture: '文化演出', sports: '体育健身',
  travel: '旅游住宿', health: '医药健康', transport: '交通出行', service: '生活服务', other: '其他',
};
export const categoryList = (Object.keys(categories) as Category[]).map((value) => ({ value, text: categories[value], label: categories[value] }));

export const merchantStates: Record<MerchantState, Said> = {
  waiting: { text: '待批准', tone: 'wait' }, returned: { text: '已退回', tone: 'late' }, active: { text: '合作中', tone: 'ok' },
  suspended: { text: '已暂停', tone: 'late' }, ended: { text: '已终止', tone: 'over' },
};
export const bankStates: Record<MerchantBank['state'], Said> = {
  waiting: { text: '待核准', tone: 'wait' }, active: { text: '使用中', tone: 'ok' }, replaced: { text: '已替换', tone: 'over' }, refused: { text: '未核准', tone: 'late' },
};
export const merchantSteps: Record<MerchantStepWhat, string> = {
  applied: '商户提交申请', entered: '登记商户', changed: '重新提交', returned: '退回', approved: '批准签约',
  suspended: '暂停', resumed: '恢复', ended: '终止', extended: '延长合同',
};
export const shopStates: Record<ShopStateName, Said> = {
  open: { text: '可用积分', tone: 'ok' }, paused: { text: '暂停', tone: 'late' }, closed: { text: '已关闭', tone: 'over' },
};
export const roles: Record<CashierRole, string> = { charge: '收银', refund: '收银、退款', manager: '店长' };

export const settlementStates: Record<SettlementState, Said> = {
  locked: { text: '待核对', tone: 'wait' }, checked: { text: '待批准', tone: 'wait' }, approved: { text: '待付款', tone: 'wait' },
  sent: { text: '待核对回单', tone: 'wait' }, closed: { text: '已结清', tone: 'ok' }, dropped: { text: '已作废', tone: 'over' },
};
export const itemStates: Record<ItemState, Said> = {
  open: { text: '付款中', tone: 'wait' }, paid: { text: '已付', tone: 'ok' }, rejected: { text: '银行拒付', tone: 'late' },
  returned: { text: '已退汇', tone: 'late' }, released: { text: '未付，退回应结', tone: 'over' },
};
export const differenceClasses: Record<DifferenceClass, string> = {
  rejected: '银行拒付', amount: '金额不符', duplicate: '重复付款', unknown: '不明流水', missing: '回单里没有', returned: '退汇', day: '日期不对',
};
export const differenceActions: Record<DifferenceAction, { text: string; says: string }> = {
  pay: { text: '按银行实付记账', says: '银行确实付了：按银行的金额记为已付，少付的继续应结。' },
  pay_again: { text: '记一笔重复付款', says: '银行多付了一次：记为再付一次，从商户以后的应结里扣回。' },
  release: { text: '没有付，退回应结', says: '银行没有付：这笔取消，商户的应结不变，下一批再付。' },
  close: { text: '已查明，了结', says: '不动账，只写明查到的情况。' },
};

export const grounds: Record<DisputeGround, string> = {
  amount: '金额不对', not_mine: '不是我付的', goods: '没拿到东西，或者有问题', twice: '扣了两次', refund: '说好退款没有退', other: '其他',
};
export const groundList = (Object.keys(grounds) as DisputeGround[]).map((value) => ({ value, label: grounds[value] }));
export const outcomes: Record<DisputeOutcome, string> = { refund: '由门店退款', no_change: '维持原支付', explained: '双方已说清' };
export const disputeStates: Record<DisputeRow['state'], Said> = {
  open: { text: '等对方说明', tone: 'wait' }, answered: { text: '等工会处理', tone: 'wait' }, settled: { text: '已办结', tone: 'ok' }, withdrawn: { text: '已撤回', tone: 'over' },
};
/** How far a refund is that was decided. */
export function refundText(refund: DisputeRefund, today: string): Said {
  if (refund.done) return { text: `已退 ${yuanText(refund.amount_cents)} 元`, tone: 'ok' };
  const part = refund.done_cents > 0 ? `，已退 ${yuanText(refund.done_cents)} 元` : '';
  return { text: `待退 ${yuanText(refund.amount_cents)} 元${part}，${dayText(refund.due_on, today)}以前（${dueText(refund.due_on, today)}）`, tone: refund.overdue ? 'late' : 'wait' };
}
export const sides: Record<DisputeSide, string> = { member: '会员', merchant: '商户', union: '工会' };

const WEEK = '一二三四五六日';

/** `09:00`, `21:00`, `67` → `09:00–21:00，周六、周日休息`. */
export function hoursText(opens: string, closes: string, shut: string): string {
  const days = [...shut].map((day) => WEEK[Number(day) - 1]).filter(Boolean).map((day) => `周${day}`);
  const span = opens === '00:00' && closes === '24:00' ? '全天营业' : `${opens}–${closes}`;
  return days.length ? `${span}，${days.join('、')}休息` : span;
}

/** `860` → `860 米`, `1240` → `1.2 公里`. */
export function metresText(metres: number): string {
  return metres < 1000 ? `${metres} 米` : `${(metres / 1000).toFixed(1)} 公里`;
}

/** What somebody typed, such as `113.081901`, in millionths; null when it is no number of degrees. */
export function millionths(typed: string): number | null {
  const found = /^(\d{1,3})(?:\.(\d{1,12}))?$/.exec(typed.trim());
  return found ? Number(found[1]) * 1_000_000 + Number((found[2] ?? '').padEnd(6, '0').slice(0, 6)) : null;
}

/** Millionths as degrees with six decimals. */
export function degreesText(e6: number): string {
  return `${Math.trunc(e6 / 1_000_000)}.${String(e6 % 1_000_000).padStart(6, '0')}`;
}

/** Whether a text can be a unified social credit code: 18 characters of its alphabet; the server checks the last one. */
export const looksLikeUscc = (text: string): boolean => /^[0-9A-HJ-NP-RT-UW-Y]{18}$/.test(text.trim().toUpperCase());
/** Whether a text can be the number of a bank account. */
export const looksLikeAccount = (text: string): boolean => /^\d{8,30}$/.test(text.replace(/[\s-]/g, ''));
