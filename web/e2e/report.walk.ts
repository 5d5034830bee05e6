/** A chair writes a duty report on a phone whose network breaks off, with pictures and a video; members read it before they rate. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { get } from './rows';
import { expect, sees, type Stage, type Walk } from './stage';
import { ownUnion, post, press, voters } from './voting';

interface Draft { video: { file_id: string; bytes: number } | null; submitted: { number: number } | null; pictures: { file_id: string }[] }

const videoInput = (page: Page) => page.locator('input[type=file][accept*="video"]');
const pictureInput = (page: Page) => page.locator('input[type=file][accept*="image"]');

/** A picture of one colour. */
function png(width: number, height: number): Buffer {
  const chunk = (name: string, content: Buffer) => {
    const body = Buffer.concat([Buffer.from(name), content]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, 0x7a)]);
  const rows = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('tEXt', Buffer.from('Author\0somebody')), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

/** A film that the browser makes itself: noise, so that it is large enough for several pieces. */
async function film(page: Page): Promise<Buffer> {
  const encoded = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [480, 360];
    const context = canvas.getContext('2d')!;
    const noise = context.createImageData(canvas.width, canvas.height);
    const timer = setInterval(() => {
      for (let at = 0; at < noise.data.length; at += 1) noise.data[at] = Math.random() * 256;
      context.putImageData(noise, 0, 0);
    }, 40);
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm;codecs=vp8', videoBitsPerSecond: 16_000_000 });
    const parts: Blob[] = [];
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.start();
    await new Promise((go) => setTimeout(go, 4_000));
    await new Promise<void>((go) => { recorder.onstop = () => go(); recorder.stop(); });
    clearInterval(timer);
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    let text = '';
    for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
    return btoa(text);
  });
  return Buffer.from(encoded, 'base64');
}

/** Last year's evaluation of the toy factory's chair, as a draft, and a member who will be asked. */
async function begun(stage: Stage, chair: Page): Promise<{ id: string; union: string; member: Page }> {
  await stage.demo(chair, 'chair');
  const union = await ownUnion(stage, chair);
  const [reader] = await voters(stage, chair, union, ['虚构读报告会员']);
  const year = Number((await get<{ today: string }>(stage, chair, '/api/site')).today.slice(0, 4)) - 1;
  const { id } = await post<{ id: string }>(stage, chair, '/api/evaluations', { scheme: 'chair_report', organization_id: union, year });
  return { id, union, member: reader!.phone };
}

async function awaited(stage: Stage, chair: Page, id: string): Promise<void> {
  await chair.goto(stage.url(`/chair/evaluations/${id}`));
  await sees(chair, '等主席提交述职报告');
  await stage.look(chair, 'report-awaited');
  await press(chair, '开启投票');
  await press(chair, '开启');
  await sees(chair, '主席还没有提交述职报告');
  await chair.getByRole('link', { name: '写述职报告' }).click();
  await chair.waitForURL(/\/report/);
}

/** What the records say stands there; what is written survives a reload and a dead network. */
async function written(stage: Stage, chair: Page): Promise<void> {
  const overview = chair.getByLabel('这一年的基本情况');
  expect(/有会员 \d+ 人/.test(await overview.inputValue()), 'the figures are not filled in');
  await sees(chair, '活动还没有记录在平台，请自己填写');
  await stage.look(chair, 'report-begun');
  await chair.getByLabel('维护权益').fill('帮 6 名职工要回了加班工资。\n<b>没有漏一个人</b>');
  await sees(chair, '已自动保存');
  await chair.route('**/draft', (route) => (route.request().method() === 'POST' ? route.abort('connectionreset') : route.continue()));
  await chair.getByLabel('下一年的打算和承诺').fill('六月底以前给车间装上空调。');
  await sees(chair, '没有保存上');
  await chair.unroute('**/draft');
  await chair.reload();
  await sees(chair, '已自动保存');
  stage.forgive(/ERR_CONNECTION_RESET/);
  expect(await chair.getByLabel('下一年的打算和承诺').inputValue() === '六月底以前给车间装上空调。', 'the text is gone after a reload');
}

async function pictures(chair: Page, folder: string): Promise<void> {
  const [good, bad] = [join(folder, '食堂.png'), join(folder, '假图.png')];
  writeFileSync(good, png(640, 400));
  writeFileSync(bad, '<script>alert(1)</script>');
  await pictureInput(chair).setInputFiles(bad);
  await chair.getByRole('alert').filter({ hasText: 'report.picture_kind' }).waitFor();
  await pictureInput(chair).setInputFiles(good);
  await chair.getByLabel('图片 1 的说明').fill('改造以后的食堂');
  await chair.getByLabel('图片 1 的说明').blur();
}

