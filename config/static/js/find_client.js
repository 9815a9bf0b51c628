/*
 * Whom a session is with: found while one types, chosen with the arrow keys. Enter takes the first only where it is the
 * only exact one. Without this script the field is the search of the site.
 */

import { lineHolds } from "./line.js";

const PAUSE = 180; // milliseconds after the last key
const RETRY = { first: 2000, longest: 60000 };

for (const form of document.querySelectorAll("[data-find]")) find(form);

function find(form) {
  const input = form.querySelector("input[type=search]");
  const list = form.querySelector("[role=listbox]");
  const fresh = form.parentElement.querySelector("[data-new-client]");
  const count = form.querySelector("[data-count]");
  let [timer, asked, shown, wanted, wait] = [0, 0, "", false, RETRY.first];

  const options = () => [...list.querySelectorAll("[role=option]")];
  const active = () => list.querySelector("[aria-selected=true]");

  async function look() {
    clearTimeout(timer);
    const text = input.value.trim();
    const mine = ++asked;
    if (!text) return show("", text);
    const { html, out } = await ask(new FormData(form));
    if (mine !== asked) return;
    if (html === undefined) return again(out ? "out" : "cut");
    wait = RETRY.first;
    // Somebody may be called by one letter; whoever goes on typing is not told that nobody is.
    show(text.length > 1 || html.includes("data-client") ? html : "", text);
  }

  /* What fits; none where the line is cut, or who asks is signed out. */
  async function ask(body) {
    try {
      const answer = await fetch(form.dataset.find, { method: "POST", body, redirect: "manual" });
      return answer.ok ? { html: await answer.text() } : { out: answer.type === "opaqueredirect" };
    } catch {
      return {};
    }
  }

  /* Said at once, and looked for again until it is answered. Who went on meanwhile is led nowhere by an Enter of then. */
  function again(why) {
    show("", "");
    count.textContent = count.dataset[why];
    timer = setTimeout(() => {
      wanted &&= document.activeElement === input;
      look();
    }, (wait = Math.min(wait * 2, RETRY.longest)));
  }

  function show(html, text) {
    shown = text;
    list.innerHTML = html;
    count.textContent = list.querySelector("[data-told]")?.textContent ?? "";
    list.querySelector("[data-told]")?.remove();
    list.hidden = options().length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (!list.hidden) list.scrollIntoView({ block: "nearest" });
    mark(null);
    if (wanted) enter();
  }

  function mark(option) {
    active()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function enter() {
    wanted = shown !== input.value.trim();
    if (wanted) return; // the answer to what stands there now is still on its way
    const exact = options().filter((option) => "exact" in option.dataset);
    const chosen = active() ?? (exact.length === 1 ? exact[0] : null);
    if (chosen) take(chosen);
  }

  function take(option) {
    list.hidden = true;
    if (form.dataset.adds) return add(option);
    const detail = { client: option.dataset.client };
    document.getElementById("log").dispatchEvent(new CustomEvent("draft:with", { detail }));
  }

  /* Who was there too: ticked in the form, as if the name had been offered. */
  function add(option) {
    const others = document.getElementById(form.dataset.adds);
    const known = others.querySelector(`input[value="${option.dataset.client}"]`);
    if (known) known.checked = true;
    else others.append(ticked(option));
    input.value = "";
    show("", "");
    others.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function ticked(option) {
    const [label, box] = [document.createElement("label"), document.createElement("input")];
    Object.assign(box, { type: "checkbox", name: form.dataset.adds, value: option.dataset.client, checked: true });
    label.append(box, " ", option.querySelector("b").textContent.trim());
    return label;
  }

  function step(by) {
    const all = options();
    if (all.length === 0) return;
    mark(all[(all.indexOf(active()) + by + all.length + (by < 0 && !active() ? 1 : 0)) % all.length]);
  }

  input.addEventListener("input", (event) => {
    wanted = false;
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(look, PAUSE);
  });
  input.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Escape" && !list.hidden) show("", shown);
    else return;
    event.preventDefault();
  });
  fresh?.addEventListener("submit", async (event) => {
    event.preventDefault();
    fresh.elements.q.value = input.value; // what was looked for in vain is the name of the new file
    // What is typed goes on with it, whatever form it is a draft of by now.
    const log = document.getElementById("log");
    if (log) fresh.elements.then.value = fresh.elements.then.value.replace(/:.*/, `:${log.elements.token.value}`);
    if (await lineHolds()) fresh.submit();
    else count.textContent = count.dataset.stays;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (shown !== input.value.trim()) {
      clearTimeout(timer);
      look();
    }
    enter();
  });
  window.addEventListener("online", () => {
    if (shown === input.value.trim()) return;
    wanted &&= document.activeElement === input;
    look();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
}
