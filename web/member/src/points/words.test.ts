import { describe, expect, it } from 'vitest';
import { endsText } from './words';

describe('until when points are good', () => {
  it('counts the last day itself', () => {
    expect(endsText('2026-12-31', '2026-11-23')).toBe('用到 12月31日（还有 38 天）');
    expect(endsText('2026-11-23', '2026-11-23')).toBe('用到 11月23日（今天是最后一天）');
    expect(endsText('2027-01-01', '2026-11-23')).toBe('用到 2027年1月1日（还有 39 天）');
    expect(endsText('2026-11-22', '2026-11-23')).toBe('用到 11月22日（已到期，夜里收回）');
  });
});
