/**
 * The union tree: the flat rows of `/api/tree` as nested branches, siblings in the order people expect
 * (levels first, then names by pinyin). A row whose parent is not among the rows is a root: the caller's own level.
 */
import type { Id, OrganizationKind, TreeNode } from '@api/types';
import { byName } from './labels';

export interface Branch extends TreeNode { children: Branch[] }

const rank: Record<OrganizationKind, number> = {
  city_federation: 0, county_federation: 1, town_federation: 2, town_joint: 3, trade: 4, industry: 5, joint_grassroots: 6, grassroots: 7,
};
const inOrder = (a: TreeNode, b: TreeNode) => rank[a.kind] - rank[b.kind] || byName(a.name, b.name);

export function branchesOf(rows: readonly TreeNode[]): Branch[] {
  const branches = new Map<Id, Branch>(rows.map((row) => [row.id, { ...row, children: [] }]));
  const roots: Branch[] = [];
  for (const branch of branches.values()) {
    const parent = branch.parent_id === null || branch.parent_id === branch.id ? undefined : branches.get(branch.parent_id);
    (parent?.children ?? roots).push(branch);
  }
  for (const branch of branches.values()) branch.children.sort(inOrder);
  return roots.sort(inOrder);
}

export interface Line { branch: Branch; depth: number; open: boolean }

/** The lines that show when only the branches in `open` are unfolded. */
export function linesOf(roots: readonly Branch[], open: ReadonlySet<Id>, depth = 0): Line[] {
  return roots.flatMap((branch) => {
    const unfolded = open.has(branch.id) && branch.children.length > 0;
    return [{ branch, depth, open: unfolded }, ...(unfolded ? linesOf(branch.children, open, depth + 1) : [])];
  });
}

/** What is unfolded at first: everything above the caller's scope and the top of the scope itself. */
export function firstOpen(roots: readonly Branch[]): Set<Id> {
  const open = new Set<Id>();
  const walk = (branch: Branch): void => {
    open.add(branch.id);
    if (branch.members === null) branch.children.forEach(walk);
  };
  roots.forEach(walk);
  return open;
}

/** The district the whole scope lies in, by its code; null when the scope is the city or spans districts. */
export function districtOf(rows: readonly TreeNode[]): string | null {
  const inScope = rows.filter((row) => row.members !== null);
  const districts = new Set(inScope.map((row) => (row.kind === 'city_federation' ? '' : row.division_code.slice(0, 6))));
  const [only] = districts;
  return districts.size === 1 && only && !only.endsWith('00') ? only : null;
}

/**
 * The part of the way down to a union that the caller may open: from the first union he has a role on. What is above
 * shows by name only.
 */
export function openFrom(path: readonly { id: Id }[], roots: readonly Id[]): number {
  const at = path.findIndex((step) => roots.includes(step.id));
  return at < 0 ? path.length : at;
}

/**
 * The figures of each division: of the highest union in it. Unions below that one (a town's joint union under its
 * federation, an industry union of the city) are in its totals already and must not be counted twice.
 */
export function figuresByDivision(rows: readonly TreeNode[]): Map<string, TreeNode> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const found = new Map<string, TreeNode>();
  for (const row of [...rows].sort(inOrder)) {
    const parent = row.parent_id === null ? undefined : byId.get(row.parent_id);
    if (parent?.division_code === row.division_code || row.kind === 'industry' || row.kind === 'trade') continue;
    if (!found.has(row.division_code)) found.set(row.division_code, row);
  }
  return found;
}
