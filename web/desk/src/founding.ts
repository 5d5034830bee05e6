/** The founding form: what is typed, what is still missing, what is sent. */
import type { OrganizationKind } from '@api/types';
import { isBase } from './unions';
import { usccFault } from './uscc';

export interface FoundingFields {
  kind: string; parent_id: string; division_code: string; name: string; uscc: string;
  employer_name: string; employer_uscc: string; employees: string; contact_name: string; contact_phone: string; address: string;
}
export interface FoundingBody {
  parent_id: string; name: string; kind: OrganizationKind; uscc?: string; division_code: string;
  employer?: { name: string; uscc?: string }; employees_declared?: number; contact_name?: string; contact_phone?: string; address?: string;
}

export const emptyFounding = (): FoundingFields => ({
  kind: 'grassroots', parent_id: '', division_code: '', name: '', uscc: '',
  employer_name: '', employer_uscc: '', employees: '', contact_name: '', contact_phone: '', address: '',
});

const digits = (text: string) => /^\d{1,7}$/.test(text.trim());

/** What keeps the form from being sent, by field; the server has the last word. */
export function foundingGaps(fields: FoundingFields): Record<string, string> {
  const gaps: Record<string, string> = {};
  if (!fields.parent_id) gaps.parent_id = '请选上级工会。';
  if (!fields.division_code) gaps.division_code = '请选所在地。';
  if (!fields.name.trim()) gaps.name = '请填工会名称。';
  const uscc = usccFault(fields.uscc, '8');
  if (uscc) gaps.uscc = uscc;
  if (!isBase(fields.kind)) return gaps;
  if (!fields.employer_name.trim()) gaps.employer_name = '请填单位全称。';
  const employer = usccFault(fields.employer_uscc);
  if (employer) gaps['employer.uscc'] = employer;
  if (fields.employees.trim() && !digits(fields.employees)) gaps.employees_declared = '请填整数，如 126。';
  return gaps;
}

export function foundingBody(fields: FoundingFields): FoundingBody {
  const optional = (text: string) => text.trim() || undefined;
  const code = (text: string) => text.replace(/\s/g, '').toUpperCase() || undefined;
  const base = isBase(fields.kind);
  return {
    parent_id: fields.parent_id, name: fields.name.trim(), kind: fields.kind as OrganizationKind, uscc: code(fields.uscc), division_code: fields.division_code,
    employer: base ? { name: fields.employer_name.trim(), uscc: code(fields.employer_uscc) } : undefined,
    employees_declared: base && fields.employees.trim() ? Number(fields.employees) : undefined,
    contact_name: optional(fields.contact_name), contact_phone: optional(fields.contact_phone.replace(/[\s-]/g, '')), address: optional(fields.address),
  };
}
