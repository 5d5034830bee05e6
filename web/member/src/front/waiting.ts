/** What waits for this person, most urgent first, in his words: pure, so that the order can be tested. */
import type { MyApplication, Me, Todos } from '@api/types';
import { dayText, dueText } from '@shared/format';

/** `desk`: a page of the desk, which is another site to the router. */
export interface Waiting { title: string; detail: string; to: string; act: string; late: boolean; desk?: boolean }

export function waitingFor(me: Me, own: MyApplication | null, todos: Todos | null, today: string): Waiting[] {
  return [...ownWaiting(me, own, today), ...todoWaiting(todos, today), ...deskWaiting(todos), ...noticeWaiting(me)];
}

function ownWaiting(me: Me, own: MyApplication | null, today: string): Waiting[] {
  const application = own?.application;
  if (application?.state === 'returned') {
    return [{ title: '您的入会申请要改一改', detail: application.return_reason ?? '打开看退回的原因', to: '/apply/status', act: '去修改', late: true }];
  }
  if (application && (application.state === 'submitted' || application.state === 'waiting_dispatch')) {
    const detail = application.overdue ? '工会答复晚了，已提醒上级工会' : `${dayText(application.answer_by, today)}前答复，${dueText(application.answer_by, today)}`;
    return [{ title: '入会申请等工会答复', detail, to: '/apply/status', act: '看进度', late: application.overdue }];
  }
  if (me.membership) return [];
  if (own?.draft) return [{ title: '入会申请还没填完', detail: `草稿留到 ${dayText(own.draft.expires_on, today)}`, to: '/apply', act: '接着填', late: false }];
  // Staff who are nobody's member are not pressed to join.
  return me.roles.length ? [] : [{ title: '您还没有加入工会', detail: '不花钱，约 3 分钟', to: '/join', act: '去入会', late: false }];
}

function todoWaiting(todos: Todos | null, today: string): Waiting[] {
  const joins = todos?.items.filter((one) => one.kind === 'application') ?? [];
  const count = todos?.counts.application ?? joins.length;
  const first = joins[0];
  if (!first || count === 0) return [];
  const late = joins.some((one) => one.overdue);
  const due = first.due ? `，最早的${late ? '已过期' : dueText(first.due, today) + '到期'}` : '';
  return [{ title: `${count} 人申请入会，等您审核`, detail: `${first.node_name}${due}`, to: '/approvals', act: '去审核', late }];
}

/** What is decided at the desk: money, contracts, disputes. */
function deskWaiting(todos: Todos | null): Waiting[] {
  const others = todos?.items.filter((one) => one.kind !== 'application') ?? [];
  const [first] = others;
  if (!first) return [];
  return [{ title: `${others.length} 件事等您在工作台办`, detail: first.title, to: '/desk/todo', act: '去办', late: others.some((one) => one.overdue), desk: true }];
}

function noticeWaiting(me: Me): Waiting[] {
  return me.unread > 0 ? [{ title: `${me.unread} 条消息没看`, detail: '工会给您的答复和通知', to: '/messages', act: '看看', late: false }] : [];
}
