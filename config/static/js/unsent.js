/* On a page with the list of drafts: what this browser could not send before is sent, and then the list shows it. */

import { openVault } from "./vault.js";

const here = document.querySelector("[data-unsent-key]:not(form)");
const CAME = "unsent-came"; // in this tab something came to the server that the list may not show yet

/* Send every entry of the vault but the one of this name. The names of those that came to the server. */
export async function sendUnsent(vault, address, mine = "") {
  const sent = [];
  for (const { name, raw, entry } of await vault.all()) {
    if (name !== mine && (await sendOne(address, entry))) {
      sessionStorage.setItem(CAME, "1");
      await vault.drop(name, raw);
      sent.push(name);
    }
  }
  return sent;
}

async function sendOne(address, entry) {
  const answer = await post(address, entry.pairs);
  // What was sent as a session is there; what was typed after it went on record is a draft of its own.
  if (answer?.status !== 410) return [200, 409].includes(answer?.status);
  if (entry.submitted) return true;
  const anew = { token: crypto.randomUUID(), draft_version: "0" };
  const again = await post(address, entry.pairs.map(([name, value]) => [name, anew[name] ?? value]));
  return [200, 409].includes(again?.status);
}

async function post(address, pairs) {
  const body = new URLSearchParams(pairs);
  body.set("csrfmiddlewaretoken", document.querySelector("input[name=csrfmiddlewaretoken]").value);
  try {
    return await fetch(address, { method: "POST", body, redirect: "manual" });
  } catch {
    return null;
  }
}

/* A page that was asked for while the one before it was sending has a list without what came: it is asked for again. */
async function recover() {
  const vault = await openVault(here);
  const sent = await sendUnsent(vault, here.dataset.address);
  const [navigation] = performance.getEntriesByType("navigation"); // none in a browser that does not keep them
  if (!sent.length && navigation?.type === "reload") sessionStorage.removeItem(CAME);
  else if (sessionStorage.getItem(CAME)) location.reload();
}

if (here) {
  const begun = recover();
  window.addEventListener("online", () => begun.then(() => location.reload()));
}
