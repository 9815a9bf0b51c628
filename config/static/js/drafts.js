/*
 * What is typed into a session or a client's file is kept as a draft: on the server a second after the last key and on
 * leaving, and until it is there, encrypted, in this browser. Beside the form always stands where it is. Without this
 * script the form works as any other.
 */

import { lineHolds } from "./line.js";
import { sendUnsent } from "./unsent.js";
import { openVault } from "./vault.js";

const PAUSE = 1000; // milliseconds after the last key
const RETRY = { first: 2000, longest: 60000 };
const SMALL = 60000; // bytes that a browser still sends while the page goes away
const LINES = "input:not([type=hidden], [type=submit], [type=button], [type=file]), select";

const form = document.querySelector("form[data-draft-address]");
const state = document.getElementById("state");
const field = (name) => form.elements[name];
const ours = new Set(["csrfmiddlewaretoken"]);

if (form) keep();

async function keep() {
  const { draftAddress: address, page } = form.dataset;
  field("draft_tab").value ||= crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  let name = `${field("token").value}:${field("draft_tab").value}`;
  const vault = await openVault(form);
  let [sequence, reached, timer, wait] = [0, 0, 0, RETRY.first];
  let last = "";
  let [holding, held] = [Promise.resolve(true), 0];
  let [saving, sending, submitted, closed, moving, parted] = [null, false, false, false, false, false];
  let lost = ""; // what was sent to be put on record, and never answered: it may be on record

  const pairs = () => [...[...new FormData(form)].filter(([key]) => !ours.has(key)), ["draft_sequence", String(sequence)]];

  function say(what, more = {}) {
    state.replaceChildren(state.dataset[what].replace("%(time)s", more.at ?? ""));
    state.dataset.state = what;
    if (!more.url) return;
    const link = document.createElement("a");
    [link.href, link.textContent] = [more.url, state.dataset[more.word]];
    state.append(" ", link);
  }

  /* What a person has filled in, to tell a change from an event. */
  const filled = () => JSON.stringify(pairs().filter(([key]) => !key.startsWith("draft_")));

  const unanswered = () => lost !== "" && lost === filled();

  /* Every real change: it is held here at once and sent when the hands rest. */
  function touch({ always = false } = {}) {
    const now = filled();
    if (closed || (now === last && !always)) return;
    last = now;
    // Whoever comes back to this page, as from the browser's own error page, goes on with what waited.
    if (!sequence) history.replaceState({ token: field("token").value }, "");
    sequence = Math.max(Date.now(), sequence + 1);
    hold();
    later(PAUSE);
  }

  /* One after the other: a slower one of before never lies over what was typed since. Of those that wait, the last. */
  function hold() {
    const turn = ++held;
    holding = holding.then(async (kept) => {
      if (turn < held) return kept;
      const mine = sequence;
      const now = await vault.put(name, { pairs: pairs(), submitted: submitted || unanswered() });
      if (reached >= mine) await vault.drop(name);
      return now;
    });
    return holding;
  }

  function later(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(save, milliseconds);
  }

  function save() {
    saving ??= send().finally(() => (saving = null));
    return saving;
  }

  async function send(leaving = false) {
    if (reached >= sequence || closed || sending) return true;
    const mine = sequence;
    const answer = await post(address, leaving);
    const said = [200, 409, 410].includes(answer.status) ? await answer.json() : {};
    if (answer.status === 410) return gone(said);
    if (![200, 409].includes(answer.status)) return failed(answer, mine);
    reached = Math.max(reached, mine);
    wait = RETRY.first;
    if (answer.status === 200) saved(said);
    else say("beside", { ...said, word: "compare" });
    if (reached < sequence) later(PAUSE);
    else await vault.drop(name);
    if (moving && reached >= sequence && !sending) move();
    return true;
  }

  function saved(said) {
    field("draft_version").value = said.version;
    const long = form.querySelector("[data-too-long]");
    if (!parted) say(unanswered() ? "unrecorded" : long ? "long" : "saved", said);
    history.replaceState(null, "", draft());
  }

  /* Where this draft is gone on with, in the same queue of what is to be completed. */
  const draft = (token = field("token").value) =>
    `${page}?${new URLSearchParams({ draft: token, ...(field("queue")?.value && { queue: field("queue").value }) })}`;

  const move = () => location.assign(draft());

  /* The draft became a record, or was discarded, in another window: what stands here goes on as a draft of its own.
   * Where it is the record that was sent from here, whose answer was lost, there is nothing to go on with. */
  function gone(said) {
    if (unanswered() && said.url) return open(said);
    const token = crypto.randomUUID?.();
    closed = sending || !token;
    if (sending) return false;
    if (token) {
      vault.drop(name);
      [field("token").value, field("draft_version").value] = [token, ""];
      name = `${token}:${field("draft_tab").value}`;
      parted = true; // and it stays told
      touch({ always: true });
    }
    say("gone", { ...said, word: "open" });
    return false;
  }

  async function failed(answer, mine) {
    const kept = await hold();
    const out = answer.type === "opaqueredirect";
    const refused = answer.status >= 400 && answer.status < 500 && answer.status !== 403;
    if (!sending) say(refused ? "refused" : !kept ? "unkept" : out ? "signedOut" : "waits");
    if (!refused && mine === sequence) later((wait = Math.min(wait * 2, RETRY.longest)));
    return false;
  }

  /* An answer always: one without a status where there is no line, or where its person is signed out. A token of before
   * is renewed once. */
  async function post(where, leaving = false, headers = {}) {
    const once = () => {
      const body = new URLSearchParams([...pairs(), ["csrfmiddlewaretoken", field("csrfmiddlewaretoken").value]]);
      const keepalive = leaving && body.toString().length < SMALL;
      return fetch(where, { method: "POST", body, redirect: "manual", headers, keepalive });
    };
    try {
      const answer = await once();
      if (answer.status !== 403) return answer;
      return (await renewed()) ? await once() : { status: 0, type: "opaqueredirect" };
    } catch {
      return { status: 0, type: "error" };
    }
  }

  /* For the person whose page this is: what one has typed is not sent as another who signed in here since. */
  async function renewed() {
    const { address, sign } = document.getElementById("idle")?.dataset ?? {};
    if (!address) return false;
    const { token, sign: theirs } = await (await fetch(address, { cache: "no-store" })).json();
    if (theirs !== sign) return false;
    for (const one of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) one.value = token;
    return true;
  }

  function stay(event) {
    if (navigator.onLine || event.defaultPrevented) return;
    event.preventDefault();
    say("stays");
  }

  function leave() {
    if (reached < sequence && !sending) send(true);
  }

  async function submit(event) {
    event.preventDefault();
    if (sending || "over" in document.documentElement.dataset) return;
    [sending, submitted] = [true, true];
    say("sending");
    clearTimeout(timer);
    await saving; // a draft that is on its way would come after the record, and lie there again
    sequence = Math.max(Date.now(), sequence + 1);
    await hold();
    const answer = await post(form.action, false, { Accept: "application/json" });
    if (answer.status === 201) return open(await answer.json());
    if (answer.status > 0 && answer.status < 500) return aloud(answer);
    const out = answer.type === "opaqueredirect";
    [sending, submitted, lost] = [false, false, out ? "" : filled()];
    await hold();
    say(out ? "signedOut" : "cut");
    return later(RETRY.first);
  }

  async function open({ url }) {
    closed = true;
    await vault.drop(name);
    location.assign(url);
  }

  /* The server said no: the page it makes of the same form says why, at the fields. */
  function aloud() {
    closed = true;
    form.submit();
  }

  last = filled();
  form.addEventListener("input", () => touch());
  form.addEventListener("change", () => touch());
  form.addEventListener("submit", submit);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.keyCode === 229) return;
    const own = event.target.closest("form") ?? form;
    // From a search for clients too, where the way without a mouse ends, once nothing is left in it to be chosen.
    if (own !== form && !(own.matches("[data-find]") && !event.target.value)) return;
    event.preventDefault();
    if (!event.repeat) form.requestSubmit();
  });
  /* Enter in a field of one line goes on to the next. An input method keeps its own: of that no such event comes. */
  form.addEventListener("keypress", (event) => {
    if (event.key !== "Enter" || !("ctrlEnter" in form.dataset) || !event.target.matches(LINES)) return;
    event.preventDefault();
    const lines = [...form.querySelectorAll(`${LINES}, textarea`)].filter((one) => one.checkVisibility());
    if (!event.repeat) lines[lines.indexOf(event.target) + 1]?.focus();
  });
  // Without a line every way off this page ends before the browser's own error page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (link && !link.target && !(link.hash && link.pathname === location.pathname)) stay(event);
  });
  document.addEventListener("submit", (event) => event.target === form || event.target.method === "dialog" || stay(event));
  window.addEventListener("online", () => later(0));
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());

  /* Somebody else on this page, as the choice of a client, needs what is typed to be with the server first. */
  form.addEventListener("draft:with", async ({ detail }) => {
    // Where the line is cut, the page stays, and what is put on record from it is the chosen client's all the same.
    form.action = `${page}?client=${detail.client}`;
    if (!sequence && (await lineHolds())) return location.assign(form.action);
    [field("draft_client").value, moving] = [detail.client, true];
    touch({ always: true });
    clearTimeout(timer);
    await saving;
    save();
  });

  // Not saved yet is what a page came back with that says no, and what was typed before this script was there.
  const early = [...form.elements].some((one) => one.type !== "hidden" && one.defaultValue !== undefined && one.value !== one.defaultValue);
  if (early || form.querySelector("[role=alert]:not([hidden])")) touch({ always: true });
  const [sent, { token: before }] = [await sendUnsent(vault, address, name), history.state ?? {}];
  if (sequence || !sent.length) return;
  if (location.search.includes("draft=")) location.reload();
  else if (sent.some((one) => one.startsWith(`${before}:`))) location.replace(draft(before));
}
