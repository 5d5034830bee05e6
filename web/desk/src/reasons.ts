/** Common reasons, one press away; each says what the other person can do. */
export const returnReasons = [
  '姓名与证件不一致，请核对后再报',
  '不在本单位工作，请选现在的单位或走“单位没有工会”',
  '单位名称填写有误，请按营业执照填写',
  // What an applicant on the roster always reads: said to others as well, it tells nothing.
  '这份申请需要当面核对身份。请带身份证找单位工会主席或镇街工会办理，也可拨打 12351。',
] as const;
