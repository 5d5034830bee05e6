/** What a consultation's document hashes to, worked out from what is shown; the published instrument names the same. */
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, toHex, utf8 } from '../ballot/bytes';

export interface HashedDocument {
  title: string;
  source: string;
  preface: string;
  articles: readonly { heading: string; text: string }[];
  files: readonly { name: string; digest: string }[];
}

const BYTE = 256;
/** Eight bytes, the highest first. */
function lengthOf(bytes: Uint8Array): Uint8Array {
  const length = new Uint8Array(8);
  for (let rest = bytes.length, at = 7; rest > 0; at -= 1, rest = Math.floor(rest / BYTE)) length[at] = rest % BYTE;
  return length;
}

export function documentHash({ title, source, preface, articles, files }: HashedDocument): string {
  const text = JSON.stringify(articles.map((one) => ({ heading: one.heading, text: one.text })));
  const parts = [title, source, preface, text, ...files.flatMap((file) => [file.name, file.digest])].map(utf8);
  return toHex(sha256(concat(...parts.flatMap((part) => [lengthOf(part), part]))));
}
