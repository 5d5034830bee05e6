/**
 * The polling booth on this device: one ballot of one poll, from the secret to the receipt.
 *
 *     nothing → secret (kept before anything is asked) → drawn → sent (the ballot is fixed) → in the box
 *
 * Whatever is lost on the way — a reply, the network, the page — the same request goes out again: there is never a second
 * token and never a second ballot. Pure apart from what is handed in.
 */
import type { Answers, Question } from '@api/voice';
import type * as Ballot from '@shared/ballot';
import { Problem, asProblem, networkProblem } from '@shared/problem';
import { canonical } from './answers';
import type { Kept, Receipt, Vault } from './vault';
import type { Cast } from './wire';

/** The poll as the published instrument has it. */
export interface BoothPoll {
  id: string;
  evaluation_id: string;
  title: string;
  issuer: Ballot.IssuerKind;
  /** As the server sent it, hexadecimal. */
  public_key: string;
  /** As the frozen instrument names it. */
  key_hash: string;
  questions: readonly Question[];
  /** Bytes that every ballot of this poll has on its way, so that its length tells nothing; as they come unless told. */
  bytes?: number;
}
export interface BoothDeps {
  vault: Vault;
  /** The cryptography, fetched when it is needed. */
  ballot(): Promise<typeof Ballot>;
  draw(poll: string, request: string): Promise<string>;
  cast(body: string): Promise<Cast>;
  /** Runs one after the other over all tabs of this device. */
  alone<T>(name: string, run: () => Promise<T>): Promise<T>;
}
export type Standing = 'shut' | 'nothing' | 'secret' | 'drawn' | 'sent' | 'in_box';

export interface Booth {
  standing(): Standing;
  receipt(): Receipt | null;
  /** Draws the ballot, or goes on drawing it. Throws a `Problem`. */
  draw(): Promise<void>;
  /** Casts it; a ballot that is on its way goes out again as it is, whatever the answers are now. Throws a `Problem`. */
  cast(answers: Answers): Promise<Receipt>;
  /**
   * The ballot as it goes out when the page is being closed, fixed in one breath: nothing is waited for, so the cryptography
   * is handed in. Null where there is none to be sent.
   */
  part(ballot: typeof Ballot, answers: Answers): string | null;
}

export const NO_STORE = new Problem(-1, 'ballot.no_store',
  '这个浏览器不肯保存内容（可能开了无痕模式，或空间满了）。票领到后要存在手机里，存不下就会丢，所以先不领票。请关掉无痕模式，或换一个浏览器再打开。');
const LOST = new Problem(-1, 'ballot.lost', '这部手机上没有这张票了：可能清除过浏览数据。为了保密，谁也查不出是哪一张，所以不能补发。');
export const ODD_ANSWER = new Problem(-1, 'ballot.receipt', '票已收下，但返回的回执码和本机算的不一致。请把这一页截屏并拨打 12351 反映，不需要说明您的选择。');

export function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
function unbase64(text: unknown): Uint8Array {
  if (typeof text !== 'string' || text === '') throw networkProblem();
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}
const utf8 = (text: string) => new TextEncoder().encode(text);
/** JSON with blanks behind it, which no reader minds. */
const filled = (json: string, bytes = 0): string => json + ' '.repeat(Math.max(0, bytes - utf8(json).length));

/** Refusals after which the ballot may be mended and sent anew: the token was not used. */
const mendable = (problem: Problem) => problem.code.startsWith('answer.');

/** What the steps below work with. */
interface Inside { poll: BoothPoll; deps: BoothDeps; vault: Vault }

const issuerOf = (ballot: typeof Ballot, poll: BoothPoll): Ballot.Issuer =>
  ({ kind: poll.issuer, publicKey: ballot.fromHex(poll.public_key), publishedHash: poll.key_hash });

function standingOf(vault: Vault): Standing {
  if (!vault.usable()) return 'shut';
  if (vault.receipt()) return 'in_box';
  const kept = vault.kept();
  if (!kept) return 'nothing';
  if (kept.sent) return 'sent';
  return kept.token ? 'drawn' : 'secret';
}

function put(vault: Vault, kept: Kept): void {
  try {
    vault.keep(kept);
  } catch {
    throw NO_STORE;
  }
  if (!vault.kept()) throw NO_STORE;
}

/** Everything that the ballot will need, kept before anybody is asked for anything. */
function newSecret(ballot: typeof Ballot, { poll, vault }: Inside): Kept {
  const started = ballot.startDraw(issuerOf(ballot, poll));
  const kept: Kept = {
    request: base64(started.request), pending: started.pending, token: null, salt: ballot.toHex(ballot.newSalt()), sent: null, commitment: null,
  };
  put(vault, kept);
  return kept;
}

