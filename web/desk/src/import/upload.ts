/**
 * One file on its way to the server: XMLHttpRequest, because only it tells how far an upload got.
 *
 *     const sending = sendFile(file, (sent) => { … });
 *     sending.stop();                      // the promise then throws `upload.stopped`
 *     const staged = await sending.done;
 */
import type { StagedFile } from '@api/imports';
import { Problem, problemOf } from '@shared/problem';

/** What the server takes at most; said here, because a connection cut in the middle could not say it. */
export const MAX_BYTES = 200 * 1024 * 1024;
const STALL_MS = 60_000;

export interface Sending { done: Promise<StagedFile>; stop(): void }

const lost = () => new Problem(0, 'network.lost', '网络断了，文件没有传完。文件还在您的电脑里，网络好了点“重试”。');
const stopped = () => new Problem(-1, 'upload.stopped', '已停止上传。要传的话点“重试”。');
const tooLarge = () => new Problem(413, 'file.too_large', '文件超过 200 MB。请按镇街或单位拆成几份，分几次导入。');
const changed = () => new Problem(-1, 'file.changed', '文件在上传时被改动或移走了。请保存并关闭它，再重新选择一次。');

/** Whether the browser can still read the file it was given. */
async function readable(file: Blob): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

export function sendFile(file: File, progress: (sent: number) => void): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<StagedFile>((resolve, reject) => {
    if (file.size > MAX_BYTES) {
      reject(tooLarge());
      return;
    }
    let stall: ReturnType<typeof setTimeout> | undefined;
    const hear = () => {
      clearTimeout(stall);
      stall = setTimeout(() => { request.abort(); reject(lost()); }, STALL_MS);
    };
    request.upload.onprogress = (event) => { progress(event.loaded); hear(); };
    // All is sent: the server now reads the file, which may take a while.
    request.upload.onload = () => { progress(file.size); clearTimeout(stall); };
    request.onloadend = () => clearTimeout(stall);
    request.onabort = () => reject(stopped());
    request.onerror = () => void readable(file).then((still) => reject(still ? lost() : changed()));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(parsed(request.responseText) as StagedFile);
      else reject(problemOf(request.status, parsed(request.responseText)));
    };
    request.open('POST', `/api/imports/files?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('X-Zhigong', '1');
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.send(file);
    hear();
  });
  return { done, stop: () => request.abort() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
