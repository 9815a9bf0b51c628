/*
 * Text that could not be sent yet waits in this browser, and nobody can read it there: it is encrypted (AES-GCM) under
 * a key that the server gives to a page of the person signed in and that is never stored. An entry ends by itself, and
 * so does the key: beside the one of these days a page has the one of the days before, to open what was left then.
 *
 * It is kept once it is on the disk: a browser that is killed a moment later has it still.
 */

const STORE = "unsent";

const toBytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

function openStore() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(STORE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/* What ``act`` asks of the entries, once it is written: they are on the disk then, and not on their way to it. */
function within(store, mode, act) {
  return new Promise((resolve, reject) => {
    const work = store.transaction(STORE, mode, { durability: "strict" });
    const asked = act(work.objectStore(STORE));
    work.oncomplete = () => resolve(asked?.result);
    work.onabort = () => reject(work.error);
  });
}

/* Each entry with its name; ``act`` may change what it is at. */
function walk(entries, act) {
  entries.openCursor().onsuccess = ({ target: { result: at } }) => {
    if (!at) return;
    act(at);
    at.continue();
  };
}

const forgetTheOld = (entries) => walk(entries, (at) => at.value.until > Date.now() || at.delete());

/* The vault of whoever the page is for. The keys are taken off the page; they can be used from here on and not read. */
export async function openVault(holder) {
  const { unsentKey, unsentHours } = holder.dataset;
  delete holder.dataset.unsentKey;
  const read = (text) => crypto.subtle.importKey("raw", toBytes(text), "AES-GCM", false, ["encrypt", "decrypt"]);
  const keys = crypto.subtle ? await Promise.all(unsentKey.split(" ").map(read)) : [];
  const open = ({ iv, data }) => Promise.any(keys.map((key) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data)));
  const store = await openStore().catch(() => null);
  const written = (mode, act) => within(store, mode, act).catch(() => null);
  await written("readwrite", forgetTheOld);

  return {
    /* Whether the browser has kept it. */
    async put(name, entry) {
      try {
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const plain = new TextEncoder().encode(JSON.stringify(entry));
        const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, keys[0], plain);
        const until = Date.now() + Number(unsentHours) * 3600000;
        await within(store, "readwrite", (entries) => entries.put({ iv, data, until }, name));
        return true;
      } catch {
        return false;
      }
    },
    /* The entries that these keys open: those of the same person. */
    async all() {
      const [found, sealed] = [[], []];
      await written("readonly", (entries) => walk(entries, (at) => sealed.push({ name: at.key, raw: at.value })));
      for (const one of sealed) {
        try {
          const plain = await open(one.raw);
          found.push({ ...one, entry: JSON.parse(new TextDecoder().decode(plain)) });
        } catch {
          // another person's: it ends by itself
        }
      }
      return found;
    },
    /* Forget an entry; with ``raw`` only if nobody has written it anew meanwhile. */
    async drop(name, raw) {
      const same = (held) => raw === undefined || String(held?.iv) === String(raw.iv);
      await written("readwrite", (entries) => {
        entries.get(name).onsuccess = ({ target }) => same(target.result) && entries.delete(name);
      });
    },
  };
}
