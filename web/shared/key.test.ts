import { expect, test } from 'vitest';
import { newKey, newTimedKey } from './key';

test('keys are what they say', () => {
  expect(newKey()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
  // RFC 9562, appendix A.6: the moment of its example.
  expect(newTimedKey(0x017f22e279b0)).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
  expect(newTimedKey()).not.toBe(newTimedKey());
  expect(newTimedKey(1) < newTimedKey(2)).toBe(true);
});
