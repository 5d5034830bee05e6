/** Where a notice leads among the member pages; null when it leads nowhere a member can go. */
const places: [pattern: RegExp, path: (found: string[]) => string][] = [
  [/^\/applications\/([0-9a-f-]{36})$/, ([id]) => `/approvals/${id}`],
  [/^\/applications$/, () => '/approvals'],
  [/^\/(?:join|apply)(?:\/.*)?$/, () => '/apply/status'],
  [/^\/(home|union|messages|mine(?:\/(?:data|sessions|phone))?|approvals(?:\/[0-9a-f-]{36})?|(?:evaluations|results|funds|chair\/evaluations)\/[0-9a-f-]{36}|(?:chair\/)?evaluations\/[0-9a-f-]{36}\/rectification|receipts|wallet|pay|payments\/[0-9a-f-]{36}|(?:shop\/)?disputes\/[0-9a-f-]{36}|shop\/merchants\/[0-9a-f-]{36})$/, ([path]) => `/${path}`],
];

export function memberPath(link: string | null): string | null {
  for (const [pattern, path] of places) {
    const found = pattern.exec(link ?? '');
    if (found) return path(found.slice(1));
  }
  return null;
}

/** Where a notice leads on the desk, for those who work there as well; null for everything else. */
export function deskAddress(link: string | null): string | null {
  if (link === '/points/approvals') return '/desk/points/approvals';
  return /^\/desk\/(?:disputes|merchants|settlements)\/[0-9a-f-]{36}$/.test(link ?? '') ? link : null;
}
