/**
 * What of a report does not go out as JSON: pictures whole, a video piece by piece; by XMLHttpRequest, because only it
 * tells how far it got.
 */
import { answer, api } from '@api/client';
import { reportPictures, reportPiece } from '@api/paths-report';
import type { ReportDraft, VideoUpload } from '@api/report';
import { newKey } from '@shared/key';
import { networkProblem, Problem, problemOf } from '@shared/problem';
import type { Begun, Memory, Wire } from './pieces';

const STALL_MS = 60_000;
const stopped = () => new Problem(-1, 'upload.stopped', '已停止上传。');

interface Going { progress?: (sent: number) => void; stop?: (abort: () => void) => void }

/** Sends bytes; an answer that does not come is a lost network. */
function send<T>(url: string, body: Blob, { progress, stop }: Going = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stall: ReturnType<typeof setTimeout> | undefined;
    let lost = false;
    const hear = () => {
      clearTimeout(stall);
      stall = setTimeout(() => { lost = true; request.abort(); }, STALL_MS);
    };
    request.upload.onprogress = (event) => { progress?.(event.loaded); hear(); };
    request.onloadend = () => clearTimeout(stall);
    request.onabort = () => reject(lost ? networkProblem() : stopped());
    request.onerror = () => reject(networkProblem());
    request.onload = () => {
      const said = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(said as T);
      else reject(problemOf(request.status, said));
    };
    request.open('POST', url);
    request.setRequestHeader('X-Zhigong', '1');
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    stop?.(() => request.abort());
    request.send(body);
    hear();
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const sendPicture = (evaluation: string, union: string, picture: Blob): Promise<ReportDraft> => send(reportPictures(evaluation, union), picture);

export function videoWire(evaluation_id: string, organization_id: string): Wire {
  const path = { evaluation_id, organization_id };
  const base = '/api/evaluations/{evaluation_id}/reports/{organization_id}/draft/video' as const;
  return {
    begin: (name, bytes) => answer(api.POST(base, { params: { path }, body: { name, bytes }, headers: { 'Idempotency-Key': newKey() } })),
    ask: (upload_id) => answer(api.GET(`${base}/{upload_id}`, { params: { path: { ...path, upload_id } } })),
    piece: (upload, offset, piece, progress, stop) => send<VideoUpload>(reportPiece(evaluation_id, organization_id, upload, offset), piece, { progress, stop }),
    finish: (upload_id) => answer(api.POST(`${base}/{upload_id}/finish`, { params: { path: { ...path, upload_id } }, body: {} })),
  };
}

/** Kept on this device until it is sent, or somebody signs out (`dropAllDrafts`). */
export function videoMemory(evaluation: string, union: string): Memory {
  const place = `zhigong.draft.video.${evaluation}.${union}`;
  return {
    load() {
      try {
        const found = JSON.parse(localStorage.getItem(place) ?? 'null') as Begun | null;
        return found && typeof found.upload === 'string' ? found : null;
      } catch {
        return null;
      }
    },
    keep(begun) {
      try {
        if (begun) localStorage.setItem(place, JSON.stringify(begun));
        else localStorage.removeItem(place);
      } catch { /* storage refused: it then goes on only while the page stays open */ }
    },
  };
}
