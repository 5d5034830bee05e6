import { describe, expect, it } from 'vitest';
import type { Division, TreeNode } from '@api/types';
import { allPlaced, colourOf, densityOf, extentOf, scaleOf, steps, tilesUnder } from './tiles';

const division = (code: string, tile: [number, number, number] | null, level: Division['level'] = 'district'): Division =>
  ({ code, name: code, parent_code: '440700', level, tile: tile && { column: tile[0], row: tile[1], width: tile[2] } });
const figure = (members: number | null, unions: number | null): TreeNode =>
  ({ id: 'n', parent_id: null, name: '', kind: 'county_federation', division_code: '', state: 'established', members, unions });
const divisions = [
  division('440784', [1, 0, 1]), division('440703', [2, 0, 1]), division('440704', [3, 0, 1]), division('440785', [0, 1, 1]),
  division('440783', [1, 1, 1]), division('440705', [2, 1, 2]), division('440781', [1, 2, 2]), division('440705450', null, 'other'),
];

/** WCAG relative luminance of `#rrggbb`. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
const contrast = (a: string, b: string) => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
};

describe('the tile map', () => {
  it('places the seven districts without overlap and hides the statistical units', () => {
    const tiles = tilesUnder('440700', divisions, new Map());
    expect(tiles).toHaveLength(7);
    expect(allPlaced(tiles)).toBe(true);
    expect(extentOf(tiles)).toEqual({ columns: 4, rows: 3 });
  });

  it('lets tiles flow when one has no place or two want the same', () => {
    expect(allPlaced(tilesUnder('440700', [division('1', null)], new Map()))).toBe(false);
    expect(allPlaced(tilesUnder('440700', [division('1', [0, 0, 2]), division('2', [1, 0, 1])], new Map()))).toBe(false);
  });

  it('divides members by unions only where there are both', () => {
    expect(densityOf(figure(120, 4))).toBe(30);
    expect(densityOf(figure(120, 0))).toBeNull();
    expect(densityOf(figure(null, null))).toBeNull();
    expect(densityOf(null)).toBeNull();
  });

  it('colours from the least to the greatest, and the greatest is inside', () => {
    const tiles = [10, 20, 60].map((members, at) => ({ code: String(at), name: '', node: null, density: members, place: null }));
    const scale = scaleOf(tiles);
    expect(colourOf(10, scale)).toBe(steps[0]);
    expect(colourOf(20, scale)).toBe(steps[1]);
    expect(colourOf(60, scale)).toBe(steps[4]);
    expect(colourOf(null, scale)).toBeNull();
    expect(scaleOf([])).toEqual([]);
    expect(scaleOf([tiles[0]!, tiles[0]!])).toHaveLength(1);
  });

  it('keeps dark text readable on every step (4.5:1)', () => {
    for (const step of steps) expect(contrast('#1f2329', step)).toBeGreaterThan(4.5);
  });
});
