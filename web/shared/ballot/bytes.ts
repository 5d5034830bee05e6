/** Bytes, hex and big numbers. Nothing newer than Chrome 78 and iOS 14 have. */

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** Throws on anything but whole bytes in hex. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) throw new RangeError('not hex');
  const bytes = new Uint8Array(text.length / 2);
  for (let place = 0; place < bytes.length; place += 1) bytes[place] = parseInt(text.slice(2 * place, 2 * place + 2), 16);
  return bytes;
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    joined.set(part, place);
    place += part.length;
  }
  return joined;
}

export function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Big numbers are written with a call: engines at the floor know `BigInt`, the language level of their build has no `1n`. */
export const ZERO = BigInt(0);
export const ONE = BigInt(1);

export function toNumber(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? ZERO : BigInt(`0x${toHex(bytes)}`);
}

/** Big-endian in so many bytes; the number must fit. */
export function fromNumber(number: bigint, length: number): Uint8Array {
  return fromHex(number.toString(16).padStart(2 * length, '0'));
}

/** Random bytes; another source only in tests. */
export type Random = (length: number) => Uint8Array;

/** The browser's own source, there on plain http too; without it no secret can be kept, so there is no other. */
export const systemRandom: Random = (length) => {
  if (typeof crypto === 'undefined' || typeof crypto.getRandomValues !== 'function') throw new BallotError('random');
  return crypto.getRandomValues(new Uint8Array(length));
};

const SENTENCES = {
  key: '选票密钥与评议公告里公布的不一致，已经停止。请不要继续投票，并拨打 12351 说明情况。',
  answer: '发回的选票没有通过核对，没有保存。请重新领取；仍不行请拨打 12351。',
  random: '这个浏览器太旧，保护不了投票的秘密。请升级微信或浏览器后再投票。',
};

/** Why a ballot cannot be drawn safely; the message is for the person. */
export class BallotError extends Error {
  readonly code: keyof typeof SENTENCES;

  constructor(code: keyof typeof SENTENCES) {
    super(SENTENCES[code]);
    this.name = 'BallotError';
    this.code = code;
  }
}
