import { describe, expect, it } from 'vitest';
import { asProblem, networkProblem, Problem, problemOf } from './problem';

describe('a problem', () => {
  it('takes the sentence, the code and the field of the server', () => {
    const problem = problemOf(422, { type: 'about:blank', title: 'x', status: 422, code: 'id.checksum', detail: '最后一位对不上。', field: 'id_number' });
    expect(problem).toMatchObject({ status: 422, code: 'id.checksum', detail: '最后一位对不上。', field: 'id_number' });
    expect(problem.unanswered).toBe(false);
  });

  it.each([
    [401, 'auth.required'], [403, 'access.denied'], [404, 'not_found'], [429, 'rate.limited'], [500, 'server.unavailable'], [502, 'server.unavailable'], [418, 'request.refused'],
  ])('has words of its own for a bare %i', (status, code) => {
    const problem = problemOf(status, '<html>bad gateway</html>');
    expect(problem.code).toBe(code);
    expect(problem.detail).toMatch(/。$/);
  });

  it('does not trust fields of another kind', () => {
    expect(problemOf(422, { code: 7, detail: '', field: {} })).toMatchObject({ code: 'request.refused', field: null });
  });

  it('knows what may not have arrived', () => {
    expect(networkProblem().unanswered).toBe(true);
    expect(problemOf(503, null).unanswered).toBe(true);
    expect(problemOf(409, null).unanswered).toBe(false);
  });

  it('does not show a fault of the page as the words of the server', () => {
    const kept = new Problem(422, 'x', '说');
    expect(asProblem(kept)).toBe(kept);
    expect(asProblem(new TypeError('undefined is not a function')).detail).not.toContain('undefined');
  });
});
