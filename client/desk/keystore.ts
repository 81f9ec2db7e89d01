// Browser keys that cannot be exported, kept in IndexedDB under a random name each.

interface Row {
  slot: string;
  key: CryptoKey;
  made: number;
}

const OLD = 12 * 60 * 60 * 1000; // ms; no session lasts longer

/**
 * Drops the keys that nothing can need any more: those older than any session, and all of them where nobody is
 * signed in, but for the one (`mine`) that this tab carries from page to page.
 */
export async function dropDeadKeys(now: number, isSignedIn: boolean, mine = ""): Promise<void> {
  const rows = await run<Row[]>("readonly", (store) => store.getAll() as IDBRequest<Row[]>);
  const dead = rows.filter(({ slot, made }) => slot !== mine && (!isSignedIn || now - made > OLD));
  for (const { slot } of dead) await dropBrowserKey(slot);
}

/** Makes a key for this slot, stores it, and clears away what other tabs left behind long ago. */
export async function makeBrowserKey(slot: string, now: number): Promise<CryptoKey> {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  await dropDeadKeys(now, true);
  await run("readwrite", (store) => store.put({ slot, key, made: now } satisfies Row));
  return key;
}

export async function findBrowserKey(slot: string): Promise<CryptoKey | undefined> {
  const row = await run<Row | undefined>(
    "readonly",
    (store) => store.get(slot) as IDBRequest<Row | undefined>,
  );
  return row?.key;
}

export async function dropBrowserKey(slot: string): Promise<void> {
  await run("readwrite", (store) => store.delete(slot));
}

function run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("upstander-desk", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("keys", { keyPath: "slot" });
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction("keys", mode);
      const request = work(transaction.objectStore("keys"));
      transaction.oncomplete = () => {
        database.close();
        resolve(request.result as T);
      };
      transaction.onabort = () => {
        database.close();
        reject(transaction.error);
      };
    };
  });
}