async function drawOnce(inside: Inside): Promise<void> {
  const { poll, deps, vault } = inside;
  if (!vault.usable()) throw NO_STORE;
  if (vault.receipt() || vault.kept()?.token) return;
  const ballot = await deps.ballot().catch(() => { throw networkProblem(); });
  try {
    const kept = vault.kept() ?? newSecret(ballot, inside);
    const answer = unbase64(await deps.draw(poll.id, kept.request));
    put(vault, { ...kept, token: ballot.finishDraw(issuerOf(ballot, poll), kept.pending, answer) });
  } catch (thrown) {
    const problem = thrown instanceof ballot.BallotError ? new Problem(-1, `ballot.${thrown.code}`, thrown.message) : asProblem(thrown);
    // Drawn elsewhere: what was made here can never become a ballot.
    if (['poll.drawn', 'poll.closed', 'poll.not_elector'].includes(problem.code)) vault.forget();
    throw problem;
  }
}

type Sealed = Kept & { sent: string; commitment: string };

/** The ballot as it goes out, fixed before the first attempt; one that is on its way stays as it is. */
function seal(ballot: typeof Ballot, { poll, vault }: Inside, kept: Kept, answers: Answers): Sealed {
  if (kept.sent !== null && kept.commitment !== null) return { ...kept, sent: kept.sent, commitment: kept.commitment };
  const token = kept.token;
  if (!token) throw LOST;
  const said = canonical(poll.questions, answers);
  const salt = ballot.fromHex(kept.salt);
  const commitment = ballot.toHex(ballot.commitment(poll.key_hash, salt, utf8(JSON.stringify(said))));
  const sent = filled(JSON.stringify({
    poll_id: poll.id, token: base64(ballot.fromHex(token.message)), signature: base64(ballot.fromHex(token.signature)), salt: base64(salt), answers: said,
  }), poll.bytes);
  const sealed = { ...kept, sent, commitment };
  put(vault, sealed);
  return sealed;
}

function settle(ballot: typeof Ballot, { poll, vault }: Inside, commitment: string, sure: boolean): Receipt {
  const receipt: Receipt = {
    poll_id: poll.id, evaluation_id: poll.evaluation_id, title: poll.title, commitment, tracker: ballot.tracker(ballot.fromHex(commitment)), sure,
  };
  const held = () => {
    try {
      vault.hold(receipt);
      return true;
    } catch {
      return false;
    }
  };
  // First the receipt, then the forgetting: cut off in between, the next visit forgets. On a full device forgetting makes room.
  const first = held();
  vault.forget();
  if (!first) held();
  return receipt;
}

async function castOnce(inside: Inside, answers: Answers): Promise<Receipt> {
  const { deps, vault } = inside;
  const [done, kept] = [vault.receipt(), vault.kept()];
  if (done) {
    vault.forget();
    return done;
  }
  if (!kept) throw LOST;
  const ballot = await deps.ballot().catch(() => { throw networkProblem(); });
  const onItsWay = kept.sent !== null;
  const sealed = seal(ballot, inside, kept, answers);
  let cast: Cast;
  try {
    cast = await deps.cast(sealed.sent);
  } catch (thrown) {
    const problem = asProblem(thrown);
    // A first attempt that was answered did not use the token; one after an attempt without an answer may have.
    if (mendable(problem) || (!onItsWay && !problem.unanswered)) put(vault, { ...sealed, sent: null, commitment: null });
    // Too late, but an attempt without an answer may have been in time: the published result will tell.
    else if (problem.code === 'poll.closed' && onItsWay) return settle(ballot, inside, sealed.commitment, false);
    throw problem;
  }
  if (typeof cast.commitment !== 'string') throw networkProblem();
  const receipt = settle(ballot, inside, sealed.commitment, true);
  if (cast.commitment !== sealed.commitment) throw ODD_ANSWER;
  return receipt;
}

export function boothOf(poll: BoothPoll, deps: BoothDeps): Booth {
  const inside: Inside = { poll, deps, vault: deps.vault };
  const lock = `zhigong.ballot.${poll.id}`;
  let drawing: Promise<void> | null = null;
  let casting: Promise<Receipt> | null = null;
  return {
    standing: () => standingOf(deps.vault),
    receipt: () => deps.vault.receipt(),
    draw() {
      drawing ??= deps.alone(lock, () => drawOnce(inside)).finally(() => { drawing = null; });
      return drawing;
    },
    part(ballot, answers) {
      const kept = deps.vault.kept();
      return kept?.token && !deps.vault.receipt() ? seal(ballot, inside, kept, answers).sent : null;
    },
    cast(answers) {
      casting ??= deps.alone(lock, () => castOnce(inside, answers)).finally(() => { casting = null; });
      return casting;
    },
  };
}

/** One after the other over all tabs where the browser can, else over this page alone. */
export async function alone<T>(name: string, run: () => Promise<T>): Promise<T> {
  const { locks } = navigator as { locks?: LockManager };
  return locks ? await locks.request(name, run) as T : run();
}
