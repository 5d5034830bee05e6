/** What is said of a rule over people. Pure. */
import type { SegmentCount, SegmentField } from '@api/segments';
import { countText } from '@shared/format';

/** How many it covers today; few are told as few. */
export function coveredText(count: SegmentCount): string {
  return count.people === null ? `现在符合的不足 ${count.fewer_than} 人。` : `现在符合的有 ${countText(count.people)} 人。`;
}

/** The words that a field may hold, as they are written in a rule. */
export const shownValues = (field: SegmentField): string => field.values.map((one) => `"${one.value}" ${one.label}`).join('，');
