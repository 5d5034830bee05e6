/** Putting options in an order: an option is taken up at the end, moved up or down, and put back. All by buttons. */

/** Takes an option up while there are places left. */
export function take(ranked: readonly number[], option: number, places: number): number[] {
  return ranked.includes(option) || ranked.length >= places ? [...ranked] : [...ranked, option];
}

export function putBack(ranked: readonly number[], option: number): number[] {
  return ranked.filter((one) => one !== option);
}

/** Moves an option one place: -1 up, 1 down; at the ends it stays. */
export function move(ranked: readonly number[], option: number, step: -1 | 1): number[] {
  const from = ranked.indexOf(option);
  const to = from + step;
  if (from < 0 || to < 0 || to >= ranked.length) return [...ranked];
  const moved = [...ranked];
  [moved[from], moved[to]] = [moved[to]!, moved[from]!];
  return moved;
}
