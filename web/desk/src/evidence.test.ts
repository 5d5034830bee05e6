import { describe, expect, it } from 'vitest';
import { evidenceFault, evidenceSays } from './evidence';

describe('the papers behind a batch', () => {
  it('says that there is none as plainly as how many', () => {
    expect([0, 1, 12].map(evidenceSays)).toEqual(['无附件', '1 个附件', '12 个附件']);
  });

  it('are looked at before they travel', () => {
    const file = (name: string, size = 1) => ({ name, size });
    expect(evidenceFault([file('签到表.JPG'), file('名册.xlsx'), file('方案.pdf', 10 * 1024 * 1024)], 6)).toBeNull();
    const code = (files: { name: string; size: number }[], waiting = 0) => evidenceFault(files, waiting)?.code;
    expect(code([file('方案.pdf')], 9)).toBe('issue_evidence.many');
    expect(code([file('方案.pdf', 10 * 1024 * 1024 + 1)])).toBe('file.too_large');
    expect(code([file('方案.pdf'), file('纪要.docx')])).toBe('issue_evidence.kind');
    expect(code([file('pdf')])).toBe('issue_evidence.kind');
  });
});
