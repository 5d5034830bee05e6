import { describe, expect, it } from 'vitest';
import { countText, dayOf, daysBetween, dayText, dueText, greeting, lastDayText, maskSpoken, phoneText, timeText, waitedText } from './format';

const TODAY = '2026-11-22';

describe('dates in China', () => {
  it('names the year only when it is another', () => {
    expect(dayText('2026-11-27', TODAY)).toBe('11月27日');
    expect(dayText('2025-01-05', TODAY)).toBe('2025年1月5日');
    expect(dayText('2026-11-27')).toBe('2026年11月27日');
    expect(dayText(null)).toBe('—');
    expect(dayText('soon')).toBe('—');
  });

  it('turns a UTC time into the China day and minute', () => {
    expect(dayOf('2026-11-21T16:00:00Z')).toBe('2026-11-22');
    expect(dayOf('2026-12-31T15:59:59.999999Z')).toBe('2026-12-31');
    expect(timeText('2026-12-31T16:05:00Z', TODAY)).toBe('2027年1月1日 00:05');
    expect(timeText('no time', TODAY)).toBe('—');
  });

  it('names the last whole day before midnight', () => {
    expect(lastDayText('2026-11-30T16:00:00Z', TODAY)).toBe('11月30日');
    expect(lastDayText('2026-12-31T16:00:00Z', TODAY)).toBe('12月31日');
    expect(lastDayText('soon', TODAY)).toBe('—');
  });

  it('counts days', () => {
    expect(daysBetween('2026-11-22', '2026-12-01')).toBe(9);
    expect(dueText('2026-11-25', TODAY)).toBe('还有 3 天');
    expect(dueText(TODAY, TODAY)).toBe('今天');
    expect(dueText('2026-11-20', TODAY)).toBe('已过 2 天');
    expect(waitedText('2026-11-19T02:00:00Z', TODAY)).toBe('等了 3 天');
    expect(waitedText('2026-11-21T17:00:00Z', TODAY)).toBe('今天收到');
  });

  it('greets by the hour in China', () => {
    expect(greeting(new Date('2026-11-22T00:30:00Z'))).toBe('早上好');
    expect(greeting(new Date('2026-11-22T04:30:00Z'))).toBe('中午好');
    expect(greeting(new Date('2026-11-22T16:30:00Z'))).toBe('夜里好');
  });
});

describe('numbers and masks', () => {
  it('groups thousands', () => {
    expect([0, 999, 5908, 652000].map(countText)).toEqual(['0', '999', '5,908', '652,000']);
  });

  it('spaces a phone number and leaves a mask alone', () => {
    expect(phoneText('13800138000')).toBe('138 0013 8000');
    expect(phoneText('138****0001')).toBe('138 **** 0001');
    expect(phoneText('0750*****01')).toBe('0750*****01');
    expect(phoneText(null)).toBe('—');
  });

  it('reads a mask aloud as one word', () => {
    expect(maskSpoken('440703********123X')).toBe('440703 已隐去 123X');
  });
});
