/**
 * Joining as a sequence of screens, one thought each: which screens there are, what each still lacks, where to go on.
 * Pure: no fetching, no clock, no page.
 *
 *     stepsOf({ door: 'open', work: 'courier' })  // work, town, destination, name, identity, consent, check
 *     lack('name', { name: '' })                  // '请填写姓名。'
 */
import type { Application, EmploymentForm, IdKind, JoinAnswers, Work } from '@api/types';
import { idNumberLack } from './id-number';

export interface Answers {
  door?: 'employer' | 'open';
  organization_id?: string;
  /** Shown only; the server knows it by the id. */
  organization_name?: string;
  link_code?: string;
  employer_name?: string;
  /** The employer came with the link, so it is not asked. */
  employer_known?: boolean;
  work?: Work;
  district_code?: string;
  division_code?: string;
  /** Shown only. */
  town_name?: string;
  name?: string;
  id_kind?: IdKind;
  id_number?: string;
  employment_form?: EmploymentForm;
  consent_version?: string;
}

export const stepNames = ['door', 'organization', 'work', 'town', 'destination', 'employer', 'name', 'identity', 'employment', 'consent', 'check'] as const;
export type Step = (typeof stepNames)[number];

/** Work on a platform says the form of employment by itself; asking again would be asking what is known. */
export const employmentOf = (work: Work | undefined): EmploymentForm | null =>
  work && work !== 'employer_without_union' ? 'platform' : null;

/** The screens this person sees, in order. */
export function stepsOf(answers: Answers): Step[] {
  if (!answers.door) return ['door'];
  const own: Step[] = ['name', 'identity'];
  if (answers.door === 'open') {
    const employment: Step[] = answers.work === 'employer_without_union' ? ['employment'] : [];
    return ['door', 'work', 'town', 'destination', ...own, ...employment, 'consent', 'check'];
  }
  const start: Step[] = answers.link_code ? [] : ['door', 'organization'];
  const employer: Step[] = answers.employer_known ? [] : ['employer'];
  return [...start, ...employer, ...own, 'employment', 'consent', 'check'];
}

/** What a screen still lacks, in a sentence; null when one may go on. `consent` is the version in force. */
export function lack(step: Step, answers: Answers, consent: string): string | null {
  const missing: Record<Step, string | null> = {
    door: answers.door ? null : '请选择您的情况。',
    organization: answers.organization_id ? null : '请先找到并选中您的工会；找不到就走“单位没有工会”这条路。',
    work: answers.work ? null : '请选择您干的活。',
    town: answers.division_code ? null : '请选择您干活的镇或街道。',
    destination: null,
    employer: textLack(answers.employer_name, '单位名称', 60),
    name: nameLack(answers.name),
    identity: idNumberLack(answers.id_kind ?? 'resident_id', answers.id_number ?? ''),
    employment: answers.employment_form ?? employmentOf(answers.work) ? null : '请选择您的用工形式。',
    consent: answers.consent_version === consent ? null : '请读完并勾选同意；不同意就不能在网上办，可以带身份证到工会办理。',
    check: null,
  };
  return missing[step];
}

/** The first screen that still lacks something; `check` when all is there. */
export function firstOpen(answers: Answers, consent: string): Step {
  return stepsOf(answers).find((step) => lack(step, answers, consent) !== null) ?? 'check';
}

export function nextStep(step: Step, answers: Answers): Step {
  const steps = stepsOf(answers);
  return steps[steps.indexOf(step) + 1] ?? 'check';
}

/** Null at the first screen: back then leaves the flow. */
export function stepBefore(step: Step, answers: Answers): Step | null {
  const steps = stepsOf(answers);
  return steps[steps.indexOf(step) - 1] ?? null;
}

/** The other door has other answers: those of the old one are let go, what is known of the person stays. */
export function chooseDoor(answers: Answers, door: 'employer' | 'open'): Answers {
  if (answers.door === door) return answers;
  const { name, id_kind, id_number, consent_version } = answers;
  return { door, name, id_kind, id_number, consent_version };
}

/** Another kind of work may change the form of employment with it. */
export function chooseWork(answers: Answers, work: Work): Answers {
  const known = employmentOf(work);
  const before = answers.work === work ? answers.employment_form : undefined;
  return { ...answers, work, employment_form: known ?? before };
}

/** The screen an answer is given on, for a refusal that names a field. */
export function stepOfField(field: string | null): Step | null {
  const places: Record<string, Step> = {
    door: 'door', organization_id: 'organization', link_code: 'organization', work: 'work', division_code: 'town',
    employer_name: 'employer', name: 'name', id_kind: 'identity', id_number: 'identity',
    employment_form: 'employment', consent_version: 'consent',
  };
  return field ? places[field] ?? null : null;
}

/** The request, or null while anything is missing. */
export function toSubmit(answers: Answers, consent: string): JoinAnswers | null {
  if (!answers.door || firstOpen(answers, consent) !== 'check') return null;
  const open = answers.door === 'open';
  return {
    door: answers.door,
    organization_id: open ? null : answers.organization_id ?? null,
    link_code: open ? null : answers.link_code ?? null,
    work: open ? answers.work ?? null : null,
    division_code: open ? answers.division_code ?? null : null,
    employer_name: open ? null : answers.employer_name?.trim() ?? null,
    name: (answers.name ?? '').trim(),
    id_kind: answers.id_kind ?? 'resident_id',
    id_number: (answers.id_number ?? '').trim().toUpperCase(),
    employment_form: employmentOf(answers.work) ?? answers.employment_form ?? 'flexible',
    consent_version: consent,
  };
}

/** A returned application as answers to mend: all but the ID number, which only comes back masked. */
export function fromReturned(application: Application): Answers {
  return {
    door: application.door,
    organization_id: application.door === 'employer' ? application.organization_id ?? undefined : undefined,
    organization_name: application.organization_name ?? undefined,
    employer_name: application.employer_name ?? undefined,
    work: application.work ?? undefined,
    district_code: application.division_code?.slice(0, 6),
    division_code: application.division_code ?? undefined,
    name: application.name,
    employment_form: application.employment_form,
  };
}

function textLack(text: string | undefined, what: string, longest: number): string | null {
  const said = (text ?? '').trim();
  if (!said) return `请填写${what}。`;
  if (said.length > longest) return `${what}最多 ${longest} 个字，请写短一些。`;
  return /[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069<>]/.test(said) ? `${what}里有不能用的符号，请删掉。` : null;
}

function nameLack(name: string | undefined): string | null {
  const lacking = textLack(name, '姓名', 50);
  if (lacking) return lacking;
  const said = (name ?? '').trim();
  if (/\d/.test(said)) return '姓名里不能有数字，请照证件上的写。';
  return said.length < 2 ? '姓名至少两个字，请照证件上的写。' : null;
}
