/**
 * A video on its way to the server in pieces. It can be paused, goes on by itself after the network was away, and after
 * a reload once the same file is chosen again: the server says where.
 *
 *     const video = useVideo(wire, memory);
 *     const draft = await video.send(file);       // null when it was paused or refused
 */
import { reactive } from 'vue';
import type { ReportDraft, VideoUpload } from '@api/report';
import { asProblem, Problem } from '@shared/problem';

export interface Wire {
  begin(name: string, bytes: number): Promise<VideoUpload>;
  ask(upload: string): Promise<VideoUpload>;
  /** `stop` is called with what breaks the piece off. */
  piece(upload: string, offset: number, piece: Blob, progress: (sent: number) => void, stop: (abort: () => void) => void): Promise<VideoUpload>;
  finish(upload: string): Promise<ReportDraft>;
}
/** Which upload this device had begun, of which file. */
export interface Begun { upload: string; name: string; bytes: number; modified: number }
export interface Memory { load(): Begun | null; keep(begun: Begun | null): void }

export const MOST_BYTES = 500 * 1024 * 1024;
const MIB = 1024 * 1024;
const PIECE = { first: MIB, least: MIB / 4 };
const FAST_MS = 2_000;
const SLOW_MS = 12_000;
const WAITS_MS = [1_000, 2_000, 5_000, 10_000];
/** Answers in a row that bring nothing on before it is given up. */
const STUCK = 4;

export interface Video {
  readonly state: 'idle' | 'sending' | 'waiting' | 'paused' | 'finishing' | 'failed';
  readonly sent: number;
  readonly bytes: number;
  readonly problem: Problem | null;
  /** One that was begun here before and can go on. */
  readonly begun: Begun | null;
  send(file: File): Promise<ReportDraft | null>;
  resume(): Promise<ReportDraft | null>;
  pause(): void;
  forget(): void;
}

const tooLarge = () => new Problem(413, 'file.too_large', '视频超过 500 MB，请先压缩或者剪短，再选择一次。');
const stuck = () => new Problem(0, 'network.lost', '网络一直不通，视频没有传完。已经传的还在，网络好了点“接着传”。');

export function useVideo(wire: Wire, memory: Memory, sleep: (ms: number) => Promise<void> = (ms) => new Promise((go) => setTimeout(go, ms)), now: () => number = Date.now): Video {
  return reactive(new Sender(wire, memory, sleep, now)) as Video;
}

const isSame = (begun: Begun, file: File) => begun.name === file.name && begun.bytes === file.size && begun.modified === file.lastModified;

class Sender implements Video {
  state: Video['state'] = 'idle';
  sent = 0;
  bytes = 0;
  problem: Problem | null = null;
  begun: Begun | null;
  private file: File | null = null;
  /** Counts starts and pauses: what belongs to an older one has nothing to say any more. */
  private turn = 0;
  private abort: (() => void) | null = null;
  private size = PIECE.first;

  constructor(private readonly wire: Wire, private readonly memory: Memory, private readonly sleep: (ms: number) => Promise<void>, private readonly now: () => number) {
    this.begun = memory.load();
  }

  async send(file: File): Promise<ReportDraft | null> {
    this.file = file;
    this.bytes = file.size;
    this.sent = 0;
    return file.size > MOST_BYTES ? this.fail(tooLarge()) : this.resume();
  }

  pause(): void {
    this.turn += 1;
    this.abort?.();
    if (this.state === 'sending' || this.state === 'waiting') this.state = 'paused';
  }

  forget(): void {
    this.pause();
    this.keep(null);
    Object.assign(this, { state: 'idle', sent: 0, problem: null });
  }

  async resume(): Promise<ReportDraft | null> {
    const file = this.file;
    if (!file || this.state === 'sending' || this.state === 'waiting' || this.state === 'finishing') return null;
    const mine = (this.turn += 1);
    this.problem = null;
    this.state = 'sending';
    let upload: VideoUpload | null = null;
    for (let misses = 0; misses < STUCK;) {
      try {
        upload ??= await this.opened(file);
        if (mine !== this.turn) return null;
        this.sent = upload.received;
        this.state = upload.received === upload.bytes ? 'finishing' : 'sending';
        if (this.state === 'finishing') return await this.done(upload);
        const next: VideoUpload = await this.one(file, upload, mine);
        misses = next.received > upload.received ? 0 : misses + 1;
        upload = next;
      } catch (thrown) {
        if (mine !== this.turn) return null;
        const problem = asProblem(thrown);
        if (!problem.unanswered) return this.gone(problem);
        misses += 1;
        // Where the server is, it must be asked; what is all there is only to be finished once more.
        if (this.state !== 'finishing') upload = null;
      }
      if (mine !== this.turn) return null;
      if (misses > 0 && misses < STUCK) {
        this.state = 'waiting';
        await this.sleep(WAITS_MS[misses - 1] ?? 10_000);
        if (mine !== this.turn) return null;
      }
    }
    return this.fail(stuck());
  }

  /** The upload that was begun for this file, or a new one. */
  private async opened(file: File): Promise<VideoUpload> {
    if (this.begun && isSame(this.begun, file)) {
      try {
        return await this.wire.ask(this.begun.upload);
      } catch (thrown) {
        if (asProblem(thrown).status !== 404) throw thrown;
      }
    }
    const upload = await this.wire.begin(file.name, file.size);
    this.keep({ upload: upload.upload_id, name: file.name, bytes: file.size, modified: file.lastModified });
    return upload;
  }

  private async one(file: File, upload: VideoUpload, mine: number): Promise<VideoUpload> {
    const from = upload.received;
    const began = this.now();
    const piece = file.slice(from, Math.min(from + Math.min(this.size, upload.piece_most), upload.bytes));
    const progress = (sent: number) => { if (mine === this.turn) this.sent = from + sent; };
    const next = await this.wire.piece(upload.upload_id, from, piece, progress, (stop) => { this.abort = stop; });
    const took = this.now() - began;
    if (took < FAST_MS) this.size = Math.min(this.size * 2, upload.piece_most);
    else if (took > SLOW_MS) this.size = Math.max(this.size / 2, PIECE.least);
    return next;
  }

  private async done(upload: VideoUpload): Promise<ReportDraft> {
    const draft = await this.wire.finish(upload.upload_id);
    this.keep(null);
    Object.assign(this, { state: 'idle', sent: 0 });
    this.file = null;
    return draft;
  }

  private keep(begun: Begun | null): void {
    this.begun = begun;
    this.memory.keep(begun);
  }

  /** What the server has no upload for is begun anew the next time. */
  private gone(problem: Problem): null {
    if (problem.status === 404 || problem.code === 'report.video_kind') this.keep(null);
    return this.fail(problem);
  }

  private fail(problem: Problem): null {
    this.problem = problem;
    this.state = 'failed';
    return null;
  }
}
