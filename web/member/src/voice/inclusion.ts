/** Whether a ballot is counted: the proof is checked here, against the root that the result page shows to everybody. */
import { answer, api } from '@api/client';
import { Problem } from '@shared/problem';
import { askInclusion } from './wire';

export interface Included { place: number; size: number }

const WRONG = new Problem(-1, 'receipt.proof', '系统给出的证明和公布的结果对不上。请把这一页截屏，拨打 12351 反映。');

/** The proof for a receipt code or a whole commitment. Throws a `Problem`. */
export async function checkInclusion(evaluation: string, code: string): Promise<Included> {
  const [proof, result, ballot] = await Promise.all([
    askInclusion(evaluation, code),
    answer(api.GET('/api/evaluations/{evaluation_id}/result', { params: { path: { evaluation_id: evaluation } } })),
    import('@shared/ballot'),
  ]);
  const committed = ballot.fromHex(proof.commitment);
  const asked = ballot.readTracker(code);
  const same = asked ? ballot.tracker(committed) === asked : proof.commitment === code;
  const held = same && proof.merkle_root === result.merkle_root
    && ballot.merkleVerify(ballot.fromHex(result.merkle_root), committed, { place: proof.place, size: proof.size, path: proof.path });
  if (!held) throw WRONG;
  return { place: proof.place + 1, size: proof.size };
}
