/*
 * Single keys, by where they lie and not by what they write, so that they work in the Hangul layout too: / search,
 * n new session, ? what they are. Never while somebody types or composes. Whoever does not want them switches them off.
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
  if (event.code === "Slash") return search();
  return event.code === "KeyN" && newSession();
}

if (help?.dataset.on === "1") {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.repeat) return;
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (act(event)) event.preventDefault();
  });
}
