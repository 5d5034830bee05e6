/** What a worker is asked and what it says: plain objects, since an error of ours would come over as a stranger. */
import { UnreadError, VerifyError, verifyFile } from './index';
import type { FaultCode, Report, UnreadCode } from './index';

export interface Question {
  file: Uint8Array;
  signer?: string;
}
export type Said = { report: Report } | { fault: FaultCode; where: string } | { unread: UnreadCode };

/** Verifies, and says what came of it; throws nothing. */
export function work({ file, signer }: Question): Said {
  try {
    return { report: verifyFile(file, signer) };
  } catch (thrown) {
    if (thrown instanceof VerifyError) return { fault: thrown.code, where: thrown.where };
    return { unread: thrown instanceof UnreadError ? thrown.code : 'stopped' };
  }
}
