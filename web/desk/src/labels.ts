/** The Chinese words for what the API names in English. An unknown name is shown as it came, so nothing is hidden. */
type Words = Record<string, string>;

const said = (words: Words) => (name: string | null | undefined): string => (name ? words[name] ?? name : '—');

export const kinds: Words = {
  city_federation: '市总工会', county_federation: '县级总工会', town_federation: '镇街总工会', town_joint: '镇街工会联合会',
  grassroots: '单独基层工会', joint_grassroots: '联合基层工会', industry: '行业工会', trade: '产业工会',
};
export const kindText = said(kinds);

export const unionStates: Words = { founding: '筹建中', established: '已建', refused: '建会未批准', dissolved: '已撤销' };
export const unionStateText = said(unionStates);

export const memberStates: Words = { active: '正常', retained: '会籍保留', transferred: '已转出', left: '已退会' };
export const memberStateText = said(memberStates);

export const applicationStates: Words = {
  submitted: '待审批', waiting_dispatch: '在周转库', approved: '已通过', returned: '已退回', withdrawn: '已撤回', expired: '已过期',
};
export const applicationStateText = said(applicationStates);

export const workText = said({
  food_delivery: '外卖配送', courier: '快递', ride_hailing: '网约车', trucker: '货车', domestic: '家政',
  other_platform: '其他平台就业', employer_without_union: '单位还没有工会',
});
export const employmentText = said({ labour_contract: '劳动合同', dispatched: '劳务派遣', platform: '平台就业', flexible: '灵活就业' });
export const idKindText = said({ resident_id: '居民身份证', hk_mo_tw_residence_permit: '港澳台居民居住证', foreign_permanent_resident: '外国人永久居留身份证' });
/** What the roster knows of an applicant, and what follows for the decision. */
export const knownText = said({
  same_union: '在本工会名册上', elsewhere: '在其他工会有会籍', not_member: '登记过，现在没有会籍',
});
export const knownAdvice = said({
  same_union: '通过前请当面核对身份证。通过后，名册上的会籍关联到申请人的手机号，不重复登记。',
  elsewhere: '不能通过。请退回，申请人只会看到“请当面核对身份”；确需转会的，请本人先在原工会办理转出。',
  not_member: '通过后沿用原来登记的人员，不重复登记。',
});
export const doorText = said({ employer: '单位已有工会', open: '单位没有工会或平台就业' });
export const sexText = said({ male: '男', female: '女', m: '男', f: '女', '1': '男', '2': '女' });
export const realNameText = said({ none: '未实名', declared: '本人申报', verified: '已核验' });
export const accountKindText = said({ member: '会员', staff: '工作人员' });
export const todoKindText = said({
  application: '入会审批', founding: '建会审批', dispatch: '周转库接收或分派',
  points_funding: '经费收退', points_allocation: '预算调剂', issue_batch: '积分发放', issue_correction: '收回积分', point_rule: '积分规则',
  merchant: '商户签约', merchant_bank: '收款账户', settlement: '商户结算', settlement_difference: '银行差异', dispute: '支付争议', ledger_stop: '账套停止记账',
  bank_balance: '银行余额复核', bank_difference: '银行余额不符', bank_balance_missing: '银行余额待登记',
});
export const stepText = said({
  submitted: '提交申请', resubmitted: '再次提交', dispatched: '分派', handed_over: '转交', approved: '审批通过', returned: '退回',
  withdrawn: '本人撤回', expired: '逾期失效',
});
export const outcomeText = said({ approved: '已通过', returned: '已退回', dispatched: '已分派', handed_over: '已转交' });

export const officerTitles: Words = {
  chair: '主席', vice_chair: '副主席', audit_director: '经费审查委员会主任', women_director: '女职工委员会主任',
  committee_member: '委员', organiser: '组织员',
};

/** How a search found an employer. */
export const matchedWords = {
  code: { text: '代码相符', tone: 'ok' }, name: { text: '名称相符', tone: 'ok' }, alias: { text: '简称或曾用名', tone: 'ok' }, similar: { text: '写法相近，请核对', tone: 'wait' },
} as const;
export const exportStates = {
  waiting: { text: '排队中', tone: 'wait' }, running: { text: '正在导出', tone: 'wait' }, ready: { text: '可以下载', tone: 'ok' },
  failed: { text: '没有导出', tone: 'late' }, expired: { text: '已删除', tone: 'over' },
} as const;

export const permissionText = said({
  'organization.read': '查看工会', 'organization.found': '申请建会', 'organization.approve': '审批建会', 'organization.change': '变更工会资料', 'organization.keep': '维护联系方式和入会二维码',
  'delegate.keep': '登记会员代表',
  'member.read': '查看会员', 'member.reveal': '查看完整证件号和手机号', 'member.approve': '批准入会', 'member.end': '终止会籍',
  'member.import': '导入会员花名册', 'member.export': '导出会员名单', 'register.import': '导入工会、单位和干部名册',
  'application.read': '查看入会申请', 'application.decide': '审批入会申请', 'application.dispatch': '分派周转库',
  'role.read': '查看授权', 'role.grant': '授权和收回', 'account.read': '查看账号', 'account.manage': '管理账号',
  'event.read': '查看操作记录', 'event.verify': '验证操作记录', 'parameter.read': '查看业务参数', 'parameter.change': '修改业务参数',
  'figures.read': '查看数字',
  'evaluation.read': '查看评议', 'evaluation.start': '发起评议', 'evaluation.answer': '答复意见和提交整改', 'evaluation.audit': '开封复核选票', 'duty.extend': '给下级工会延期', 'rectification.review': '核查下级整改',
  'campaign.start': '批量发起评议', 'department.keep': '维护部门名单', 'scheme.change': '修改测评方案',
});

const collator = new Intl.Collator('zh');
/** Orders names as a Chinese reader expects (by pinyin). */
export const byName = (a: string, b: string): number => collator.compare(a, b);