/** Pieces are cut off and answers lost; the page is reloaded in the middle; the same file goes on where it was. */
async function video(stage: Stage, chair: Page, folder: string): Promise<number> {
  const [path, script] = [join(folder, '述职.webm'), join(folder, '脚本.mp4')];
  const bytes = await film(chair);
  expect(bytes.length > 1_500_000, `the film has only ${bytes.length} bytes`);
  writeFileSync(path, bytes);
  writeFileSync(script, '#!/bin/sh\n'.repeat(20_000));
  await videoInput(chair).setInputFiles(script);
  await chair.getByRole('alert').filter({ hasText: 'report.video_kind' }).waitFor();
  await press(chair, '不传了');
  const offsets: number[] = [];
  let pieces = 0;
  await chair.route('**/draft/video/*?offset=*', async (route) => {
    pieces += 1;
    offsets.push(Number(new URL(route.request().url()).searchParams.get('offset')));
    if (pieces === 1) {
      await route.fetch(); // the server has it; only the answer is lost
      return route.abort('connectionreset');
    }
    return route.abort('connectionreset');
  });
  await videoInput(chair).setInputFiles(path);
  await sees(chair, /网络不通，正在重试/);
  await stage.look(chair, 'report-video-waiting');
  await chair.getByRole('button', { name: '接着传', exact: true }).waitFor({ timeout: 60_000 });
  stage.forgive(/ERR_CONNECTION_RESET/);
  expect(offsets[0] === 0 && (offsets[1] ?? 0) > 0, `pieces went out at ${offsets.join(', ')}`);
  await chair.unroute('**/draft/video/*?offset=*');
  await chair.reload();
  await sees(chair, /还没有传完/);
  await stage.look(chair, 'report-video-resume');
  const first = chair.waitForRequest(/offset=/);
  await videoInput(chair).setInputFiles(path);
  expect(Number(new URL((await first).url()).searchParams.get('offset')) > 0, 'the video begins anew');
  await chair.getByText('删除视频').waitFor({ timeout: 60_000 });
  const captions = join(folder, '字幕.vtt');
  writeFileSync(captions, 'WEBVTT\n\n00:00.000 --> 00:03.000\n各位会员，大家好\n');
  await chair.locator('input[type=file][accept*="vtt"]').setInputFiles(captions);
  await sees(chair, '有字幕');
  await stage.look(chair, 'report-written');
  return bytes.length;
}

async function submitted(stage: Stage, chair: Page, id: string): Promise<void> {
  await press(chair, '先看看会员看到的样子');
  await sees(chair, '会员看到的样子');
  await stage.look(chair, 'report-preview');
  await press(chair, '回去接着写');
  await press(chair, '提交述职报告');
  await sees(chair, '现在提交？');
  await chair.getByRole('button', { name: '提交', exact: true }).dblclick();
  await chair.getByText('已提交', { exact: true }).waitFor();
  await stage.look(chair, 'report-submitted');
  await chair.goto(stage.url(`/chair/evaluations/${id}`));
  await press(chair, '开启投票');
  await press(chair, '开启');
  await chair.getByText('进行中', { exact: true }).waitFor({ timeout: 60_000 });
}

/** A member finds it before she rates, reads it without the video, and could watch any part of that. */
async function read(stage: Stage, member: Page, id: string, film: string): Promise<void> {
  await member.goto(stage.url(`/evaluations/${id}`));
  await sees(member, '先看述职报告');
  await stage.look(member, 'report-before-rating');
  await member.getByRole('link', { name: '看述职报告' }).click();
  await sees(member, '帮 6 名职工要回了加班工资');
  await sees(member, '<b>没有漏一个人</b>');
  await sees(member, '改造以后的食堂');
  const ready = () => member.locator('video').evaluate((video: HTMLVideoElement) => video.readyState);
  for (let tries = 0; tries < 40 && await ready() < 1; tries += 1) await member.waitForTimeout(250);
  expect(await ready() >= 1, 'the video cannot be played');
  expect(await member.locator('video track[kind=captions]').count() === 1, 'there are no captions');
  await stage.look(member, 'report-read');
  const part = await member.request.get(stage.url(film), { headers: { Range: 'bytes=100-199' } });
  expect(part.status() === 206 && (await part.body()).length === 100, `a part of the video: ${part.status()}`);
  const wide = await stage.desk();
  await wide.context().addCookies(await member.context().cookies());
  await wide.goto(stage.url(`/evaluations/${id}/report`));
  await sees(wide, '帮 6 名职工要回了加班工资');
  await stage.look(wide, 'report-read');
  await member.getByRole('link', { name: '看完了，回到评议' }).click();
  await sees(member, '第一步：领票');
}

async function report(stage: Stage): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'zhigong-report-'));
  try {
    const chair = await stage.phone();
    const { id, union, member } = await begun(stage, chair);
    await awaited(stage, chair, id);
    await written(stage, chair);
    await pictures(chair, folder);
    const bytes = await video(stage, chair, folder);
    await submitted(stage, chair, id);
    const draft = await get<Draft>(stage, chair, `/api/evaluations/${id}/reports/${union}/draft`);
    expect(draft.video?.bytes === bytes && draft.submitted?.number === 1 && draft.pictures.length === 1, `the server has ${JSON.stringify(draft)}`);
    const film = `/api/evaluations/${id}/reports/${union}/files/${draft.video!.file_id}`;
    await read(stage, member, id, film);
    const stranger = await stage.phone();
    const refused = await stranger.request.get(stage.url(film));
    expect(refused.status() === 404, `a stranger gets the video before the result is out: ${refused.status()}`);
    for (const screen of [await stage.desk(), await stage.phone()]) {
      await stage.demo(screen, 'county');
      await screen.goto(stage.url(`/desk/evaluations/${id}`));
      await press(screen, '阅读');
      await sees(screen, '帮 6 名职工要回了加班工资');
      await stage.look(screen, 'report-desk');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const walks: Walk[] = [{ name: 'a chair reports with a video over a bad network and members read it', run: report }];
