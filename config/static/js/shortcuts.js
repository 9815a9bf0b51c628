/*
 * Single keys, by where they lie and not by what they write, so that they work in the Hangul layout too: one searches,
 * one opens a new session, ? says what they are, and 1 to 9 open the numbered rows of a page. Never while somebody types or composes. Whoever does not want them switches them off.
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
  const link = document.querySelector("[data-shortcut=n]");
  link?.click();
  return link;
}

function act(event) {
  if (event.code === "Slash" && event.shiftKey) {
    help.showModal();
    return true;
  }
  if (event.shiftKey) return false;
  if (event.code === help.dataset.search) return search();
  if (event.code === help.dataset.new) return newSession();
  const row = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  return row && openRow(Number(row[1]));
}

/* The first rows of the page that ask for something, each with its number beside it. */
const rows = [...document.querySelectorAll("[data-row]")].slice(0, 9);

function openRow(number) {
  rows[number - 1]?.click();
  return rows[number - 1];
}

function numbered(link, at) {
  const key = document.createElement("kbd");
  key.textContent = String(at + 1);
  key.setAttribute("aria-hidden", "true");
  link.setAttribute("aria-keyshortcuts", key.textContent);
  link.prepend(key, " ");
}

if (help?.dataset.on === "1") {
  rows.forEach(numbered);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.repeat) return;
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (act(event)) event.preventDefault();
  });
}
