/** What the server says may be done to this one thing: a verb (`rename`) or a permission (`organization.rename`). */
export function mayDo(said: readonly string[], ...verbs: string[]): boolean {
  return said.some((name) => verbs.includes(name) || verbs.includes(name.slice(name.lastIndexOf('.') + 1)));
}
