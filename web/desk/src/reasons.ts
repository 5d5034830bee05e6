/** Common reasons, one press away; each says what the other person can do. */
export const returnReasons = [
  '姓名与证件不一致，请核对后再报',
  '不在本单位工作，请选现在的单位或走“单位没有工会”',
  '单位名称填写有误，请按营业执照填写',
] as const;
