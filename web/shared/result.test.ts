import { describe, expect, it } from 'vitest';
import { leftOverText, quorumText } from './result';

describe('what a result says beside its figures', () => {
  it('names the quorum, reached or not, and says when there is none', () => {
    expect([quorumText(30, true), quorumText(30, false), quorumText(0, true)]).toEqual([
      '参加的人达到了规定的 30%。', '参加的人没有达到规定的 30%，这个结果仅供参考。', '这次没有规定最低参评比例。',
    ]);
  });
  it('tells of ballots that were left over, and of none where there were none', () => {
    expect(leftOverText(0, 12)).toBeNull();
    expect(leftOverText(2, 1_010)).toContain('一共收到 1,012 张票，计入 1,010 张。截止时最后剩下的 2 张不足 5 张');
  });
});
