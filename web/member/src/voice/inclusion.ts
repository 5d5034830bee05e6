/** Whether a ballot is counted: the proof is checked here, against the root that the result page shows to everybody. */
import { answer, api } from '@api/client';
import { Problem } from '@shared/problem';
import { askClosureInclusion, askInclusion } from './wire';

export interface Included { place: number; size: number }

const WRONG = new Problem(-1, 'receipt.proof', '系统给出的证明和公布的结果对不上。请把这一页截屏，拨打 12351 反映。');

/** The root that everybody sees: of the ratings, or of one closure vote. */
async function rootOf(evaluation: string, closure: string | undefined): Promise<string> {
  const params = { params: { path: { evaluation_id: evaluation } } };
  if (!closure) return (await answer(api.GET('/api/evaluations/{evaluation_id}/result', params))).merkle_root;
  const { rounds } = await answer(api.GET('/api/evaluations/{evaluation_id}/rectification', params));
  return rounds.find((round) => round.poll_id === closure)?.merkle_root ?? '';
}

/** The proof for a receipt code or a whole commitment; `closure` is the poll of a closure vote. Throws a `Problem`. */
export async function checkInclusion(evaluation: string, code: string, closure?: string): Promise<Included> {
  const [proof, root, ballot] = await Promise.all([
    closure ? askClosureInclusion(closure, code) : askInclusion(evaluation, code),
    rootOf(evaluation, closure),
    import('@shared/ballot'),
  ]);
  const committed = ballot.fromHex(proof.commitment);
  const asked = ballot.readTracker(code);
  const same = asked ? ballot.tracker(committed) === asked : proof.commitment === code;
  const held = same && proof.merkle_root === root
    && ballot.merkleVerify(ballot.fromHex(root), committed, { place: proof.place, size: proof.size, path: proof.path });
  if (!held) throw WRONG;
  return { place: proof.place + 1, size: proof.size };
}
