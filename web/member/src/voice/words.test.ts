import { describe, expect, it } from 'vitest';
import { hundredths, percent, skewText } from './words';

describe('words of evaluations', () => {
  it('say hundredths as people read them', () => {
    expect([hundredths(8750), hundredths(10000), hundredths(33)]).toEqual(['87.5', '100', '0.33']);
    expect([percent(6667), percent(10000), percent(0)]).toEqual(['66.7%', '100%', '0%']);
  });
  it('tell of a clock that is far off, and of no other', () => {
    const served = 'Thu, 26 Nov 2026 00:00:00 GMT';
    expect(skewText(served, new Date('2026-11-26T00:09:00Z'))).toBeNull();
    expect(skewText(served, new Date('2026-11-26T01:00:00Z'))).toContain('快了约 60 分钟');
    expect(skewText(served, new Date('2026-11-25T23:30:00Z'))).toContain('慢了约 30 分钟');
    expect(skewText(null, new Date())).toBeNull();
  });
});
