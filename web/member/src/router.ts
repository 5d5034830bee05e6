/** The member pages. `signedIn` pages send a stranger to sign in and bring him back to where he wanted to go. */
import { nextTick } from 'vue';
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { onSignedOut } from '@api/client';
import { refreshMe, session } from './session';

declare module 'vue-router' {
  interface RouteMeta { title: string; signedIn?: boolean; tabs?: boolean; /** Nobody is asked who he is. */ nobody?: boolean }
}

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'front', component: () => import('./front/FrontPage.vue'), meta: { title: '首页' } },
  { path: '/rights', name: 'rights', component: () => import('./front/RightsPage.vue'), meta: { title: '我的权利' } },
  { path: '/find', name: 'find', component: () => import('./organization/FindPage.vue'), meta: { title: '我的工会在哪里' } },
  { path: '/sign-in', name: 'sign-in', component: () => import('./account/SignInPage.vue'), meta: { title: '登录' } },
  { path: '/join', name: 'join', redirect: (to) => ({ name: 'apply', query: to.query }) },
  { path: '/join/:code', name: 'link', component: () => import('./member/LinkPage.vue'), meta: { title: '加入工会' } },
  // Who has not signed in may go as far as to see which union takes him.
  { path: '/apply', name: 'apply', component: () => import('./member/ApplyPage.vue'), meta: { title: '加入工会' } },
  { path: '/apply/status', name: 'status', component: () => import('./member/StatusPage.vue'), meta: { title: '我的入会申请', signedIn: true } },
  { path: '/takeover', name: 'takeover', component: () => import('./takeover/TakeoverPage.vue'), meta: { title: '认领会籍', signedIn: true } },
  { path: '/home', name: 'home', component: () => import('./front/HomePage.vue'), meta: { title: '首页', signedIn: true, tabs: true } },
  { path: '/union', name: 'union', component: () => import('./organization/UnionPage.vue'), meta: { title: '我的工会', signedIn: true, tabs: true } },
  { path: '/approvals', name: 'approvals', component: () => import('./member/ApprovalsPage.vue'), meta: { title: '入会审批', signedIn: true } },
  { path: '/approvals/:id', name: 'approval', component: () => import('./member/ApprovalPage.vue'), meta: { title: '入会申请', signedIn: true } },
  { path: '/evaluations/secret', name: 'secrecy', component: () => import('./voice/SecrecyPage.vue'), meta: { title: '我的选择别人能知道吗' } },
  { path: '/evaluations/:id', name: 'evaluation', component: () => import('./voice/EvaluationPage.vue'), meta: { title: '评议', signedIn: true } },
  { path: '/evaluations/:id/fill', name: 'rate', component: () => import('./voice/RatePage.vue'), meta: { title: '填写测评', signedIn: true } },
  { path: '/evaluations/:id/rectification', name: 'rectification', component: () => import('./voice/RectificationPage.vue'), meta: { title: '整改情况' } },
  { path: '/evaluations/:id/closure', name: 'closure', component: () => import('./voice/ClosurePage.vue'), meta: { title: '整改到位了吗', signedIn: true } },
  { path: '/evaluations/:id/opinions', name: 'opinions', component: () => import('./voice/OpinionsPage.vue'), meta: { title: '意见和答复', signedIn: true } },
  { path: '/opinions/code', name: 'opinion-code', component: () => import('./voice/OpinionCodePage.vue'), meta: { title: '用四词码看答复', nobody: true } },
  // Once the result is out, everybody may read it; before that the server says who may.
  { path: '/evaluations/:id/report', name: 'report', component: () => import('./voice/report/ReportPage.vue'), meta: { title: '述职报告' } },
  { path: '/evaluations/:id/document', name: 'document', component: () => import('./consult/DocumentPage.vue'), meta: { title: '征求意见稿' } },
  { path: '/funds', name: 'funds', component: () => import('./consult/FundsPage.vue'), meta: { title: '工会的钱怎么花', signedIn: true } },
  { path: '/funds/new', name: 'fund-new', component: () => import('./consult/FundNewPage.vue'), meta: { title: '登记资金项目', signedIn: true } },
  { path: '/funds/:id', name: 'fund', component: () => import('./consult/FundPage.vue'), meta: { title: '资金项目', signedIn: true } },
  { path: '/places', name: 'places', component: () => import('./places/PlacesPage.vue'), meta: { title: '附近能用积分的店', signedIn: true } },
  { path: '/places/:id', name: 'place', component: () => import('./places/PlacePage.vue'), meta: { title: '门店', signedIn: true } },
  { path: '/disputes', name: 'disputes', component: () => import('./dispute/DisputesPage.vue'), meta: { title: '我的支付争议', signedIn: true } },
  { path: '/disputes/new', name: 'dispute-new', component: () => import('./dispute/DisputeNewPage.vue'), meta: { title: '对一笔支付提出争议', signedIn: true } },
  { path: '/disputes/:id', name: 'dispute', component: () => import('./dispute/DisputePage.vue'), meta: { title: '支付争议', signedIn: true } },
  { path: '/shop', name: 'shop', component: () => import('./shop/ShopHomePage.vue'), meta: { title: '商户', signedIn: true } },
  { path: '/shop/apply', name: 'shop-apply', component: () => import('./shop/ApplyPage.vue'), meta: { title: '申请成为商户', signedIn: true } },
  { path: '/shop/join', name: 'shop-join', component: () => import('./shop/JoinPage.vue'), meta: { title: '加入商户', signedIn: true } },
  { path: '/shop/merchants/:id', name: 'shop-merchant', component: () => import('./shop/MerchantPage.vue'), meta: { title: '商户资料', signedIn: true } },
  { path: '/shop/merchants/:id/resubmit', name: 'shop-resubmit', component: () => import('./shop/ApplyPage.vue'), meta: { title: '重新提交申请', signedIn: true } },
  { path: '/shop/merchants/:id/cashiers', name: 'shop-cashiers', component: () => import('./shop/CashiersPage.vue'), meta: { title: '收银员', signedIn: true } },
  { path: '/shop/merchants/:id/statements', name: 'shop-statements', component: () => import('./shop/StatementsPage.vue'), meta: { title: '对账单', signedIn: true } },
  { path: '/shop/merchants/:id/disputes', name: 'shop-disputes', component: () => import('./shop/DisputesPage.vue'), meta: { title: '支付争议', signedIn: true } },
  { path: '/shop/statements/:id', name: 'shop-statement', component: () => import('./shop/StatementPage.vue'), meta: { title: '对账单', signedIn: true } },
  { path: '/shop/disputes/:id', name: 'shop-dispute', component: () => import('./dispute/DisputePage.vue'), meta: { title: '支付争议', signedIn: true } },
  { path: '/shop/pin', name: 'shop-pin', component: () => import('./shop/PinPage.vue'), meta: { title: '收银口令', signedIn: true } },
  { path: '/shop/shift/:id', name: 'shop-shift', component: () => import('./shop/ShiftPage.vue'), meta: { title: '接班', signedIn: true } },
  { path: '/wallet', name: 'wallet', component: () => import('./points/WalletPage.vue'), meta: { title: '我的积分', signedIn: true } },
  // What is published of the ledger, for everybody.
  { path: '/points/days', name: 'points-days', component: () => import('./points/DaysPage.vue'), meta: { title: '每天封存的账' } },
  { path: '/receipts', name: 'receipts', component: () => import('./voice/ReceiptsPage.vue'), meta: { title: '我的回执', signedIn: true } },
  { path: '/results', name: 'results', component: () => import('./voice/ResultsPage.vue'), meta: { title: '已公布的评议结果' } },
  { path: '/results/:id', name: 'result', component: () => import('./voice/ResultPage.vue'), meta: { title: '评议结果' } },
  { path: '/results/:id/recount', name: 'recount', component: () => import('./voice/RecountPage.vue'), meta: { title: '自己重算' } },
  { path: '/chair/evaluations', name: 'chair-evaluations', component: () => import('./voice/ChairEvaluationsPage.vue'), meta: { title: '本工会的评议', signedIn: true } },
  { path: '/chair/evaluations/:id', name: 'chair-evaluation', component: () => import('./voice/ChairEvaluationPage.vue'), meta: { title: '本工会的评议', signedIn: true } },
  { path: '/chair/evaluations/:id/rectification', name: 'chair-rectification', component: () => import('./voice/ChairRectificationPage.vue'), meta: { title: '办理整改', signedIn: true } },
  { path: '/chair/evaluations/:id/opinions', name: 'chair-opinions', component: () => import('./voice/ChairOpinionsPage.vue'), meta: { title: '会员的意见', signedIn: true } },
  { path: '/chair/evaluations/:id/report', name: 'chair-report', component: () => import('./voice/report/ReportEditPage.vue'), meta: { title: '写述职报告', signedIn: true } },
  { path: '/chair/evaluations/:id/poster', name: 'chair-poster', component: () => import('./voice/PosterPage.vue'), meta: { title: '评议海报', signedIn: true } },
  // A machine of many people: whoever signs in there votes and is forgotten.
  { path: '/kiosk/:evaluation', name: 'kiosk', component: () => import('./kiosk/KioskPage.vue'), meta: { title: '站点一体机投票' } },
  // Whoever has the link answers for a department; he has no account.
  { path: '/department', name: 'department', component: () => import('./department/DepartmentPage.vue'), meta: { title: '部门回应' } },
  { path: '/pay', name: 'pay', component: () => import('./pay/PayCodePage.vue'), meta: { title: '付款码', signedIn: true } },
  { path: '/pay/scan', name: 'pay-scan', component: () => import('./pay/ScanPage.vue'), meta: { title: '扫门店收款码', signedIn: true } },
  { path: '/pay/short', name: 'pay-short', component: () => import('./pay/ShortPage.vue'), meta: { title: '用四位数字付', signedIn: true } },
  { path: '/pay/devices', name: 'pay-devices', component: () => import('./pay/DevicesPage.vue'), meta: { title: '付款码的设备', signedIn: true } },
  // Where the sign of a shop leads.
  { path: '/pay/:shop', name: 'pay-shop', component: () => import('./pay/PayShopPage.vue'), meta: { title: '付款', signedIn: true } },
  { path: '/payments', name: 'payments', component: () => import('./pay/PaymentsPage.vue'), meta: { title: '付款记录', signedIn: true } },
  { path: '/payments/:id', name: 'payment', component: () => import('./pay/ReceiptPage.vue'), meta: { title: '小票', signedIn: true } },
  { path: '/till/:shop', name: 'till', component: () => import('./till/TillPage.vue'), meta: { title: '收款', signedIn: true } },
  { path: '/till/:shop/day', name: 'till-day', component: () => import('./till/TillDayPage.vue'), meta: { title: '今天收的', signedIn: true } },
  { path: '/till/:shop/sign', name: 'till-sign', component: () => import('./till/SignPage.vue'), meta: { title: '门店收款码', signedIn: true } },
  { path: '/till/:shop/machines', name: 'till-machines', component: () => import('./till/MachinesPage.vue'), meta: { title: '收银机', signedIn: true } },
  { path: '/till/:shop/payments/:id', name: 'till-payment', component: () => import('./till/TillPaymentPage.vue'), meta: { title: '这一笔', signedIn: true } },
  { path: '/messages', name: 'messages', component: () => import('./notice/MessagesPage.vue'), meta: { title: '消息', signedIn: true, tabs: true } },
  { path: '/mine', name: 'mine', component: () => import('./account/MinePage.vue'), meta: { title: '我的', signedIn: true, tabs: true } },
  { path: '/mine/data', name: 'data', component: () => import('./account/DataPage.vue'), meta: { title: '我的资料', signedIn: true } },
  { path: '/mine/sessions', name: 'sessions', component: () => import('./account/SessionsPage.vue'), meta: { title: '登录的设备', signedIn: true } },
  { path: '/mine/phone', name: 'phone', component: () => import('./account/PhonePage.vue'), meta: { title: '更换手机号', signedIn: true } },
  { path: '/:rest(.*)*', name: 'nowhere', component: () => import('./front/NowherePage.vue'), meta: { title: '没有这个页面' } },
];

export const router = createRouter({
  history: createWebHistory('/'),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

router.beforeEach(async (to) => {
  if (!session.asked && !to.meta.nobody) await refreshMe().catch(() => null); // the page itself shows what failed
  if (to.meta.signedIn && session.asked && !session.me) return { name: 'sign-in', query: { to: to.fullPath } };
  if (to.name === 'front' && session.me) return { name: 'home', replace: true };
  if (to.name === 'sign-in' && session.me) return { name: 'home', replace: true };
  return true;
});

router.afterEach((to, from) => {
  session.unfetched = null;
  document.title = `${to.meta.title} · ${session.site?.name ?? '智工'}`;
  if (!from.matched.length) return;
  // A new page starts at its beginning for those who hear it, too.
  void nextTick(() => document.getElementById('main')?.focus({ preventScroll: true }));
});

router.onError((_error, to) => {
  session.unfetched = to.fullPath;
});

/** Goes to sign in once the server says that the session has ended. */
onSignedOut(() => {
  const here = router.currentRoute.value;
  if (here.meta.signedIn) void router.push({ name: 'sign-in', query: { to: here.fullPath } });
});
