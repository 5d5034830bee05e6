/** A first look at what is typed to take over a record, so that a slip is no guess; the server decides. */
import { lack as joinLack } from '../member/flow';

/** No letter or digit that looks like another: no 0 O, 1 I L, 2 Z, 5 S, 8 B, U V. */
const CODE = /^[34679ACDEFGHJKMNPQRTUWXY]{8}$/;

/** Half-width capitals without spaces and hyphens, as the server reads them. */
const plain = (text: string) => text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase();

export interface TakeoverForm { name: string; id_tail: string; code: string; agreed: string | undefined }
export type TakeoverField = 'name' | 'id_tail' | 'code' | 'consent_version';
export type Mistakes = Partial<Record<TakeoverField, string>>;

function tailLack(text: string): string | undefined {
  const tail = plain(text);
  if (!tail) return '请填写证件号码的最后六位。';
  if (tail.length > 6) return '只填证件号码的最后六位，不用填全。';
  return /^\d{5}[\dX]$/.test(tail) ? undefined : '请对照证件填最后六位，都是数字，末位可以是 X。';
}

function codeLack(text: string): string | undefined {
  const code = plain(text);
  if (!code) return '请填写纸条上的认领码。';
  return CODE.test(code) ? undefined : '认领码是 8 位数字和字母，没有 0、1、2、5、8，请对照纸条核对。';
}

/** What is wrong, field by field; nothing when it may be sent. */
export function mistakesOf(form: TakeoverForm, byCode: boolean, consent: string): Mistakes {
  const all: Record<TakeoverField, string | undefined | null> = {
    code: byCode ? codeLack(form.code) : undefined,
    name: joinLack('name', { name: form.name }, consent),
    id_tail: tailLack(form.id_tail),
    consent_version: form.agreed === consent ? undefined : '请读完并勾选同意；不同意就不能在网上认领，可以带身份证到工会办理。',
  };
  return Object.fromEntries(Object.entries(all).filter(([, said]) => said)) as Mistakes;
}

/** Where a refusal of the server belongs, when it is about one field. */
export function fieldOf(field: string | null | undefined): TakeoverField | null {
  return field === 'name' || field === 'id_tail' || field === 'code' || field === 'consent_version' ? field : null;
}
