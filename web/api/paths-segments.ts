/** The routes of rules over people; `paths.ts` takes them up. */
import type { Get, Post } from './paths';
import type * as s from './segments';

export interface SegmentPaths {
  '/api/segments/fields': Get<s.SegmentFields>;
  '/api/segments/check': Post<{ rule: string }, s.SegmentChecked>;
  '/api/segments/count': Post<s.SegmentCountAsk, s.SegmentCount>;
}
