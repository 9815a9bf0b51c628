/*
 * Single keys, by where they lie and not by what they write, so that they work in the Hangul layout too: one searches,
 * one opens a new session, ? says what they are, and each row of a page that asks for something has a key of its own,
 * which stands on it. J and K go from row to row. Never while somebody types or composes. Whoever does not want them
 * switches them off.
 */

const help = document.getElementById("shortcuts");
const NO_TEXT = new Set(["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"]);

function isTyping(target) {
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input") && !NO_TEXT.has(target.type);
}

function search() {
  const field = document.querySelector(".bar__search input:not([type=hidden])");
  field?.focus();
  field?.select();
  return field;
}

function newSession() {
  const link = document.querySelector("main [data-shortcut=n]") ?? document.querySelector("[data-shortcut=n]");
  link?.click();
  return link;
}

/* The deadline that the page offers; its key writes nothing, so it starts one while somebody types too. */
function start() {
  const offer = document.querySelector("[data-start]");
  const shown = offer?.checkVisibility();
  if (shown) offer.click();
  return shown;
}

function act(event) {
  if (event.code === "Slash" && event.shiftKey) {
    help.showModal();
    return true;
  }
  if (!event.shiftKey && event.code === help.dataset.search) return search();
  if (!event.shiftKey && event.code === help.dataset.new) return newSession();
  if (!event.shiftKey && event.code in STEPS) return step(STEPS[event.code]);
  return press((event.shiftKey ? "Shift+" : "") + event.code.replace("Numpad", "Digit"));
}

const STEPS = { KeyJ: 1, KeyK: -1 };

/* What the rows ask for gets the figures, then the letters that do nothing else, then both with Shift. */
const spoken = new Set([help?.dataset.search, help?.dataset.new, ...Object.keys(STEPS)]);
const figures = [..."123456789"].map((sign) => [`Digit${sign}`, sign]);
const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((sign) => [`Key${sign}`, sign]);
const plain = [...figures, ...letters].filter(([code]) => !spoken.has(code));
const KEYS = [...plain, ...plain.map(([code, sign]) => [`Shift+${code}`, `\u21e7${sign}`])];
const rows = [...document.querySelectorAll("[data-row]")].filter((row) => !row.closest("details:not([open])"));
const byKey = new Map();

function press(key) {
  byKey.get(key)?.click();
  return byKey.has(key);
}

function step(by) {
  if (!rows.length) return false;
  const now = document.activeElement;
  const line = now.closest(".rows__row");
  const here = rows.findIndex((row) => row === now || (line && row.closest(".rows__row") === line));
  const next = here >= 0 ? here + by : by > 0 ? 0 : rows.length - 1;
  rows[Math.min(Math.max(next, 0), rows.length - 1)].focus();
  return true;
}

function give(row, at) {
  if (at >= KEYS.length) return; // J and K reach it
  const [code, sign] = KEYS[at];
  const key = document.createElement("kbd");
  key.textContent = sign;
  key.setAttribute("aria-hidden", "true");
  row.setAttribute("aria-keyshortcuts", sign.replace("\u21e7", "Shift+"));
  row.prepend(key, " ");
  byKey.set(code, row);
}

// Whoever comes back from a row that is dealt with goes on with the next.
document.querySelector(":target:is(a, button, [tabindex])")?.focus();

if (help?.dataset.on === "1") {
  rows.forEach(give);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.repeat) return;
    if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.code === help.dataset.deadline && start()) event.preventDefault();
    if (isTyping(event.target)) return;
    if (act(event)) event.preventDefault();
  });
}
