import { describe, expect, it } from 'vitest';
import { articlesOf, textOf } from './consult';

describe('a text cut into articles', () => {
  it('opens an article at 第…条 and keeps what follows with it', () => {
    const articles = articlesOf('第一条　为了保护职工。\n第二条 用人单位应当：\n（一）按时支付工资；\r\n\n第十二条 本办法自公布之日起施行。');
    expect(articles.map((one) => one.heading)).toEqual(['第一条', '第二条', '第十二条']);
    expect(articles[1]!.text).toBe('用人单位应当：\n（一）按时支付工资；');
  });

  it('takes paragraphs where nothing is numbered', () => {
    expect(articlesOf('明年的经费怎么用？\n\n请排出最需要的三项。\n')).toEqual([{ heading: '', text: '明年的经费怎么用？' }, { heading: '', text: '请排出最需要的三项。' }]);
    expect(articlesOf('  \n ')).toEqual([]);
  });

  it('comes back as it was', () => {
    const articles = articlesOf('第一条 甲。\n第二条 乙。\n丙。');
    expect(articlesOf(textOf(articles))).toEqual(articles);
  });
});
