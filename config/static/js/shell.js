// Single keys as commands, by the place of the key: so they work in the Hangul layout too. Never while somebody types
// or an input method composes, and not at all for those who switched them off.

const COMMANDS = {
  Slash: (event) => (event.shiftKey ? showKeys() : focusSearch()),
  KeyN: (event) => !event.shiftKey && follow("[data-key=new]"),
};

function focusSearch() {
  const field = document.querySelector("[data-key=search]");
  field?.focus();
  return Boolean(field);
}

function follow(selector) {
  const link = document.querySelector(selector);
  link?.click();
  return Boolean(link);
}

function showKeys() {
  document.getElementById("keys")?.showModal();
  return true;
}

function isTyping(target) {
  return target.isContentEditable || Boolean(target.closest("input, select, textarea, dialog[open]"));
}

document.addEventListener("keydown", (event) => {
  if (document.body.dataset.shortcuts !== "on" || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (isTyping(event.target)) return;
  if (COMMANDS[event.code]?.(event)) event.preventDefault();
});

// On a narrow screen the tabs scroll: the one that is open comes into sight.
const tab = document.querySelector(".tabs__link[aria-current]");
const list = tab?.closest(".tabs__list");
if (list) list.scrollLeft = tab.offsetLeft - (list.clientWidth - tab.offsetWidth) / 2;

// One menu at a time, and Escape closes it.
const menus = document.querySelectorAll("details.menu");
for (const menu of menus) {
  menu.addEventListener("toggle", () => {
    if (menu.open) for (const other of menus) if (other !== menu) other.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
document.addEventListener("click", (event) => {
  for (const menu of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
});
