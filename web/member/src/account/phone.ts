/** First looks at what is typed to sign in; the server decides. */
export const phoneLack = (text: string): string | null =>
  /^1[3-9]\d{9}$/.test(text.replace(/\s/g, '')) ? null : '请填写 11 位手机号。';

export const codeLack = (text: string): string | null => (/^\d{6}$/.test(text.trim()) ? null : '请填写 6 位数字。');
