/** Slips (凭证): checked on this device against what everybody can read, and kept as a file. */
import { answer, api } from '@api/client';
import type { SlipTransfer, SlipWay } from '@api/points';
import { countText, dayText } from '@shared/format';
import { networkProblem } from '@shared/problem';
import { today } from '../session';

export interface SlipFile extends SlipWay { format: 1; transfer: SlipTransfer }
export interface SlipFound { good: boolean; text: string }

export const slipFile = (transfer: SlipTransfer, way: SlipWay): SlipFile => ({ format: 1, transfer, ...way });
export const slipName = ({ day, seq }: SlipTransfer): string => `凭证-${day}-${seq}.json`;

/** What a file holds, if it is a slip. */
export function readSlip(text: string): SlipFile | null {
  try {
    const slip = JSON.parse(text) as SlipFile;
    const whole = slip.format === 1 && typeof slip.transfer === 'object' && /^\d{4}-\d{2}-\d{2}$/.test(slip.transfer.day) && Array.isArray(slip.path);
    return whole ? slip : null;
  } catch {
    return null;
  }
}

const CALL = '请留好凭证，截屏并拨打 12351 反映。';

/** Throws a `Problem` where the network is in the way. */
export async function checkedSlip({ transfer, ...way }: SlipFile): Promise<SlipFound> {
  const [published, { checkSlip }] = await Promise.all([
    answer(api.GET('/api/points/days/{day}', { params: { path: { day: transfer.day } } })),
    import('@shared/verify/slip').catch(() => { throw networkProblem(); }),
  ]);
  const on = dayText(transfer.day, today());
  const day = published.items.find((one) => one.book_id === transfer.book_id);
  if (!day) return { good: false, text: `没有找到 ${on} 公布的总指纹。${CALL}` };
  const found = checkSlip(transfer, way, day);
  if (found === 'in') return { good: true, text: `核对无误：这一笔在 ${on} 公布的账里，是当天 ${countText(day.transfers)} 笔中的第 ${countText(way.place + 1)} 笔，金额和内容没有改动。` };
  return { good: false, text: found === 'seal' ? `没有对上：${on} 公布的总指纹，签名无效。${CALL}` : `没有对上：凭证的内容和 ${on} 公布的总指纹不一致。${CALL}` };
}

/** Hands the file to the person. */
export function keepSlip(slip: SlipFile): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`${JSON.stringify(slip, null, 2)}\n`], { type: 'application/json' }));
  link.download = slipName(slip.transfer);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
