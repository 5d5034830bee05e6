/** The Chinese words for the enums of the API that the member pages show. */
import type { ApplicationState, EmploymentForm, IdKind, Known, MembershipState, OrganizationKind, Work } from '@api/types';

export interface Choice<V extends string> { value: V; label: string; hint?: string }

export const works: Choice<Work>[] = [
  { value: 'food_delivery', label: '外卖骑手' },
  { value: 'courier', label: '快递员' },
  { value: 'ride_hailing', label: '网约车司机' },
  { value: 'trucker', label: '货车司机' },
  { value: 'domestic', label: '家政服务员' },
  { value: 'other_platform', label: '其他平台上的活' },
  { value: 'employer_without_union', label: '在单位上班，单位没有工会' },
];

export const idKinds: Choice<IdKind>[] = [
  { value: 'resident_id', label: '居民身份证' },
  { value: 'hk_mo_tw_residence_permit', label: '港澳台居民居住证' },
  { value: 'foreign_permanent_resident', label: '外国人永久居留身份证' },
];

export const employmentForms: Choice<EmploymentForm>[] = [
  { value: 'labour_contract', label: '和单位签了劳动合同' },
  { value: 'dispatched', label: '劳务派遣', hint: '合同签在派遣公司，人在别的单位干活' },
  { value: 'platform', label: '在平台接单' },
  { value: 'flexible', label: '灵活就业', hint: '没有固定单位，自己找活干' },
];

const find = <V extends string>(choices: Choice<V>[], value: V | null | undefined) => choices.find((one) => one.value === value)?.label ?? '—';
export const workLabel = (value: Work | null | undefined) => find(works, value);
export const idKindLabel = (value: IdKind | null | undefined) => find(idKinds, value);
export const employmentLabel = (value: EmploymentForm | null | undefined) => find(employmentForms, value);

/** What the roster knows of an applicant, for those who decide. */
export const knownLabels: Record<Known, string> = {
  same_union: '在本工会名册上：通过前请当面核对身份证，通过后会籍关联到申请人的手机号。',
  elsewhere: '在其他工会有会籍：不能通过，请退回。',
  not_member: '登记过，现在没有会籍。',
};

export const kindLabels: Record<OrganizationKind, string> = {
  city_federation: '市总工会',
  county_federation: '县（市、区）总工会',
  town_federation: '镇（街道）总工会',
  town_joint: '镇（街道）工会联合会',
  grassroots: '基层工会',
  joint_grassroots: '联合基层工会',
  industry: '行业工会',
  trade: '产业工会',
};

export const membershipLabels: Record<MembershipState, string> = {
  active: '会员', retained: '会籍保留', transferred: '已转出', left: '已退会',
};

export const applicationLabels: Record<ApplicationState, { label: string; tone: '' | 'ok' | 'warn' | 'late' }> = {
  submitted: { label: '等工会答复', tone: 'warn' },
  waiting_dispatch: { label: '正在安排工会', tone: 'warn' },
  returned: { label: '退回，请修改', tone: 'late' },
  approved: { label: '已通过', tone: 'ok' },
  withdrawn: { label: '已撤回', tone: '' },
  expired: { label: '已过期', tone: '' },
};
