import { describe, expect, it } from 'vitest';
import { merchantForm, merchantReady, noShop, shopForm, shopReady } from './merchant';

const fields = { name: '示例餐饮', uscc: '91440703mc0000012j', category: 'catering', contact: '陈示例', phone: '19900000088', bank: '示例银行' };
const account = { holder: '示例餐饮', number: '6217 0000 1234 5678' };

describe('forms of merchants and shops', () => {
  it('are ready when everything is there', () => {
    expect(merchantReady(fields, account)).toBe(true);
    expect(merchantReady({ ...fields, category: '' }, account)).toBe(false);
    expect(merchantReady(fields, { ...account, number: '123' })).toBe(false);
    expect(merchantForm(fields, account).bank.number).toBe('6217000012345678');
    expect(merchantForm(fields, account).uscc).toBe('91440703MC0000012J');
  });

  it('take a place whole or not at all', () => {
    const shop = { ...noShop(), code: '1', name: '示例店', division: '440703101', address: '示例路 1 号' };
    expect(shopReady(shop)).toBe(true);
    expect(shopForm(shop).lon_e6).toBeUndefined();
    expect(shopReady({ ...shop, lon: '113.08' })).toBe(false);
    expect(shopForm({ ...shop, lon: '113.08', lat: '22.5' })).toMatchObject({ lon_e6: 113_080_000, lat_e6: 22_500_000 });
    expect(shopReady({ ...shop, opens: '9点' })).toBe(false);
    expect(shopReady({ ...shop, division: '棠下镇' })).toBe(false);
  });
});
