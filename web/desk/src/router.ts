/** The pages of the desk, all under /desk/. Who is not signed in is sent to the sign-in page and comes back after it. */
import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteRecordRaw } from 'vue-router';
import type { Me } from '@api/types';
import { asProblem } from '@shared/problem';
import { firstPath, needsOf } from './nav';
import { readMe, session } from './session';

/** `needs`: the permissions of which one opens the page, taken from the room it belongs to. */
const page = (path: string, name: string, room: string, title: string, component: RouteRecordRaw['component']): RouteRecordRaw =>
  ({ path, name, component, meta: { title, room, needs: needsOf(room) } }) as RouteRecordRaw;

const rooms: RouteRecordRaw[] = [
  page('todo', 'todo', 'todo', '待我办理', () => import('./pages/TodoPage.vue')),
  page('done', 'done', 'done', '已办', () => import('./pages/DonePage.vue')),
  page('unions', 'unions', 'unions', '工会组织', () => import('./pages/UnionsPage.vue')),
  page('unions/list', 'union-rows', 'unions', '工会名单', () => import('./pages/UnionRowsPage.vue')),
  page('unions/found', 'union-found', 'unions', '申请建会', () => import('./pages/UnionFoundPage.vue')),
  page('unions/:id', 'union', 'unions', '工会', () => import('./pages/UnionPage.vue')),
  page('unions/:id/poster', 'union-poster', 'unions', '入会二维码', () => import('./pages/UnionPosterPage.vue')),
  page('members', 'members', 'members', '会员', () => import('./pages/MembersPage.vue')),
  page('members/:id', 'member', 'members', '会员', () => import('./pages/MemberPage.vue')),
  page('employers', 'employers', 'employers', '单位', () => import('./pages/EmployersPage.vue')),
  page('employers/:id', 'employer', 'employers', '单位', () => import('./pages/EmployerPage.vue')),
  page('imports', 'imports', 'imports', '导入', () => import('./pages/ImportsPage.vue')),
  page('imports/new', 'import-new', 'imports', '新的导入', () => import('./pages/ImportNewPage.vue')),
  page('imports/:id', 'import', 'imports', '导入', () => import('./pages/ImportPage.vue')),
  page('exports', 'exports', 'exports', '导出', () => import('./pages/ExportsPage.vue')),
  page('applications', 'applications', 'applications', '入会审批', () => import('./pages/ApplicationsPage.vue')),
  page('applications/:id', 'application', 'applications', '入会申请', () => import('./pages/ApplicationPage.vue')),
  page('evaluations', 'evaluations', 'evaluations', '评议', () => import('./pages/EvaluationsPage.vue')),
  page('evaluations/new', 'evaluation-new', 'evaluations', '发起一次评议', () => import('./pages/EvaluationNewPage.vue')),
  page('evaluations/:id', 'evaluation', 'evaluations', '评议', () => import('./pages/EvaluationPage.vue')),
  page('evaluations/:id/rectification', 'rectification', 'rectifications', '整改', () => import('./pages/RectificationPage.vue')),
  page('rectifications', 'rectifications', 'rectifications', '整改', () => import('./pages/RectificationsPage.vue')),
  page('duties', 'duties', 'duties', '应办事项', () => import('./pages/DutiesPage.vue')),
  page('evaluations/:id/opinions', 'evaluation-opinions', 'evaluations', '意见和答复', () => import('./pages/EvaluationOpinionsPage.vue')),
  page('opinions', 'opinions', 'opinions', '意见和答复', () => import('./pages/OpinionsPage.vue')),
  page('evaluations/:id/poster', 'evaluation-poster', 'evaluations', '评议海报', () => import('./pages/EvaluationPosterPage.vue')),
  page('evaluations/:id/paper', 'evaluation-paper', 'evaluations', '纸质票', () => import('./pages/EvaluationPaperPage.vue')),
  page('campaigns', 'campaigns', 'campaigns', '批量发起', () => import('./pages/CampaignsPage.vue')),
  page('campaigns/new', 'campaign-new', 'campaigns', '新的批量发起', () => import('./pages/CampaignNewPage.vue')),
  page('campaigns/:id', 'campaign', 'campaigns', '批量发起', () => import('./pages/CampaignPage.vue')),
  page('coverage', 'coverage', 'coverage', '评议覆盖', () => import('./pages/CoveragePage.vue')),
  page('departments', 'departments', 'departments', '部门名单', () => import('./pages/DepartmentsPage.vue')),
  page('department-results', 'department-results', 'department-results', '部门评议结果', () => import('./pages/DepartmentResultsPage.vue')),
  page('funds', 'funds', 'funds', '资金项目', () => import('./pages/FundsPage.vue')),
  page('funds/:id', 'fund', 'funds', '资金项目', () => import('./pages/FundPage.vue')),
  page('merchants', 'merchants', 'merchants', '商户', () => import('./pages/MerchantsPage.vue')),
  page('merchants/:id', 'merchant', 'merchants', '商户', () => import('./pages/MerchantPage.vue')),
  page('merchants/:id/shops', 'merchant-shops', 'merchants', '门店', () => import('./pages/MerchantShopsPage.vue')),
  page('statements/:id', 'statement', 'settlements', '对账单', () => import('./pages/StatementPage.vue')),
  page('settlements', 'settlements', 'settlements', '商户结算', () => import('./pages/SettlementsPage.vue')),
  page('settlements/:id', 'settlement', 'settlements', '商户结算', () => import('./pages/SettlementPage.vue')),
  page('disputes', 'disputes', 'disputes', '支付争议', () => import('./pages/DisputesPage.vue')),
  page('disputes/:id', 'dispute', 'disputes', '支付争议', () => import('./pages/DisputePage.vue')),
  page('spending', 'spending', 'spending', '积分消费', () => import('./pages/SpendingPage.vue')),
  page('points/approvals', 'points-approvals', 'points-approvals', '积分审批', () => import('./pages/points/ApprovalsPage.vue')),
  page('points/budgets', 'points-budgets', 'points-budgets', '积分预算', () => import('./pages/points/BudgetsPage.vue')),
  page('points/budgets/:id', 'points-budget', 'points-budgets', '积分预算', () => import('./pages/points/BudgetPage.vue')),
  page('points/batches', 'points-batches', 'points-batches', '积分发放', () => import('./pages/points/BatchesPage.vue')),
  page('points/batches/new', 'points-issue', 'points-batches', '发放积分', () => import('./pages/points/IssuePage.vue')),
  page('points/batches/:id', 'points-batch', 'points-batches', '积分发放', () => import('./pages/points/BatchPage.vue')),
  page('points/rules', 'points-rules', 'points-rules', '积分规则', () => import('./pages/points/RulesPage.vue')),
  page('points/rules/:id', 'points-rule', 'points-rules', '积分规则', () => import('./pages/points/RulePage.vue')),
  page('points/bank', 'points-bank', 'points-bank', '银行流水', () => import('./pages/points/BankPage.vue')),
  page('points/books', 'points-books', 'points-books', '受托资金', () => import('./pages/points/BooksPage.vue')),
  page('points/proof', 'points-proof', 'points-proof', '每日核对', () => import('./pages/points/ProofPage.vue')),
  page('points/ledger', 'ledger', 'ledger', '账本', () => import('./pages/points/LedgerPage.vue')),
  page('points/ledger/accounts/:id', 'ledger-account', 'ledger', '账户', () => import('./pages/points/AccountPage.vue')),
  page('points/ledger/transfers/:id', 'ledger-transfer', 'ledger', '一笔账', () => import('./pages/points/TransferPage.vue')),
  page('schemes', 'schemes', 'schemes', '测评方案', () => import('./pages/SchemesPage.vue')),
  page('schemes/new', 'scheme-new', 'schemes', '新方案', () => import('./pages/SchemeEditPage.vue')),
  page('schemes/:code/next', 'scheme-next', 'schemes', '新版本', () => import('./pages/SchemeEditPage.vue')),
  page('schemes/:code', 'scheme', 'schemes', '测评方案', () => import('./pages/SchemePage.vue')),
  page('spend-flags', 'spend-flags', 'spend-flags', '付款提示', () => import('./pages/SpendFlagsPage.vue')),
  page('roles', 'roles', 'roles', '授权', () => import('./pages/RolesPage.vue')),
  page('accounts', 'accounts', 'accounts', '账号', () => import('./pages/AccountsPage.vue')),
  page('events', 'events', 'events', '操作记录', () => import('./pages/EventsPage.vue')),
  page('parameters', 'parameters', 'parameters', '业务参数', () => import('./pages/ParametersPage.vue')),
  page('calendar', 'calendar', 'calendar', '工作日历', () => import('./pages/CalendarPage.vue')),
  { path: 'me', name: 'me', component: () => import('./pages/MePage.vue'), meta: { title: '我的账号' } },
  { path: 'messages', name: 'messages', component: () => import('./pages/MessagesPage.vue'), meta: { title: '消息' } },
  { path: ':rest(.*)*', name: 'nowhere', component: () => import('./pages/NowherePage.vue'), meta: { title: '没有这个页面' } },
];

export const router = createRouter({
  history: createWebHistory(import.meta.env.BASE_URL),
  routes: [
    { path: '/sign-in', name: 'sign-in', component: () => import('./pages/SignInPage.vue'), meta: { title: '登录', open: true } },
    { path: '/', component: () => import('./parts/DeskLayout.vue'), children: [
      { path: '', name: 'home', redirect: () => firstPath(session.me?.permissions ?? []) },
      ...rooms,
    ] },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
});

/** Reads who is here before the first page; a network fault lets the layout through, which shows it with 重试. */
async function guard(to: RouteLocationNormalized) {
  if (to.meta.open === true || session.me) return true;
  let me: Me;
  try {
    me = await readMe();
  } catch (thrown) {
    if (asProblem(thrown).status === 401) return { name: 'sign-in', query: to.redirectedFrom?.path === '/' ? {} : { next: to.fullPath } };
    return true;
  }
  // "/" was redirected before anybody was known: ask again now that it is known who is here.
  return to.redirectedFrom?.path === '/' ? firstPath(me.permissions) : true;
}

router.beforeEach(guard);
router.afterEach((to) => {
  document.title = typeof to.meta.title === 'string' ? `${to.meta.title} · 智工` : '智工';
});
