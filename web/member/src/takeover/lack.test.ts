import { describe, expect, it } from 'vitest';
import { fieldOf, mistakesOf, type TakeoverForm } from './lack';

const CONSENT = '2026-11-22';
const good: TakeoverForm = { name: '示例员工', id_tail: '12345x', code: 'acde-fghj', agreed: CONSENT };

describe('taking over', () => {
  it('lets pass what people type', () => {
    for (const id_tail of ['123456', '12345x', ' 123 45X', '１２３４５Ｘ']) expect(mistakesOf({ ...good, id_tail }, false, CONSENT)).toEqual({});
    for (const code of ['ACDEFGHJ', 'acde fghj', 'ＡＣＤＥ－ＦＧＨＪ']) expect(mistakesOf({ ...good, code }, true, CONSENT)).toEqual({});
  });

  it('says at the field what is wrong', () => {
    for (const id_tail of ['', '12345', '1234567', '440703199001050043', 'X23456', "' OR 1=1"]) expect(mistakesOf({ ...good, id_tail }, false, CONSENT)).toHaveProperty('id_tail');
    for (const code of ['', 'ACDEFGH', 'ACDEFGH0', 'ACDEFGHJK']) expect(mistakesOf({ ...good, code }, true, CONSENT)).toHaveProperty('code');
    for (const name of ['', '张', '张3', '<b>张三']) expect(mistakesOf({ ...good, name }, false, CONSENT)).toHaveProperty('name');
    expect(mistakesOf({ ...good, agreed: '2020-01-01' }, false, CONSENT)).toHaveProperty('consent_version');
  });

  it('asks for a code only where one is used', () => {
    expect(mistakesOf({ ...good, code: '' }, false, CONSENT)).toEqual({});
  });

  it('knows the fields of a refusal', () => {
    expect(fieldOf('id_tail')).toBe('id_tail');
    expect(fieldOf('seen_id')).toBeNull();
    expect(fieldOf(null)).toBeNull();
  });
});
