import { describe, expect, it } from 'vitest';
import { documentHash } from './document';

const document = { title: '示例办法', source: '示例局', preface: '', articles: [{ heading: '第一条', text: '按时\n支付"工资"' }], files: [{ name: 'a.pdf', digest: 'ab'.repeat(32) }] };

describe('the hash of a document', () => {
  it('is the one that the server works out', () => {
    expect(documentHash(document)).toBe('cc1c0e551bf8ad2795553573fdbf945c58b0f28c6bae94e1650af6041d3277a2');
  });

  it('changes with every part, and with where one ends', () => {
    const all = [
      document, { ...document, title: '示例办法示', source: '例局' }, { ...document, preface: '请提意见' }, { ...document, articles: [] },
      { ...document, files: [] }, { ...document, files: [{ name: 'a.pdf', digest: 'ac'.repeat(32) }] },
    ].map(documentHash);
    expect(new Set(all).size).toBe(all.length);
  });
});
