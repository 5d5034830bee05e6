import { describe, expect, it } from 'vitest';
import type { SchemeRow } from '@api/voice';
import { addQuestion, moveQuestion, schemeBody, schemeFields, schemeGaps } from './scheme';

const steps = [{ label: '好', score: 100 }, { label: '差', score: 0 }];
const row: SchemeRow = {
  code: 'dormitory', version: 2, added_at: '2026-11-23T01:00:00Z',
  document: {
    title: '宿舍管理评议', about: '住宿舍的职工评一评。', basis: '示例市总工会年度工作部署', subject: 'union', title_pattern: '{subject}宿舍管理评议（{year}年）',
    questions: [
      { id: 'q1', text: '卫生和安全', weight: 1, required: true, kind: 'scale', steps },
      { id: 'q2', text: '最想改进的地方', weight: 0, required: false, kind: 'single', options: ['热水', '网络'] },
      { id: 'q3', text: '最多改进几样', help: '选几样', weight: 0, required: false, kind: 'multiple', options: ['热水', '网络'], least: 1, most: 2 },
      { id: 'q4', text: '先后次序', weight: 0, required: false, kind: 'ranking', options: ['热水', '网络'], places: 1 },
      { id: 'q5', text: '每月住宿费', weight: 0, required: false, kind: 'number', least: 0, most: 2000, unit: '元' },
      { id: 'q7', text: '其他想说的', weight: 0, required: false, kind: 'text', most_chars: 200 },
    ],
    thresholds: { quorum_percent: 20, rectify_percent: 30 }, electorate: 'true', without_rated: true, opinions: false, report_required: false,
    days_open: { least: 1, usual: 2, most: 10 }, yearly: false, issuer: 'blind_rsa', starts: 'union',
  },
};

describe('a scheme about to be written', () => {
  it('comes out of the form as it went in', () => {
    expect(schemeGaps(schemeFields(row, false))).toEqual({});
    expect(schemeBody(schemeFields(row, false))).toEqual({ code: 'dormitory', seen_version: 2, document: row.document });
  });
  it('that is new needs a code and a name of its own', () => {
    const fields = schemeFields(row, true);
    expect(Object.keys(schemeGaps(fields))).toEqual(['code', 'title']);
    expect(schemeBody({ ...fields, code: ' canteen ', title: '食堂评议' })).toMatchObject({ code: 'canteen', seen_version: 0 });
  });
  it('never uses the number of a question again', () => {
    const fields = schemeFields(row, false);
    fields.questions.pop();
    addQuestion(fields);
    expect(fields.questions.at(-1)!.id).toBe('q8');
    expect(schemeGaps(fields)).toEqual({ q8: '题目请控制在 2 到 100 字。' });
    fields.numbered = 99;
    addQuestion(fields);
    expect(fields.questions.at(-1)!.id).toBe('q6');
  });
  it('moves a question within the list', () => {
    const fields = schemeFields(row, false);
    moveQuestion(fields, 0, -1);
    moveQuestion(fields, 0, 1);
    expect(fields.questions.slice(0, 2).map((one) => one.id)).toEqual(['q2', 'q1']);
  });
  it('says at the field what is wrong', () => {
    const wrong = (change: (fields: ReturnType<typeof schemeFields>) => void) => {
      const fields = schemeFields(row, false);
      change(fields);
      return Object.keys(schemeGaps(fields));
    };
    expect(wrong((fields) => { fields.title_pattern = '{year}年宿舍评议'; })).toEqual(['title_pattern']);
    expect(wrong((fields) => { fields.subject = 'chair'; fields.without_rated = false; })).toEqual(['without_rated']);
    expect(wrong((fields) => { fields.days_usual = '11'; })).toEqual(['days_open']);
    expect(wrong((fields) => { fields.quorum = '二十'; })).toEqual(['thresholds']);
    expect(wrong((fields) => { fields.questions[0]!.steps[1]!.score = '100'; })).toEqual(['q1.answers']);
    expect(wrong((fields) => { fields.questions[1]!.options = '热水\n热水'; })).toEqual(['q2.answers']);
    expect(wrong((fields) => { fields.questions[2]!.most = '3'; })).toEqual(['q3.answers']);
    expect(wrong((fields) => { fields.questions[5]!.chars = '0'; })).toEqual(['q7.answers']);
    expect(wrong((fields) => { fields.questions = []; })).toEqual(['questions']);
  });
});
