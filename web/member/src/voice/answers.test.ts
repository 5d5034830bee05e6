import { describe, expect, it } from 'vitest';
import type { Answer, Question } from '@api/voice';
import { answerText, canonical, firstLack, fitting, lackOf, minutesFor, screensOf } from './answers';
import { move, putBack, take } from './ranking';

const base = { text: '示例', weight: 1, required: true };
const options = ['甲', '乙', '丙', '丁'];
const scale: Question = { ...base, id: 'q1', kind: 'scale', steps: [{ label: '满意', score: 100 }, { label: '不满意', score: 0 }] };
const single: Question = { ...base, id: 'q2', kind: 'single', options };
const multiple: Question = { ...base, id: 'q3', kind: 'multiple', options, least: 2, most: 3 };
const ranking: Question = { ...base, id: 'q4', kind: 'ranking', options, places: 3 };
const number: Question = { ...base, id: 'q10', kind: 'number', least: 0, most: 90, unit: '元' };
const text: Question = { ...base, id: 'q6', kind: 'text', most_chars: 5, required: false };
const all = [scale, single, multiple, ranking, number, text];

describe('screens', () => {
  it('are never more than three, and hold every question in order', () => {
    for (let count = 1; count <= 40; count += 1) {
      const many = Array.from({ length: count }, (_, at) => ({ ...scale, id: `q${at + 1}` }));
      const screens = screensOf(many);
      expect(screens.length).toBeLessThanOrEqual(3);
      expect(screens.flat()).toEqual(many);
      const sizes = screens.map((screen) => screen.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
    expect(screensOf([scale, single])).toHaveLength(1);
  });
  it('take minutes that people have', () => {
    expect(minutesFor([scale])).toBe(1);
    expect(minutesFor(Array.from({ length: 8 }, () => scale))).toBe(2);
    expect(minutesFor(all)).toBe(2);
  });
});

describe('an answer', () => {
  const lacks: [Question, Answer | undefined, RegExp | null][] = [
    [scale, undefined, /要填/], [scale, 0, null], [single, 3, null], [text, undefined, null], [text, '  ', null],
    [multiple, [1], /还差 1 项/], [multiple, [0, 1], null], [multiple, [0, 1, 2, 3], /去掉 1 项/], [multiple, [], /要填/],
    [ranking, [2, 0], /还差 1 项/], [ranking, [2, 0, 1], null],
    [number, 91, /0 到 90/], [number, 1.5, /整数/], [number, 0, null],
    [text, '一二三四五', null], [text, '一二三四五六', /超出 1 个字/], [text, '😀😀😀😀😀', null],
  ];
  it.each(lacks)('%# of a kind is right or says what is left', (question, answer, says) => {
    const lack = lackOf(question, answer);
    if (says) expect(lack).toMatch(says);
    else expect(lack).toBeNull();
  });
  it('of a whole ballot is asked for in order, and an empty ballot is none', () => {
    expect(firstLack(all, { q1: 0 })).toMatchObject({ question: 'q2' });
    expect(firstLack([text], {})).toMatchObject({ question: 'q6' });
    expect(firstLack([text], { q6: '好' })).toBeNull();
  });
  it('is written as the server writes it', () => {
    const answers = { q4: [2, 0, 1], q10: 5, q3: [3, 0], q6: ' e\u0301\u0085', q2: 1, q1: 0 };
    expect(JSON.stringify(canonical(all, answers))).toBe('{"q1":0,"q10":5,"q2":1,"q3":[0,3],"q4":[2,0,1],"q6":"é"}');
    expect(canonical(all, { q6: ' ', q3: [] })).toEqual({});
  });
  it('of a draft is dropped where the question is another by now', () => {
    expect(fitting(all, { q1: 1, q2: 'x', q3: [0, 9], q4: [1], q6: 7, q99: 1 })).toEqual({ q1: 1, q4: [1] });
  });
  it('is read back in words', () => {
    expect(answerText(scale, 1)).toBe('不满意');
    expect(answerText(ranking, [2, 0])).toBe('1. 丙　2. 甲');
    expect(answerText(number, 5)).toBe('5 元');
    expect(answerText(text, undefined)).toBe('没有填');
  });
});

describe('a ranking', () => {
  it('takes up while there are places, moves one by one, and stays at its ends', () => {
    expect(take([], 2, 2)).toEqual([2]);
    expect(take([2], 2, 2)).toEqual([2]);
    expect(take([2, 0], 1, 2)).toEqual([2, 0]);
    expect(move([2, 0, 1], 0, -1)).toEqual([0, 2, 1]);
    expect(move([2, 0, 1], 0, 1)).toEqual([2, 1, 0]);
    expect(move([2, 0, 1], 2, -1)).toEqual([2, 0, 1]);
    expect(move([2, 0, 1], 1, 1)).toEqual([2, 0, 1]);
    expect(move([2], 9, 1)).toEqual([2]);
    expect(putBack([2, 0, 1], 0)).toEqual([2, 1]);
  });
});
