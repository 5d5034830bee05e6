import { describe, expect, it } from 'vitest';
import { degreesText, hoursText, looksLikeAccount, looksLikeUscc, metresText, millionths } from './merchant';

describe('shops in words', () => {
  it('says the hours and the days off', () => {
    expect(hoursText('09:00', '21:00', '')).toBe('09:00–21:00');
    expect(hoursText('09:00', '21:00', '67')).toBe('09:00–21:00，周六、周日休息');
    expect(hoursText('00:00', '24:00', '')).toBe('全天营业');
  });

  it('says distances as people do', () => {
    expect([0, 999, 1000, 12_340].map(metresText)).toEqual(['0 米', '999 米', '1.0 公里', '12.3 公里']);
  });

  it('reads and writes degrees without a fraction of a millionth', () => {
    expect(millionths('113.0819')).toBe(113_081_900);
    expect(millionths(' 22.5787381 ')).toBe(22_578_738);
    for (const odd of ['', '-1', '1e2', '1234', '22.']) expect(millionths(odd)).toBeNull();
    expect(degreesText(22_078_738)).toBe('22.078738');
  });

  it('knows what cannot be a code or an account', () => {
    expect(looksLikeUscc('91440703MC0000012J')).toBe(true);
    expect(looksLikeUscc('91440703MC000001')).toBe(false);
    expect(looksLikeAccount('6217 0000-1234 5678')).toBe(true);
    expect(looksLikeAccount('1234567')).toBe(false);
  });
});
