/** What a published result says beside its figures, in the same words on the phone, on paper and at the desk. Pure. */
import { countText } from './format';

/** Whether enough took part. */
export function quorumText(percent: number, reached: boolean): string {
  if (percent === 0) return '这次没有规定最低参评比例。';
  return reached ? `参加的人达到了规定的 ${percent}%。` : `参加的人没有达到规定的 ${percent}%，这个结果仅供参考。`;
}

/** Of ballots that were left over at the end and destroyed; null when there were none. */
export function leftOverText(destroyed: number, counted: number): string | null {
  if (destroyed === 0) return null;
  return `一共收到 ${countText(counted + destroyed)} 张票，计入 ${countText(counted)} 张。截止时最后剩下的 ${destroyed} 张不足 5 张，没有别的票可以混在一起；为了不让人猜出是谁投的，这 ${destroyed} 张已经销毁，没有计入。`;
}
