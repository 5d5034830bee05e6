/** What the pages of merchants and settlements share: how large their tables may be, and the small checks of their forms. */
import type { MerchantForm, ShopForm } from '@api/merchant';
import { looksLikeAccount, looksLikeUscc, millionths } from '@shared/merchant';

/** The server takes no larger table of shops, or statement of the bank. */
export const MOST_MB = 4;

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
