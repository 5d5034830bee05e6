import { beforeEach, describe, expect, it, vi } from 'vitest';
import { draftStore, dropAllDrafts } from './draft';

interface Answers { name?: string; id_number?: string }
const NOW = new Date('2026-11-22T08:00:00Z');
const after = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
const store = (owner = 'a') => draftStore<Answers>('join', owner, { secret: ['id_number'] });

describe('a draft', () => {
  beforeEach(() => {
    localStorage.clear();
    sessionStorage.clear();
  });

  it('comes back after a reload, with the secret part while the tab lives', () => {
    expect(store().save({ name: '甲', id_number: '11010519491231002X' }, NOW)).toBe(true);
    expect(store().load(after(1))?.answers).toEqual({ name: '甲', id_number: '11010519491231002X' });
  });

  it('never puts an ID number into the lasting store', () => {
    store().save({ name: '甲', id_number: '11010519491231002X' }, NOW);
    expect(JSON.stringify({ ...localStorage })).not.toContain('11010519491231002X');
    sessionStorage.clear();
    expect(store().load(NOW)?.answers).toEqual({ name: '甲' });
  });

  it('ends after seven days', () => {
    store().save({ name: '甲' }, NOW);
    expect(store().load(after(6.9))).not.toBeNull();
    expect(store().load(after(7))).toBeNull();
    expect(localStorage.length).toBe(0);
  });

  it('belongs to one account', () => {
    store('a').save({ name: '甲' }, NOW);
    expect(store('b').load(NOW)).toBeNull();
  });

  it('says so when the device does not keep it', () => {
    vi.stubGlobal('localStorage', { setItem() { throw new Error('full'); } });
    expect(store().save({ name: '甲' }, NOW)).toBe(false);
    vi.unstubAllGlobals();
  });

  it('ignores what is not a draft', () => {
    localStorage.setItem('zhigong.draft.join.a', '{"answers":');
    expect(store().load(NOW)).toBeNull();
    localStorage.setItem('zhigong.draft.join.a', '{"answers":{},"saved_at":"never"}');
    expect(store().load(NOW)).toBeNull();
  });

  it('is thrown away on sign-out, other things on the device stay', () => {
    store().save({ name: '甲', id_number: '1' }, NOW);
    localStorage.setItem('zhigong.elder', 'on');
    dropAllDrafts();
    expect(store().load(NOW)).toBeNull();
    expect(localStorage.getItem('zhigong.elder')).toBe('on');
  });
});
