import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Publication } from './form';
import { recount, VerifyError } from './index';
import { published, type Box } from './published.fixture';
import type { Spread } from './spread';

/** Counted by the server as well: crates/voice/src/result/tests/boxes.rs reads the same lines. */
interface Counted extends Box { figures: Publication['figures']; spreads: Spread[] }
// The path is no literal: the bundler would take it for an asset of the page.
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
const boxes = read('./fixtures/boxes.jsonl').trim().split('\n').map((line) => JSON.parse(line) as Counted);

describe('boxes that the server counted', () => {
  it('come to the same figures and spreads here, field by field', () => {
    expect(boxes.length).toBeGreaterThanOrEqual(50);
    for (const [place, box] of boxes.entries()) {
      const { figures, spreads } = recount(published(box));
      expect(JSON.stringify(figures), `box ${place}`).toBe(JSON.stringify(box.figures));
      expect(spreads, `box ${place}`).toEqual(box.spreads);
    }
  }, 60_000);

  it('do not come to figures that were changed', () => {
    for (const [place, box] of boxes.slice(0, 20).entries()) {
      const publication = published(box);
      const told = (figures: Record<string, unknown>): string => {
        try {
          recount({ ...publication, figures: { ...box.figures, ...figures } as Publication['figures'] });
        } catch (error) {
          if (error instanceof VerifyError) return error.code;
          throw error;
        }
        return 'good';
      };
      const [first, ...rest] = box.figures.questions as { answered: number }[];
      expect(told({}), `box ${place}`).toBe('good');
      expect(told({ questions: [{ ...first, answered: first!.answered - 1 }, ...rest] }), `box ${place}`).toBe('figures');
      expect(told({ turnout: (box.figures.turnout as number) + 1 }), `box ${place}`).toBe('overall');
    }
  }, 60_000);
});
