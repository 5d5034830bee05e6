/** The form of a published file, and what of the instrument inside it is needed to recount. */

export interface Step {
  score: number;
}

export interface Question {
  id: string;
  text: string;
  weight: number;
  required: boolean;
  kind: 'scale' | 'single' | 'multiple' | 'ranking' | 'number' | 'text';
  steps?: Step[];
  options?: string[];
  least?: number;
  most?: number;
  places?: number;
}

export interface Instrument {
  evaluation_id: string;
  title: string;
  questions: Question[];
  thresholds: { quorum_percent: number; rectify_percent: number };
  issuer: string;
  key_hash: string;
  /** The question by whose answers there are groups. */
  breakdown?: string | null;
}

export interface Column { question: string; answers: Entry[] }

/** Figures of groups, their fields in the order of the file. */
export interface Breakdown {
  question: string;
  groups: { option: number; people: number; scales: { question: string; answered: number; counts: number[] }[] }[];
  withheld: number[];
}

/** One answer: a step, an option, a number; or options. */
export type Entry = number | number[];

export interface Publication {
  format: number;
  evaluation_id: string;
  poll_id: string;
  instrument: string;
  instrument_hash: string;
  public_key: string;
  electorate: number;
  drawn: number;
  cast: number;
  paper: number;
  destroyed: number;
  tokens: [string, string][];
  commitments: string[];
  merkle_root: string;
  columns: Column[];
  /** Where the instrument has a breakdown: those that are shown. */
  groups?: { option: number; columns: Column[] }[];
  figures: Record<string, unknown> & { questions: unknown[] };
}

const SENTENCES = {
  lines: '文件不完整，请重新下载后再核对。',
  hash: '内容与文件的指纹不一致，内容被改动过。请重新下载；仍然如此的，请拨打 12351 反映。',
  signature: '签名不对，文件不是平台签发的，或者被改动过。',
  form: '文件格式不对，请选择从结果页面下载的文件。',
  instrument_hash: '测评表与公布的指纹不一致。',
  instrument: '测评表读不出来，或者不是这次评议的。',
  key: '选票密钥与测评表里公布的不一致。',
  token_order: '有选票凭证重复，或者次序不对。',
  token: '有选票凭证的签名不对。',
  commitment: '有选票封条重复、次序不对，或者写法不对。',
  root: '选票封条的总指纹不对。',
  sums: '票数对不上。',
  columns: '题目与答案的列对不上。',
  column: '有答案不符合题目、次序不对，或者数量不对。',
  groups: '分组的数字与重新计算的不一致，或者有人数太少、不该单独公布的组。',
  figures: '公布的数字与重新计算的不一致。',
  spread: '结果页面上的数字分布与重新计算的不一致。',
  overall: '公布的总数字与重新计算的不一致。',
};

export type FaultCode = keyof typeof SENTENCES;

/** The file is larger than a browser can work through; the device stopped, or had too little memory. */
export type UnreadCode = 'large' | 'stopped';

/** Why a file was not verified. Says nothing about the file: never to be told as a fault of it. */
export class UnreadError extends Error {
  readonly code: UnreadCode;

  constructor(code: UnreadCode) {
    super(code);
    this.name = 'UnreadError';
    this.code = code;
  }
}

/** The first thing that is wrong with a file; `where` is a question or a place in a list, from 1. */
export class VerifyError extends Error {
  readonly code: FaultCode;
  readonly where: string;

  constructor(code: FaultCode, where = '') {
    super(SENTENCES[code]);
    this.name = 'VerifyError';
    this.code = code;
    this.where = where;
  }
}
