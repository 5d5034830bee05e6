/** SM3 (GB/T 32905) and the checking of SM2 signatures (GB/T 32918.2). Nothing secret is computed here. */
import { concat, fromHex, fromNumber, toHex, toNumber, utf8 } from '../ballot/bytes';
import { inverseOf } from '../ballot/rsa';

const rotate = (word: number, by: number): number => (word << by % 32) | (word >>> (32 - (by % 32)) % 32);
const p0 = (word: number): number => word ^ rotate(word, 9) ^ rotate(word, 17);
const p1 = (word: number): number => word ^ rotate(word, 15) ^ rotate(word, 23);

export function sm3(message: Uint8Array): Uint8Array {
  const blocks = Math.ceil((message.length + 9) / 64);
  const padded = new Uint8Array(64 * blocks);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 0x20000000));
  view.setUint32(padded.length - 4, (message.length << 3) >>> 0);
  const state = Uint32Array.of(
    0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
  );
  for (let start = 0; start < padded.length; start += 64) compress(state, view, start);
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, place) => digest.setUint32(4 * place, word));
  return new Uint8Array(digest.buffer);
}

function compress(state: Uint32Array, view: DataView, start: number): void {
  const w = new Uint32Array(68);
  const at = (place: number): number => w[place] ?? 0;
  for (let j = 0; j < 16; j += 1) w[j] = view.getUint32(start + 4 * j);
  for (let j = 16; j < 68; j += 1) {
    w[j] = p1(at(j - 16) ^ at(j - 9) ^ rotate(at(j - 3), 15)) ^ rotate(at(j - 13), 7) ^ at(j - 6);
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let j = 0; j < 64; j += 1) {
    const early = j < 16;
    const ss1 = rotate((rotate(a, 12) + e + rotate(early ? 0x79cc4519 : 0x7a879d8a, j)) | 0, 7);
    const ss2 = ss1 ^ rotate(a, 12);
    const ff = early ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = early ? e ^ f ^ g : (e & f) | (~e & g);
    const tt1 = (ff + d + ss2 + (at(j) ^ at(j + 4))) | 0;
    const tt2 = (gg + h + ss1 + at(j)) | 0;
    [d, c, b, a] = [c, rotate(b, 9), a, tt1];
    [h, g, f, e] = [g, rotate(f, 19), e, p0(tt2)];
  }
  [a, b, c, d, e, f, g, h].forEach((word, place) => {
    state[place] = (state[place] ?? 0) ^ word;
  });
}

const P = BigInt('0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff');
const A = P - BigInt(3);
const B = BigInt('0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93');
const N = BigInt('0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123');
const GX = BigInt('0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7');
const GY = BigInt('0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0');
/** The signer's identity of GM/T 0009 when none is agreed. */
const SIGNER = utf8('1234567812345678');

/** A point in Jacobian coordinates; z is 0 at infinity. */
type Point = readonly [bigint, bigint, bigint];

const mod = (number: bigint): bigint => ((number % P) + P) % P;

function double([x, y, z]: Point): Point {
  const s = mod(BigInt(4) * x * y * y);
  const m = mod(BigInt(3) * x * x + A * (z * z * z * z));
  const x3 = mod(m * m - BigInt(2) * s);
  return [x3, mod(m * (s - x3) - BigInt(8) * (y * y * y * y)), mod(BigInt(2) * y * z)];
}

function add(one: Point, other: Point): Point {
  const [x1, y1, z1] = one;
  const [x2, y2, z2] = other;
  if (z1 === BigInt(0)) return other;
  if (z2 === BigInt(0)) return one;
  const u1 = mod(x1 * z2 * z2);
  const s1 = mod(y1 * (z2 * z2 * z2));
  const h = mod(x2 * z1 * z1 - u1);
  const r = mod(y2 * (z1 * z1 * z1) - s1);
  if (h === BigInt(0)) return r === BigInt(0) ? double(one) : [BigInt(1), BigInt(1), BigInt(0)];
  const [h2, h3] = [mod(h * h), mod((h * h * h))];
  const x3 = mod(r * r - h3 - BigInt(2) * u1 * h2);
  return [x3, mod(r * (u1 * h2 - x3) - s1 * h3), mod(h * z1 * z2)];
}

function times(point: Point, factor: bigint): Point {
  let result: Point = [BigInt(1), BigInt(1), BigInt(0)];
  for (const bit of factor.toString(2)) {
    result = double(result);
    if (bit === '1') result = add(result, point);
  }
  return result;
}

/** Whether a signature (r ‖ s) with SM3 is good; the key is `04` ‖ x ‖ y. */
export function sm2Verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 65 || key[0] !== 4 || signature.length !== 64) return false;
  const [x, y] = [toNumber(key.subarray(1, 33)), toNumber(key.subarray(33))];
  if (x >= P || y >= P || mod(y * y - (x * x * x) - A * x - B) !== BigInt(0)) return false;
  const [r, s] = [toNumber(signature.subarray(0, 32)), toNumber(signature.subarray(32))];
  if (r < BigInt(1) || r >= N || s < BigInt(1) || s >= N) return false;
  const t = (r + s) % N;
  if (t === BigInt(0)) return false;
  const field = (number: bigint): Uint8Array => fromNumber(number, 32);
  const z = sm3(concat(fromHex('0080'), SIGNER, field(A), field(B), field(GX), field(GY), key.subarray(1)));
  const e = toNumber(sm3(concat(z, message)));
  const [px, , pz] = add(times([GX, GY, BigInt(1)], s), times([x, y, BigInt(1)], t));
  const inverse = inverseOf(mod(pz * pz), P);
  return inverse !== undefined && (e + mod(px * inverse)) % N === r;
}

/** In hex. */
export function sm3Hex(message: Uint8Array): string {
  return toHex(sm3(message));
}
