/**
 * Which rooms of the desk a person sees. A room opens when he holds one of its permissions, nothing else: the three
 * administrators (系统, 安全, 审计) therefore see different rooms without being named here.
 *
 *     navOf(['account.read'])  →  [{ title: '系统', rooms: [账号] }]
 */
export interface Room {
  name: string;
  title: string;
  path: string;
  /** One of these opens the room. */
  needs: readonly string[];
  /** Holding one of these, whose day begins here; of several rooms the first. */
  home?: readonly string[];
}
export interface Wing { title: string; rooms: readonly Room[] }

const decides = ['application.decide', 'application.dispatch', 'organization.approve', 'points.approve'] as const;
const acts = [...decides, 'merchant.approve', 'settlement.run', 'settlement.approve', 'dispute.decide', 'bank.keep'] as const;

const all = [
  { title: '办理', rooms: [
    { name: 'todo', title: '待我办理', path: '/todo', needs: [...acts, 'points.audit'], home: acts },
    { name: 'done', title: '已办', path: '/done', needs: decides },
  ] },
  { title: '组织', rooms: [
    { name: 'unions', title: '工会组织', path: '/unions', needs: ['organization.read'] },
    { name: 'members', title: '会员', path: '/members', needs: ['member.read'] },
    { name: 'employers', title: '单位', path: '/employers', needs: ['organization.read'] },
    { name: 'applications', title: '入会审批', path: '/applications', needs: ['application.read', 'application.decide', 'application.dispatch'] },
  ] },
  { title: '评议', rooms: [
    { name: 'evaluations', title: '评议', path: '/evaluations', needs: ['evaluation.read'] },
    { name: 'opinions', title: '意见和答复', path: '/opinions', needs: ['opinion.moderate'] },
    { name: 'campaigns', title: '批量发起', path: '/campaigns', needs: ['evaluation.read'] },
    { name: 'duties', title: '应办事项', path: '/duties', needs: ['evaluation.read'] },
    { name: 'rectifications', title: '整改', path: '/rectifications', needs: ['evaluation.read'] },
    { name: 'coverage', title: '评议覆盖', path: '/coverage', needs: ['evaluation.read'] },
    { name: 'departments', title: '部门名单', path: '/departments', needs: ['evaluation.read'] },
    { name: 'department-results', title: '部门评议结果', path: '/department-results', needs: ['evaluation.read'] },
    { name: 'funds', title: '资金项目', path: '/funds', needs: ['evaluation.read'] },
    { name: 'schemes', title: '测评方案', path: '/schemes', needs: ['evaluation.read'] },
  ] },
  { title: '商户', rooms: [
    { name: 'merchants', title: '商户', path: '/merchants', needs: ['merchant.read'] },
    { name: 'settlements', title: '商户结算', path: '/settlements', needs: ['settlement.read'] },
    { name: 'disputes', title: '支付争议', path: '/disputes', needs: ['merchant.read'] },
    { name: 'spending', title: '积分消费', path: '/spending', needs: ['spending.read'] },
  ] },
  { title: '积分', rooms: [
    { name: 'points-approvals', title: '积分审批', path: '/points/approvals', needs: ['points.approve'] },
    { name: 'points-budgets', title: '积分预算', path: '/points/budgets', needs: ['points.read'] },
    { name: 'points-batches', title: '积分发放', path: '/points/batches', needs: ['points.read'] },
    { name: 'points-rules', title: '积分规则', path: '/points/rules', needs: ['points.read'] },
    { name: 'points-bank', title: '银行流水', path: '/points/bank', needs: ['bank.keep'] },
    { name: 'points-books', title: '受托资金', path: '/points/books', needs: ['bank.keep'] },
    { name: 'points-proof', title: '每日核对', path: '/points/proof', needs: ['points.audit'], home: ['points.audit'] },
    { name: 'ledger', title: '账本', path: '/points/ledger', needs: ['points.audit'] },
    { name: 'spend-flags', title: '付款提示', path: '/spend-flags', needs: ['spend_flag.read'] },
  ] },
  { title: '名册', rooms: [
    { name: 'imports', title: '导入', path: '/imports', needs: ['member.import', 'register.import'] },
    { name: 'exports', title: '导出', path: '/exports', needs: ['member.export'] },
  ] },
  { title: '系统', rooms: [
    { name: 'accounts', title: '账号', path: '/accounts', needs: ['account.read', 'account.manage'] },
    { name: 'roles', title: '授权', path: '/roles', needs: ['role.read', 'role.grant'] },
    { name: 'events', title: '操作记录', path: '/events', needs: ['event.read'] },
    { name: 'parameters', title: '业务参数', path: '/parameters', needs: ['parameter.read'] },
    { name: 'calendar', title: '工作日历', path: '/calendar', needs: ['parameter.read'] },
  ] },
] as const satisfies readonly Wing[];
export type RoomName = (typeof all)[number]['rooms'][number]['name'];
export const wings: readonly Wing[] = all;

export function mayEnter(needs: readonly string[] | undefined, permissions: readonly string[]): boolean {
  return !needs || needs.some((need) => permissions.includes(need));
}

export function navOf(permissions: readonly string[]): Wing[] {
  return wings
    .map((wing) => ({ title: wing.title, rooms: wing.rooms.filter((room) => mayEnter(room.needs, permissions)) }))
    .filter((wing) => wing.rooms.length > 0);
}

/** The first page after sign-in: where his day begins (what waits for him; whether the books agree), else the first room he may enter. */
export function firstPath(permissions: readonly string[]): string {
  const rooms = navOf(permissions).flatMap((wing) => wing.rooms);
  return (rooms.find((room) => room.home?.some((one) => permissions.includes(one))) ?? rooms[0])?.path ?? '/me';
}

export function needsOf(name: string): readonly string[] {
  return wings.flatMap((wing) => wing.rooms).find((room) => room.name === name)?.needs ?? [];
}

/** An address inside the desk to go on to after sign-in; anything that could lead outside is refused. */
export function nextPath(next: unknown): string | null {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : null;
}
