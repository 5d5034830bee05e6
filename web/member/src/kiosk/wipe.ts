/** What a machine of many people forgets: everything that was kept of the one who stood there. */

/**
 * Whether this is somebody's own device: a ballot or a receipt of hers lies in the lasting store, where a kiosk puts
 * nothing. There she is not to be forgotten.
 */
export function isOwnDevice(owner: string, lasting: Storage | null): boolean {
  return Object.keys(lasting ?? {}).some((name) => name.startsWith(`zhigong.ballot.${owner}.`) || name.startsWith(`zhigong.receipt.${owner}.`));
}

/** Removes every entry that names the account, every draft and key of a submit, and all that ends with the tab anyway. */
export function wipe(owner: string | null, lasting: Storage | null, passing: Storage | null): void {
  for (const storage of [lasting, passing]) {
    if (!storage) continue;
    for (const name of Object.keys(storage)) {
      const his = owner !== null && owner !== '' && name.includes(owner);
      if (his || /^zhigong\.(draft|key)\./.test(name) || (storage === passing && name.startsWith('zhigong.'))) storage.removeItem(name);
    }
  }
}
