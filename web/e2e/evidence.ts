/** The papers behind points, for the walks that issue some. */
import type { Page } from 'playwright-core';
import { get } from './rows';
import { expect, sees, type Stage } from './stage';
import { press } from './voting';

const PAPER = '示例签到表.pdf';

/** After the event the chair adds the paper; what is none is refused, and what was added is there for whoever audits. */
export async function evidenced(stage: Stage, chair: Page, batch: string): Promise<void> {
  await sees(chair, '无附件');
  await press(chair, '添加附件');
  const choose = (name: string, words: string) => chair.getByLabel('选择文件').setInputFiles({ name, mimeType: 'application/pdf', buffer: Buffer.from(words) });
  await choose('会议纪要.docx', '示例');
  await sees(chair, '“会议纪要.docx”不是图片、PDF 或 Excel（.xlsx），没有上传。');
  await choose(PAPER, '不是 PDF');
  await sees(chair, '附件请用图片（JPG、PNG、WebP）、PDF 或没有密码的 Excel');
  await choose(PAPER, '%PDF-1.7 示例');
  await sees(chair, '已上传 1 个，点“添加”才算数');
  await chair.reload();
  await press(chair, '添加附件');
  await sees(chair, '已上传 1 个，点“添加”才算数');
  await stage.look(chair, 'points-evidence-add');
  await chair.getByRole('button', { name: '添加', exact: true }).dblclick();
  await sees(chair, '附件已添加。');
  await sees(chair, '1 个附件');
  await stage.look(chair, 'points-evidence');
  const phone = await stage.phone();
  await stage.demo(phone, 'county');
  const { batch: { budget_id: budget, name } } = await get<{ batch: { budget_id: string; name: string } }>(stage, phone, `/api/points/batches/${batch}`);
  const entries = await get<{ items: { transfer_id: string; reason: string }[] }>(stage, phone, `/api/ledger/accounts/${budget}/entries`);
  const transfer = entries.items.find((entry) => entry.reason === name)!.transfer_id;
  for (const [path, look] of [[`batches/${batch}`, 'points-evidence'], [`ledger/transfers/${transfer}`, 'points-evidence-transfer']] as const) {
    await phone.goto(stage.url(`/desk/points/${path}`));
    const link = phone.getByRole('link', { name: PAPER });
    await link.waitFor();
    await stage.look(phone, look);
    const paper = await phone.request.get(stage.url(await link.getAttribute('href') ?? ''));
    expect(await paper.text() === '%PDF-1.7 示例', `the paper behind a batch: ${paper.status()}`);
  }
  await chair.goto(stage.url('/desk/points/batches'));
  await chair.getByLabel('只看已批准、还没有附件的').check();
  await chair.getByRole('table', { name: '积分发放' }).getByText('1 个附件').first().waitFor({ state: 'detached' });
  await stage.look(chair, 'points-batches-bare');
}
