/**
 * The tile map (示意图): where each division's tile stands and how dark it is. Tiles say how people know the city, not
 * where borders run. All steps are light enough for dark text: contrast of `--ink` on each is above 4.5:1.
 */
import type { Division, TreeNode } from '@api/types';

export interface Tile {
  code: string;
  name: string;
  /** The union whose figures stand on the tile; null when none is in the caller's scope. */
  node: TreeNode | null;
  /** Members per union, null where there is nothing to divide. */
  density: number | null;
  place: { column: number; row: number; width: number } | null;
}

/** From few to many members per union. */
export const steps = ['#fdf5f4', '#f8e3e1', '#f1ccc9', '#e8b3af', '#de9994'] as const;

export function densityOf(node: TreeNode | null): number | null {
  return node?.members === null || node?.members === undefined || !node.unions ? null : node.members / node.unions;
}

/** The tiles under `parent` (the city, or one district), in the order of their codes. */
export function tilesUnder(parent: string, divisions: readonly Division[], figures: ReadonlyMap<string, TreeNode>): Tile[] {
  return divisions
    .filter((division) => division.parent_code === parent && division.level !== 'other')
    .sort((a, b) => a.code.localeCompare(b.code))
    .map((division) => {
      const node = figures.get(division.code) ?? null;
      return { code: division.code, name: division.name, node, density: densityOf(node), place: division.tile ?? null };
    });
}

/** Columns and rows the placed tiles take. */
export function extentOf(tiles: readonly Tile[]): { columns: number; rows: number } {
  let columns = 0;
  let rows = 0;
  for (const { place } of tiles) {
    if (!place) continue;
    columns = Math.max(columns, place.column + place.width);
    rows = Math.max(rows, place.row + 1);
  }
  return { columns, rows };
}

/** Whether every tile has a place of its own: otherwise they flow in reading order. */
export function allPlaced(tiles: readonly Tile[]): boolean {
  const taken = new Set<string>();
  return tiles.every(({ place }) => {
    if (!place) return false;
    for (let at = place.column; at < place.column + place.width; at += 1) {
      const spot = `${at}.${place.row}`;
      if (taken.has(spot)) return false;
      taken.add(spot);
    }
    return true;
  });
}

export interface Scale { from: number; to: number; colour: string }

/** Equal steps between the least and the greatest density; one step when all are alike, none without figures. */
export function scaleOf(tiles: readonly Tile[]): Scale[] {
  const seen = tiles.map((tile) => tile.density).filter((density): density is number => density !== null);
  if (seen.length === 0) return [];
  const low = Math.min(...seen);
  const high = Math.max(...seen);
  if (high - low < 1) return [{ from: low, to: high, colour: steps[1] }];
  const width = (high - low) / steps.length;
  return steps.map((colour, at) => ({ from: low + width * at, to: low + width * (at + 1), colour }));
}

export function colourOf(density: number | null, scale: readonly Scale[]): string | null {
  if (density === null || scale.length === 0) return null;
  return (scale.find((step) => density < step.to) ?? scale[scale.length - 1]!).colour;
}
