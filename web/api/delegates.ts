/** The shapes of delegates: who speaks for the members of a union. */
import type { Day, Id } from './types';

/** `to` is the first day without the seat; null while it stands. No reason: it ended with the membership. */
export interface DelegateRow { id: Id; person_name: string; from: Day; to: Day | null; basis: string; end_reason: string | null }
/** Who they are only for those who keep them. */
export interface Delegates { standing: number; may_keep: boolean; items: DelegateRow[] }
export interface DelegateEnter { membership_id: Id; from: Day; basis: string }
