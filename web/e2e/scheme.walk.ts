/** A kind of evaluation is written on the desk, and delegates are entered who may be asked by it. */
import { get } from './rows';
import { expect, sees, type Stage, type Walk } from './stage';
import { press } from './voting';

interface Scheme { version: number; document: { title: string; electorate: string; questions: { text: string }[] } }

/** The city writes a scheme from a copy, then its next version; who has not the right is told whom to ask. */
async function written(stage: Stage): Promise<void> {
  const city = await stage.desk();
  await stage.demo(city, 'city');
  await city.goto(stage.url('/desk/schemes/new'));
  await city.getByLabel('照哪个方案改').selectOption('members_home');
  await press(city, '保存方案');
  await sees(city, '请用 2 到 40 个小写字母');
  await city.getByLabel('方案代码').fill('canteen');
  await city.getByLabel('方案名称').fill('食堂评议');
  await press(city, '会员代表');
  await sees(city, /担任会员代表的会员/);
  await city.reload();
  await sees(city, '照哪个方案改');
  expect(await city.getByLabel('方案名称').inputValue() === '食堂评议', 'the draft of the scheme is gone after a reload');
  await stage.look(city, 'scheme-new');
  await city.getByRole('button', { name: '保存方案' }).dblclick();
  await city.waitForURL(/\/desk\/schemes\/canteen$/);
  await sees(city, '第 1 版');

  await city.goto(stage.url('/desk/schemes/canteen/next'));
  await city.getByLabel('题目', { exact: true }).first().fill('饭菜的味道和分量');
  await city.getByLabel('通常几天').fill('400');
  await press(city, '保存为新版本');
  await sees(city, '通常不多于最多');
  await city.getByLabel('通常几天').fill('7');
  await press(city, '保存为新版本');
  await city.waitForURL(/\/desk\/schemes\/canteen$/);
  await sees(city, '第 2 版');
  const kept = await get<Scheme>(stage, city, '/api/schemes/canteen');
  expect(kept.version === 2 && kept.document.electorate === 'is_delegate' && kept.document.questions[0]!.text === '饭菜的味道和分量', `kept: ${JSON.stringify(kept)}`);

  const narrow = await stage.phone();
  await stage.demo(narrow, 'city');
  await narrow.goto(stage.url('/desk/schemes/canteen/next'));
  await sees(narrow, '保存为新版本');
  await stage.look(narrow, 'scheme-next');
  const county = await stage.desk();
  await stage.demo(county, 'county');
  await county.goto(stage.url('/desk/schemes/new'));
  await sees(county, '这个栏目没有对您开放');
}

/** The chair enters a delegate; the level above reads how many there are, and no name. */
async function elected(stage: Stage): Promise<void> {
  const chair = await stage.desk();
  await stage.demo(chair, 'chair');
  const { roles } = await get<{ roles: { node_id: string }[] }>(stage, chair, '/api/me');
  const union = roles[0]!.node_id;
  await chair.goto(stage.url(`/desk/unions/${union}`));
  await sees(chair, '还没有登记会员代表');
  await press(chair, '登记会员代表');
  await chair.getByRole('combobox', { name: '哪位会员' }).click();
  const first = chair.getByRole('listbox', { name: '哪位会员' }).getByRole('option').first();
  const name = (await first.locator('span').innerText()).trim();
  await first.click();
  await chair.getByLabel('怎样产生').fill('第三届会员代表大会选举当选');
  await stage.look(chair, 'delegate-enter');
  await chair.getByRole('button', { name: '登记', exact: true }).dblclick();
  await sees(chair, '现有 1 人');
  await sees(chair, name);
  await stage.look(chair, 'delegates');
  const above = await stage.phone();
  await stage.demo(above, 'county');
  await above.goto(stage.url(`/desk/unions/${union}`));
  await sees(above, '现有 1 人');
  const seen = await get<{ standing: number; items: unknown[] }>(stage, above, `/api/organizations/${union}/delegates`);
  expect(seen.standing === 1 && seen.items.length === 0, `the county reads ${JSON.stringify(seen)}`);
  await stage.look(above, 'delegates-above');
}

export const walks: Walk[] = [
  { name: 'a scheme is written from a copy and gets a second version', run: written },
  { name: 'a chair enters a delegate and the county reads how many', run: elected },
];
