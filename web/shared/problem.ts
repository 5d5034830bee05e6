/**
 * What the server (or the network) said no to, in words a person can act on.
 *
 * Every "no" of the server is RFC 9457 problem+json with a stable `code` and a Chinese `detail` that says the next
 * step; pages show the sentence and, small, the code. What never reached the server has a code of its own here.
 */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    /** A Chinese sentence that says the next step. */
    readonly detail: string,
    /** The answer the sentence is about, as the API names it. */
    readonly field: string | null = null,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'Problem';
  }

  /** Whether the request may not have arrived: the same key may, and must, be sent again. */
  get unanswered(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export function networkProblem(): Problem {
  return new Problem(0, 'network.lost', '网络没有连上。您填的内容还在，请检查网络后点“重试”。');
}

const byStatus: Record<number, [code: string, detail: string]> = {
  401: ['auth.required', '登录已过期，请重新登录。'],
  403: ['access.denied', '您的账号没有办这件事的权限，请联系上级工会。'],
  404: ['not_found', '没有找到，可能已被移走。请返回上一页再试。'],
  413: ['body.too_large', '内容太大了，请删减后再试。'],
  429: ['rate.limited', '操作太频繁，请稍等一分钟再试。'],
};

/** Reads a problem+json body; anything else becomes a problem by its status. */
export function problemOf(status: number, body: unknown): Problem {
  const [code, detail] = byStatus[status] ?? (status >= 500
    ? ['server.unavailable', '系统暂时忙不过来，您填的内容还在，请稍后重试。']
    : ['request.refused', '这次没有办成，请检查后再试，或拨打 12351。']);
  if (typeof body !== 'object' || body === null) return new Problem(status, code, detail);
  const said = body as Record<string, unknown>;
  const text = (key: string) => (typeof said[key] === 'string' && said[key] !== '' ? said[key] as string : null);
  return new Problem(status, text('code') ?? code, text('detail') ?? text('message') ?? detail, text('field'));
}

/** Any thrown thing as a `Problem`; what is no `Problem` is a fault of the page itself. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  return new Problem(-1, 'page.failed', '页面出了点问题，请刷新后再试。');
}
