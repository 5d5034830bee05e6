import { beforeEach, describe, expect, it } from 'vitest';
import { networkProblem, Problem } from './problem';
import { useSubmit } from './submit';

interface Body { name: string }

/** A server that answers what the test says, and notes the keys it saw. */
function server(answers: (string | Problem)[]) {
  const keys: string[] = [];
  const call = async (_body: Body, headers: { 'Idempotency-Key': string }) => {
    keys.push(headers['Idempotency-Key']);
    const answer = answers.shift();
    if (answer instanceof Problem) throw answer;
    return answer ?? 'done';
  };
  return { keys, call };
}

describe('a submit is sent once', () => {
  beforeEach(() => sessionStorage.clear());

  it('sends nothing on a second press while the first is in flight', async () => {
    let let_go: (value: string) => void = () => undefined;
    let calls = 0;
    const submit = useSubmit<Body, string>(() => {
      calls += 1;
      return new Promise<string>((resolve) => { let_go = resolve; });
    });
    const first = submit.send({ name: '甲' });
    expect(submit.busy).toBe(true);
    expect(await submit.send({ name: '甲' })).toBeNull();
    let_go('done');
    expect(await first).toBe('done');
    expect(submit.busy).toBe(false);
    expect(calls).toBe(1);
  });

  it('retries with the same key after a lost network, and takes a new one after the answer', async () => {
    const { keys, call } = server([networkProblem(), new Problem(503, 'server.unavailable', '稍后'), 'done', 'done']);
    const submit = useSubmit(call);
    expect(await submit.send({ name: '甲' })).toBeNull();
    expect(submit.retry).toBe(true);
    expect(submit.problem?.code).toBe('network.lost');
    await submit.send({ name: '甲' });
    expect(await submit.send({ name: '甲' })).toBe('done');
    expect(submit.problem).toBeNull();
    await submit.send({ name: '甲' });
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(keys[3]).not.toBe(keys[0]);
  });

  it('takes a new key when the body has changed', async () => {
    const { keys, call } = server([networkProblem(), 'done']);
    const submit = useSubmit(call);
    await submit.send({ name: '甲' });
    await submit.send({ name: '乙' });
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('offers no retry after a refusal, and the mended body is a new submit', async () => {
    const { keys, call } = server([new Problem(422, 'id.checksum', '请核对'), 'done']);
    const submit = useSubmit(call);
    await submit.send({ name: '甲' });
    expect(submit.retry).toBe(false);
    expect(submit.problem?.detail).toBe('请核对');
    await submit.send({ name: '甲' });
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('keeps the key over a reload of the page, without keeping the body', async () => {
    const lost = server([networkProblem()]);
    await useSubmit(lost.call, 'join').send({ name: '某某某' });
    expect(sessionStorage.getItem('zhigong.key.join')).not.toContain('某某某');
    const back = server(['done']);
    await useSubmit(back.call, 'join').send({ name: '某某某' });
    expect(back.keys).toEqual(lost.keys);
    expect(sessionStorage.getItem('zhigong.key.join')).toBeNull();
  });
});
