/** Which union may stand where, as the server decides it; here so that a form offers only what can be approved. */
import type { Division, OrganizationKind } from '@api/types';

const parents: Record<OrganizationKind, readonly OrganizationKind[]> = {
  city_federation: [],
  county_federation: ['city_federation'],
  town_federation: ['county_federation'],
  town_joint: ['county_federation'],
  industry: ['city_federation', 'county_federation'],
  trade: ['city_federation', 'county_federation'],
  grassroots: ['county_federation', 'town_federation', 'town_joint', 'industry', 'trade'],
  joint_grassroots: ['town_federation', 'town_joint', 'industry', 'trade'],
};

export function mayStandUnder(kind: OrganizationKind, parent: OrganizationKind): boolean {
  return parents[kind].includes(parent);
}

/** A base union stands for the workers of employers. */
export const isBase = (kind: string): boolean => kind === 'grassroots' || kind === 'joint_grassroots';

/** Whether workers can be members of it directly; a federation has unions below it, not members. */
export const takesMembers = (kind: OrganizationKind): boolean => !['city_federation', 'county_federation', 'town_federation'].includes(kind);

/** Whether a division suits a union of this kind under a parent in `parentCode` (a city's code ends in 00). */
export function placeSuits(kind: string, division: Division, parentCode: string | null): boolean {
  if (parentCode && !division.code.startsWith(parentCode.length === 6 ? parentCode.replace(/00$/, '') : parentCode)) return false;
  if (kind === 'county_federation') return division.level === 'district';
  if (kind === 'town_federation' || kind === 'town_joint') return division.level === 'town' || division.level === 'street';
  return division.level !== 'other';
}
