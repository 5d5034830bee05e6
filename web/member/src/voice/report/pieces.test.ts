import { describe, expect, it } from 'vitest';
import type { ReportDraft, VideoUpload } from '@api/report';
import { networkProblem, Problem } from '@shared/problem';
import { useVideo, type Begun, type Memory, type Wire } from './pieces';

const MIB = 1024 * 1024;
const draft = { version: 1 } as ReportDraft;
const file = (bytes: number, name = '述职.mp4') => new File([new Uint8Array(bytes)], name, { lastModified: 7 });

/** A server that keeps what it is sent; `trouble` says what happens to the how-manieth piece. */
function server(trouble: Record<number, 'cut' | 'lost' | 'other' | Problem> = {}) {
  const uploads = new Map<string, VideoUpload>();
  const log = { begun: 0, pieces: [] as number[], finished: 0 };
  let count = 0;
  const wire: Wire = {
    async begin(_name, bytes) {
      log.begun += 1;
      const upload = { upload_id: `u${log.begun}`, bytes, received: 0, piece_most: 4 * MIB };
      uploads.set(upload.upload_id, upload);
      return { ...upload };
    },
    async ask(id) {
      const found = uploads.get(id);
      if (!found) throw new Problem(404, 'file.upload_unknown', '没有了');
      return { ...found };
    },
    async piece(id, offset, piece) {
      count += 1;
      const upload = uploads.get(id)!;
      const what = trouble[count];
      if (what instanceof Problem) throw what;
      if (what === 'cut') throw networkProblem();
      if (what === 'other') upload.received += MIB; // another page was faster
      log.pieces.push(offset);
      if (offset === upload.received) upload.received += piece.size;
      if (what === 'lost') throw networkProblem();
      return { ...upload };
    },
    async finish(id) {
      expect(uploads.get(id)!.received).toBe(uploads.get(id)!.bytes);
      log.finished += 1;
      return draft;
    },
  };
  return { wire, log, uploads };
}
function memory(begun: Begun | null = null): Memory & { kept: Begun | null } {
  return { kept: begun, load() { return this.kept; }, keep(next) { this.kept = next; } };
}
const noSleep = async () => undefined;
const still = () => 0;

describe('a video goes out in pieces', () => {
  it('sends all of it and forgets it', async () => {
    const { wire, log } = server();
    const kept = memory();
    const video = useVideo(wire, kept, noSleep, still);
    expect(await video.send(file(7 * MIB))).toBe(draft);
    expect(log.pieces).toEqual([0, MIB, 3 * MIB]); // fast: the pieces grow
    expect([log.finished, kept.kept, video.state]).toEqual([1, null, 'idle']);
  });

  it('goes on where the server is after a cut, a lost answer, and another page', async () => {
    for (const what of ['cut', 'lost', 'other'] as const) {
      const { wire, log } = server({ 2: what });
      const video = useVideo(wire, memory(), noSleep, still);
      expect(await video.send(file(7 * MIB)), what).toBe(draft);
      expect([log.begun, log.finished], what).toEqual([1, 1]);
    }
  });

  it('goes on after a reload with the same file, and begins anew with another one', async () => {
    const { wire, log, uploads } = server();
    uploads.set('old', { upload_id: 'old', bytes: 3 * MIB, received: 2 * MIB, piece_most: 4 * MIB });
    const begun = { upload: 'old', name: '述职.mp4', bytes: 3 * MIB, modified: 7 };
    const video = useVideo(wire, memory(begun), noSleep, still);
    expect(video.begun).toEqual(begun);
    expect(await video.send(file(3 * MIB))).toBe(draft);
    expect([log.begun, log.pieces]).toEqual([0, [2 * MIB]]);
    const other = useVideo(wire, memory(begun), noSleep, still);
    expect(await other.send(file(MIB, '另一个.mp4'))).toBe(draft);
    expect(log.begun).toBe(1);
  });

  it('begins anew when the server has swept it', async () => {
    const { wire, log } = server();
    const video = useVideo(wire, memory({ upload: 'gone', name: '述职.mp4', bytes: MIB, modified: 7 }), noSleep, still);
    expect(await video.send(file(MIB))).toBe(draft);
    expect(log.begun).toBe(1);
  });

  it('gives up a dead network and can go on later', async () => {
    const dead = Object.fromEntries([1, 2, 3, 4].map((at) => [at, 'cut' as const]));
    const { wire, log } = server(dead);
    const video = useVideo(wire, memory(), noSleep, still);
    expect(await video.send(file(2 * MIB))).toBeNull();
    expect([video.state, video.problem?.code]).toEqual(['failed', 'network.lost']);
    expect(await video.resume()).toBe(draft);
    expect(log.begun).toBe(1);
  });

  it('finishes once more when the answer to the finish was lost', async () => {
    const { wire, log } = server();
    let lost = true;
    const forgetful: Wire = { ...wire, async finish(id) {
      const out = await wire.finish(id);
      if (!lost) return out;
      lost = false;
      throw networkProblem();
    }, ask: () => Promise.reject(new Problem(404, 'file.upload_unknown', '没有了')) };
    const video = useVideo(forgetful, memory(), noSleep, still);
    expect(await video.send(file(MIB))).toBe(draft);
    expect([log.begun, log.finished]).toEqual([1, 2]);
  });

  it('says a refusal at once and sends nothing more', async () => {
    const { wire, log } = server({ 1: new Problem(422, 'report.video_kind', '不是视频') });
    const kept = memory();
    const video = useVideo(wire, kept, noSleep, still);
    expect(await video.send(file(5 * MIB))).toBeNull();
    expect([video.state, video.problem?.code, log.pieces.length, kept.kept]).toEqual(['failed', 'report.video_kind', 0, null]);
    const large = useVideo(wire, memory(), noSleep, still);
    const huge = { name: 'a.mp4', size: 501 * MIB, lastModified: 1 } as File;
    expect(await large.send(huge)).toBeNull();
    expect(large.problem?.code).toBe('file.too_large');
  });

  it('pauses and resumes', async () => {
    const { wire, log } = server();
    const slow: Wire = { ...wire, async piece(...args) {
      const next = await wire.piece(...args);
      if (log.pieces.length === 1) video.pause();
      return next;
    } };
    const video = useVideo(slow, memory(), noSleep, still);
    expect(await video.send(file(3 * MIB))).toBeNull();
    expect([video.state, log.finished]).toEqual(['paused', 0]);
    expect(await video.resume()).toBe(draft);
    expect(log.begun).toBe(1);
  });
});
