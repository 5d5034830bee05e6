import { describe, expect, it } from 'vitest';
import { auditText, campaignBody, campaignGaps, emptyCampaign, howAnswered, inCampaign } from './words';

const fields = (more = {}) => ({ ...emptyCampaign(), scheme: 'chair_report', organization_id: 'o', opens_on: '2026-12-01', ...more });

describe('what came of opening the ballots', () => {
  it('is said in a sentence, with the question where there is one', () => {
    expect(auditText({ fits: true, mismatch: null, question: null })).toBe('全部一致。');
    expect(auditText({ fits: false, mismatch: 'column', question: 'q3' })).toBe('对不上：选票上的回答和公布的这一题不一样（q3）。');
    expect(auditText({ fits: false, mismatch: 'ballots', question: null })).toContain('多出来的或少了的。');
  });
});

describe('a campaign about to be started', () => {
  it('says what is missing', () => {
    expect(Object.keys(campaignGaps(emptyCampaign(), '2026-11-26'))).toEqual(['scheme', 'organization_id', 'opens_on']);
    expect(campaignGaps(fields(), '2026-11-26')).toEqual({});
    expect(campaignGaps(fields({ opens_on: '2026-11-25' }), '2026-11-26')).toHaveProperty('opens_on');
    expect(campaignGaps(fields({ closes_on: '2026-12-01' }), '2026-11-26')).toHaveProperty('closes_on');
    expect(campaignGaps(fields({ least: '50', most: '20' }), '2026-11-26')).toHaveProperty('most');
    expect(campaignGaps(fields({ least: '五', year: '26' }), '2026-11-26')).toMatchObject({ least: '请填整数。', year: '请填四位年份。' });
  });
  it('sends only what was asked', () => {
    expect(campaignBody(fields())).toEqual({ scheme: 'chair_report', organization_id: 'o', opens_on: '2026-12-01' });
    expect(campaignBody(fields({ rule: ' is_delegate ' }))).toMatchObject({ rule: 'is_delegate' });
    expect(campaignBody(fields({ year: '2026', least: ' 5 ', kind: 'grassroots', closes_on: '2026-12-20' }))).toMatchObject({ year: 2026, least_members: 5, kinds: ['grassroots'], closes_on: '2026-12-20' });
  });
  it('knows which unions it goes through', () => {
    const union = { kind: 'grassroots' as const, members: 30, state: 'established' };
    expect(inCampaign(fields(), union)).toBe(true);
    expect(inCampaign(fields({ least: '31' }), union)).toBe(false);
    expect(inCampaign(fields({ most: '29' }), union)).toBe(false);
    expect(inCampaign(fields(), { ...union, kind: 'town_joint' })).toBe(false);
    expect(inCampaign(fields(), { ...union, state: 'founding' })).toBe(false);
  });
});

it('a question says how it is answered', () => {
  const asked = { id: 'q1', text: '示例', weight: 1, required: true };
  expect(howAnswered({ ...asked, kind: 'multiple', options: ['甲', '乙'], least: 1, most: 2 })).toBe('多选 1–2 项：甲 / 乙');
  expect(howAnswered({ ...asked, kind: 'scale', steps: [{ label: '满意', score: 100 }, { label: '不满意', score: 0 }] })).toBe('满意 100 / 不满意 0');
});
