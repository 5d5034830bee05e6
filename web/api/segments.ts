/** The shapes of rules over people. */
import type { Day, Id } from './types';

export interface SegmentValue { value: string; label: string }
export interface SegmentField {
  name: string;
  label: string;
  kind: 'yes_no' | 'number' | 'day' | 'choice' | 'choices' | 'code' | 'id';
  /** Empty where it is free. */
  values: SegmentValue[];
  /** How it is written. */
  note: string;
}
export interface SegmentFields { items: SegmentField[]; longest: number }
/** No sentence where only the rule itself says it well. */
export interface SegmentChecked { rule: string; sentence: string | null; fields: string[] }
export interface SegmentCountAsk { rule: string; organization_id?: Id }
/** No figure below `fewer_than`. */
export interface SegmentCount { as_of: Day; people: number | null; fewer_than: number }
