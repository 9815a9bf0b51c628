/*
 * Who does nothing is signed out by the server. This page warns before, covers what it shows after, and shows it again
 * once the same person has signed in. The server's answer counts, never this clock; tabs tell each other how long is
 * left, and nothing else.
 */

const warning = document.getElementById("idle");
const over = document.getElementById("idle-over");

if (warning) watch();

function watch() {
  const { address, sign } = warning.dataset;
  const [left, before] = [Number(warning.dataset.left), Number(warning.dataset.before) * 1000];
  const shown = warning.querySelector("[role=timer]");
  const form = warning.querySelector("form");
  const tabs = new BroadcastChannel("idle");
  let [end, renewed, timer, typed] = [0, Date.now(), 0, false];

  async function ask(method) {
    const what = method === "POST" ? { method, body: new FormData(form) } : { method };
    const answer = await fetch(address, { ...what, cache: "no-store" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const said = await answer.json();
    // Who signed in anew has a new token: what was typed here can still be sent, and by nobody else.
    if (said.sign !== sign) return said;
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = said.token;
    return said;
  }

  function count(said) {
    if (said.sign !== sign || said.seconds <= 0) return cover();
    [end, renewed] = [Date.now() + said.seconds * 1000, Date.now()];
    if (said.seconds * 1000 > before) {
      warning.close();
      uncover();
    }
    return next();
  }

  function next() {
    clearTimeout(timer);
    const rest = end - Date.now();
    timer = setTimeout(rest > before ? look : step, rest > before ? rest - before : 250);
  }

  /* Ask whether it is still so: another tab, or a part of this page, may have gone on. */
  async function look() {
    try {
      const said = await ask("GET");
      if (said.sign === sign && said.seconds > 0 && said.seconds * 1000 <= before) warn();
      count(said);
    } catch {
      if (Date.now() >= end) cover();
      else next();
    }
  }

  function step() {
    const rest = Math.max(0, Math.round((end - Date.now()) / 1000));
    shown.textContent = `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
    if (rest === 0) look();
    else next();
  }

  function warn() {
    if (!warning.open && !over.open) warning.showModal();
  }

  async function stay() {
    try {
      const said = await ask("POST");
      tabs.postMessage({ sign: said.sign, seconds: said.seconds });
      count(said);
    } catch {
      look(); // the token may be an old one; the answer brings the new
    }
  }

  function cover() {
    clearTimeout(timer);
    warning.close();
    document.documentElement.dataset.over = "";
    // With something typed here the sign-in opens beside it, and the text is still there afterwards.
    if (typed) over.querySelector("a").target = "_blank";
    if (!over.open) over.showModal();
  }

  function uncover() {
    delete document.documentElement.dataset.over;
    over.close();
  }

  function active(event) {
    if (event.type === "input" && event.target.closest("main")) typed = true;
    if (warning.open || over.open || Date.now() - renewed < Math.min(60000, before / 2)) return;
    renewed = Date.now();
    stay();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    stay();
  });
  warning.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });
  over.addEventListener("close", () => "over" in document.documentElement.dataset && over.showModal());
  for (const kind of ["input", "keydown", "pointerdown"]) document.addEventListener(kind, active, { passive: true });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  window.addEventListener("pageshow", (event) => event.persisted && look());
  tabs.addEventListener("message", ({ data }) => (data.sign === sign && !over.open ? count(data) : look()));

  tabs.postMessage({ sign, seconds: left });
  count({ sign, seconds: left });
}
