/** What the pages of merchants and settlements share: sending a table, and the small checks of their forms. */
import type { MerchantForm, ShopForm } from '@api/merchant';
import { looksLikeAccount, looksLikeUscc, millionths } from '@shared/merchant';
import { Problem, problemOf } from '@shared/problem';

const MAX_BYTES = 4 * 1024 * 1024;

/** Sends a table as it is; the answer says what is in it. */
export async function sendTable<T>(path: string, file: File): Promise<T> {
  if (file.size > MAX_BYTES) throw new Problem(413, 'file.too_large', '文件超过 4 MB，没有上传。请拆成几份再选。');
  let response: Response;
  try {
    response = await fetch(path, { method: 'POST', credentials: 'same-origin', headers: { 'X-Zhigong': '1', 'Content-Type': 'application/octet-stream' }, body: file });
  } catch {
    throw new Problem(0, 'network.lost', '网络断了，文件没有传完。请再选一次。');
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problemOf(response.status, body);
  return body as T;
}

export interface MerchantFields { name: string; uscc: string; category: string; contact: string; phone: string; bank: string }
export interface AccountFields { holder: string; number: string }

export const merchantReady = (fields: MerchantFields, account: AccountFields): boolean =>
  [fields.name, fields.bank, account.holder].every((one) => one.trim().length >= 2) && looksLikeUscc(fields.uscc) && fields.category !== '' && fields.contact.trim() !== ''
  && /^1[3-9]\d{9}$/.test(fields.phone.replace(/[\s-]/g, '')) && looksLikeAccount(account.number);

export const merchantForm = (fields: MerchantFields, account: AccountFields): MerchantForm => ({
  name: fields.name.trim(), uscc: fields.uscc.trim().toUpperCase(), category: fields.category as MerchantForm['category'],
  contact_name: fields.contact.trim(), contact_phone: fields.phone.trim(),
  bank: { holder: account.holder.trim(), bank: fields.bank.trim(), number: account.number.replace(/[\s-]/g, '') },
});

export interface ShopFields { code: string; name: string; division: string; address: string; lon: string; lat: string; opens: string; closes: string; shut: string }
export const noShop = (): ShopFields => ({ code: '', name: '', division: '', address: '', lon: '', lat: '', opens: '09:00', closes: '21:00', shut: '' });

const clock = /^([01]?\d|2[0-4]):[0-5]\d$/;
/** Both places or neither; what is typed must be degrees. */
const placed = (fields: ShopFields): boolean => (fields.lon.trim() === '' && fields.lat.trim() === '') || (millionths(fields.lon) !== null && millionths(fields.lat) !== null);

export const shopReady = (fields: ShopFields): boolean =>
  fields.code.trim() !== '' && fields.name.trim().length >= 2 && /^\d{6}(\d{3})?$/.test(fields.division.trim()) && fields.address.trim().length >= 2
  && clock.test(fields.opens.trim()) && clock.test(fields.closes.trim()) && placed(fields);

export function shopForm(fields: ShopFields): ShopForm {
  const [lon, lat] = [millionths(fields.lon), millionths(fields.lat)];
  return {
    code: fields.code.trim(), name: fields.name.trim(), division_code: fields.division.trim(), address: fields.address.trim(),
    opens: fields.opens.trim(), closes: fields.closes.trim(), shut: fields.shut.trim(),
    ...(lon !== null && lat !== null ? { lon_e6: lon, lat_e6: lat } : {}),
  };
}
