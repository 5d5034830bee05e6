import { describe, expect, it } from 'vitest';
import type { OrganizationKind, TreeNode } from '@api/types';
import { branchesOf, districtOf, figuresByDivision, firstOpen, linesOf, openFrom } from './tree';

const node = (id: string, parent_id: string | null, name: string, kind: OrganizationKind, division_code: string, members: number | null = 10): TreeNode =>
  ({ id, parent_id, name, kind, division_code, state: 'established', unions: members === null ? null : 2, members });
const rows = [
  node('t2', 'c1', '司前镇总工会', 'town_federation', '440705102'),
  node('i1', 'c1', '新会区新业态工会联合会', 'industry', '440705'),
  node('c1', 'city', '新会区总工会', 'county_federation', '440705'),
  node('t1', 'c1', '大泽镇总工会', 'town_federation', '440705101'),
  node('city', null, '江门市总工会', 'city_federation', '440700', null),
];

describe('the tree', () => {
  it('nests rows in any order and sorts siblings by level, then by pinyin', () => {
    const [city] = branchesOf(rows);
    expect(city?.children[0]?.children.map((branch) => branch.name)).toEqual(['大泽镇总工会', '司前镇总工会', '新会区新业态工会联合会']);
  });

  it('takes a row whose parent is out of scope, or which names itself, as a root', () => {
    expect(branchesOf([rows[3]!]).map((branch) => branch.id)).toEqual(['t1']);
    expect(branchesOf([node('x', 'x', '甲', 'grassroots', '1')]).map((branch) => branch.id)).toEqual(['x']);
  });

  it('unfolds what is above the scope and the top of the scope', () => {
    const roots = branchesOf(rows);
    expect([...firstOpen(roots)].sort()).toEqual(['c1', 'city']);
    expect(linesOf(roots, firstOpen(roots)).map((line) => [line.branch.id, line.depth])).toEqual([['city', 0], ['c1', 1], ['t1', 2], ['t2', 2], ['i1', 2]]);
    expect(linesOf(roots, new Set(['city'])).map((line) => line.branch.id)).toEqual(['city', 'c1']);
  });

  it('knows the district of a scope, and from where the way down may be opened', () => {
    expect(districtOf(rows)).toBe('440705');
    expect(districtOf([...rows, node('c2', 'city', '蓬江区总工会', 'county_federation', '440703')])).toBeNull();
    expect(districtOf([node('city', null, '江门市总工会', 'city_federation', '440700')])).toBeNull();
    expect(openFrom([{ id: 'city' }, { id: 'c1' }, { id: 't1' }], ['c1'])).toBe(1);
    expect(openFrom([{ id: 'city' }], ['x'])).toBe(1);
  });

  it('gives each division the figures of its highest union and counts none twice', () => {
    const found = figuresByDivision([...rows, node('j1', 't1', '大泽镇工会联合会', 'town_joint', '440705101')]);
    expect(found.get('440705')?.id).toBe('c1');
    expect(found.get('440705101')?.id).toBe('t1');
    expect(found.get('440705103')).toBeUndefined();
  });
});
