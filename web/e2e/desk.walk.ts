/** The desk walked by officers of three levels and by the three administrators. */
import { everyRow, get } from './rows';
import { expect, sees, type Stage, type Walk } from './stage';

interface Node { id: string; name: string; kind: string; division_code: string; unions: number | null; members: number | null }

/** A county officer works his county; another county's union does not exist for him, by list, page or address. */
async function county(stage: Stage): Promise<void> {
  const [city, page] = [await stage.desk(), await stage.desk()];
  await stage.demo(city, 'city');
  await stage.demo(page, 'county');
  const all = (await get<{ items: Node[] }>(stage, city, '/api/tree')).items;
  const own = (await get<{ items: Node[] }>(stage, page, '/api/tree')).items.filter((node) => node.unions !== null);
  expect(own.length > 3 && own.length < all.length, `the county officer sees ${own.length} of ${all.length} nodes`);
  expect(own.every((node) => node.division_code.startsWith('440703')), 'a node of another county is in his tree');
  const foreign = all.find((node) => node.kind === 'county_federation' && !node.division_code.startsWith('440703'))!;
  expect((await page.request.get(stage.url(`/api/organizations/${foreign.id}`))).status() === 404, 'another county answers');
  const rows = await everyRow<{ id: string }>(stage, page, '/api/organizations?state=established');
  const foreignRows = await everyRow<{ id: string }>(stage, city, `/api/organizations?within=${foreign.id}&state=established`);
  const hidden = new Set(foreignRows.map((row) => row.id));
  expect(foreignRows.length > 0 && rows.every((row) => !hidden.has(row.id)), 'a union of another county is in his list');

  await page.goto(stage.url('/desk/'));
  await sees(page, '待我办理');
  await stage.look(page, 'desk-todo');
  await page.goto(stage.url('/desk/unions'));
  await sees(page, '示意图');
  await stage.look(page, 'desk-unions');
  await page.goto(stage.url(`/desk/unions/${foreign.id}`));
  await sees(page, 'not_found');
  const narrow = await stage.phone();
  await stage.demo(narrow, 'county');
  for (const [path, name] of [['/desk/', 'desk-todo'], ['/desk/unions', 'desk-unions'], ['/desk/members', 'desk-members']] as const) {
    await narrow.goto(stage.url(path));
    await stage.look(narrow, name);
  }
}

/** Every figure of the city's tree equals the rows behind it. */
async function figures(stage: Stage): Promise<void> {
  const page = await stage.desk();
  await stage.demo(page, 'city');
  const nodes = (await get<{ items: Node[] }>(stage, page, '/api/tree')).items;
  for (const node of nodes.filter((one) => ['county_federation', 'city_federation'].includes(one.kind))) {
    const unions = await everyRow(stage, page, `/api/organizations?within=${node.id}&state=established`);
    expect(unions.length === node.unions, `${node.name}: ${node.unions} unions, ${unions.length} rows`);
  }
  const smallest = nodes.filter((one) => (one.members ?? 0) > 0).sort((a, b) => a.members! - b.members!)[0]!;
  const members = await everyRow(stage, page, `/api/members?within=${smallest.id}`);
  expect(members.length === smallest.members, `${smallest.name}: ${smallest.members} members, ${members.length} rows`);
  for (const [path, words, name] of [['/desk/unions', '示意图', 'desk-city'], ['/desk/unions/list', '工会', 'desk-union-rows'], ['/desk/members', '会员', 'desk-members'], ['/desk/applications', '入会', 'desk-applications']] as const) {
    await page.goto(stage.url(path));
    await sees(page, words);
    await stage.look(page, name);
  }
}

/** The three administrators: rooms of their own, and the others shut; the chain of events verifies. */
async function rooms(stage: Stage): Promise<void> {
  const visits = [
    ['system', ['/desk/accounts', '/desk/parameters', '/desk/calendar'], '/desk/events'],
    ['security', ['/desk/roles', '/desk/accounts'], '/desk/members'],
    ['audit', ['/desk/events', '/desk/roles'], '/desk/parameters'],
  ] as const;
  for (const [key, open, shut] of visits) {
    const page = await stage.desk();
    await stage.demo(page, key);
    for (const path of open) {
      await page.goto(stage.url(path));
      await stage.look(page, `${key}${path.replaceAll('/', '-')}`);
    }
    await page.goto(stage.url(shut));
    await sees(page, '这个栏目没有对您开放');
  }
  const audit = await stage.desk();
  await stage.demo(audit, 'audit');
  const proved = await audit.request.post(stage.url('/api/events/verify'), { headers: { 'X-Zhigong': '1' }, data: {} });
  const report = await proved.json() as { checked: number; first_bad: unknown };
  expect(report.checked > 0 && report.first_bad === null, `the chain: ${JSON.stringify(report)}`);
}

export const walks: Walk[] = [
  { name: 'a county officer sees only his county', run: county },
  { name: 'a city officer finds the rows behind each figure', run: figures },
  { name: 'each administrator has his own rooms', run: rooms },
];
