/*
 * Text that could not be sent yet waits in this browser, and nobody can read it there: it is encrypted (AES-GCM) under
 * a key that the server gives to a page of the person signed in and that is never stored. An entry ends by itself, and
 * so does the key: beside the one of these days a page has the one of the days before, to open what was left then.
 */

const PREFIX = "unsent:";

const toText = (bytes) => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
};
const toBytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

function forgetTheOld() {
  for (const name of Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))) {
    try {
      if (JSON.parse(localStorage[name]).until > Date.now()) continue;
    } catch {
      // what is no entry goes too
    }
    localStorage.removeItem(name);
  }
}

/* The vault of whoever the page is for. The keys are taken off the page; they can be used from here on and not read. */
export async function openVault(holder) {
  const { unsentKey, unsentHours } = holder.dataset;
  delete holder.dataset.unsentKey;
  forgetTheOld();
  const read = (text) => crypto.subtle.importKey("raw", toBytes(text), "AES-GCM", false, ["encrypt", "decrypt"]);
  const keys = crypto.subtle ? await Promise.all(unsentKey.split(" ").map(read)) : [];
  const open = ({ iv, data }) =>
    Promise.any(keys.map((key) => crypto.subtle.decrypt({ name: "AES-GCM", iv: toBytes(iv) }, key, toBytes(data))));

  return {
    /* Whether the browser has kept it. */
    async put(name, entry) {
      try {
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const plain = new TextEncoder().encode(JSON.stringify(entry));
        const data = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, keys[0], plain));
        const until = Date.now() + Number(unsentHours) * 3600000;
        localStorage.setItem(PREFIX + name, JSON.stringify({ iv: toText(iv), data: toText(data), until }));
        return true;
      } catch {
        return false;
      }
    },
    /* The entries that these keys open: those of the same person. */
    async all() {
      const found = [];
      for (const stored of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
        const raw = localStorage.getItem(stored);
        try {
          const plain = await open(JSON.parse(raw));
          found.push({ name: stored.slice(PREFIX.length), raw, entry: JSON.parse(new TextDecoder().decode(plain)) });
        } catch {
          // another person's: it ends by itself
        }
      }
      return found;
    },
    /* Forget an entry; with ``raw`` only if nobody has written it anew meanwhile. */
    drop(name, raw) {
      if (raw === undefined || localStorage.getItem(PREFIX + name) === raw) localStorage.removeItem(PREFIX + name);
    },
  };
}
