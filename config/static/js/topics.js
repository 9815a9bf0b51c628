/*
 * Topics by typing two letters of any of their names, in any language of the site; the chosen ones stand as chips, the
 * first is the main one. What is sent are the fields that the page has without this script.
 */

const part = document.querySelector("[data-topics]");
const SHOWN = 8;

/* Without marks and capitals; Hangul by its letters, so that half a syllable finds already. */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d").replaceAll("Đ", "d").toLowerCase();

if (part) begin();

function begin() {
  const select = part.querySelector("select");
  const boxes = new Map([...part.querySelectorAll("input[type=checkbox]")].map((box) => [box.value, box]));
  const topics = [...select.options].filter((option) => option.value).map((option) => ({
    code: option.value,
    name: option.textContent.trim(),
    group: option.parentElement.label ?? "",
    names: (option.dataset.names ?? option.textContent).split("|").map(plain),
  }));
  const [input, list, chips, said] = furniture(select);
  let found = [];

  const chosen = () => [select.value, ...[...boxes].filter(([, box]) => box.checked).map(([code]) => code)];
  const active = () => list.querySelector("[aria-selected=true]");

  function rank({ names }, text) {
    if (names.some((name) => name.startsWith(text))) return 0;
    if (names.some((name) => name.split(/[\s/()·,-]+/).some((word) => word.startsWith(text)))) return 1;
    return names.some((name) => name.includes(text)) ? 2 : 3;
  }

  function look() {
    const text = plain(input.value.trim());
    const taken = new Set(chosen());
    found = text.normalize("NFC").length < 2 ? [] : topics
      .map((topic) => [rank(topic, text), topic])
      .filter(([place, topic]) => place < 3 && !taken.has(topic.code))
      .sort(([one], [other]) => one - other)
      .slice(0, SHOWN)
      .map(([, topic]) => topic);
    list.replaceChildren(...found.map(option));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    said.textContent = text.normalize("NFC").length > 1 && found.length === 0 ? part.dataset.none : "";
    mark(list.firstElementChild);
    list.scrollIntoView({ block: "nearest" }); // the bar at the foot covers nothing that can be chosen
  }

  function option({ code, name, group }, at) {
    const one = document.createElement("div");
    [one.id, one.className, one.role] = [`topic-${at}`, "find__one", "option"];
    one.dataset.code = code;
    const beside = document.createElement("span");
    [beside.className, beside.textContent] = ["muted", group === name ? "" : group];
    one.append(name, " ", beside);
    return one;
  }

  function mark(one) {
    active()?.setAttribute("aria-selected", "false");
    one?.setAttribute("aria-selected", "true");
    one?.scrollIntoView({ block: "nearest" });
    if (one) input.setAttribute("aria-activedescendant", one.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function take(code) {
    if (!select.value) select.value = code;
    else boxes.get(code).checked = true;
    changed();
  }

  /* Without the main topic the next one becomes it. */
  function remove(code) {
    if (select.value === code) {
      const next = [...boxes].find(([other, box]) => box.checked && other !== code);
      if (next) next[1].checked = false;
      select.value = next ? next[0] : "";
    }
    if (boxes.has(code)) boxes.get(code).checked = false;
    changed();
    input.focus();
  }

  function changed() {
    input.value = "";
    look();
    draw();
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function draw() {
    const codes = [...new Set(chosen())].filter(Boolean);
    chips.replaceChildren(...codes.map((code) => chip(topics.find((topic) => topic.code === code), code === select.value)));
    chips.hidden = codes.length === 0;
  }

  function chip(topic, main) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    [button.type, button.className, button.textContent] = ["button", "chip__remove", "×"];
    button.setAttribute("aria-label", part.dataset.remove.replace("%(name)s", topic.name));
    button.addEventListener("click", () => remove(topic.code));
    item.className = main ? "chip chip--main" : "chip";
    item.append(topic.name);
    if (main) {
      const word = document.createElement("span");
      [word.className, word.textContent] = ["chip__word", part.dataset.main];
      item.append(word);
    }
    item.append(button);
    return item;
  }

  function key(event) {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
    const all = [...list.children];
    const at = all.indexOf(active());
    if (event.key === "Enter") {
      if (active()) take(active().dataset.code);
    } else if (event.key === "ArrowDown") mark(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") mark(all[(at - 1 + all.length) % all.length]);
    else if (event.key === "Escape" && input.value) changed();
    else if (event.key === "Backspace" && !input.value && chosen().some(Boolean)) takeBack(event.repeat);
    else return;
    event.preventDefault();
  }

  /* The last one, by a press of its own: a key that is held to empty the field takes none. */
  function takeBack(held) {
    if (held) return;
    const code = chosen().filter(Boolean).at(-1);
    remove(code);
    const { name } = topics.find((topic) => topic.code === code);
    said.textContent = part.dataset.removed.replace("%(name)s", name);
  }

  input.addEventListener("input", (event) => {
    event.stopPropagation(); // a text that looks for a topic is no part of the form
    look();
  });
  input.addEventListener("keydown", key);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const one = event.target.closest("[role=option]");
    if (one) take(one.dataset.code);
  });
  select.form.addEventListener("log:filled", draw);
  draw();
}

/* The field that stands in the place of the two that the page came with. */
function furniture(select) {
  const input = document.createElement("input");
  const list = document.createElement("div");
  const chips = document.createElement("ul");
  const help = document.createElement("p");
  const said = document.createElement("p");
  const label = part.querySelector(`label[for="${select.id}"]`);
  Object.assign(input, { id: "topic-find", type: "text", autocomplete: "off", spellcheck: false, role: "combobox" });
  Object.assign(list, { id: "topics-found", className: "find__found", role: "listbox", hidden: true });
  Object.assign(chips, { className: "chips plain", hidden: true });
  Object.assign(help, { id: "topic-help", className: "field__help", textContent: part.dataset.help });
  Object.assign(said, { className: "field__help", role: "status" });
  list.setAttribute("aria-label", label.textContent.replace("*", "").trim());
  const states = { expanded: "false", controls: list.id, autocomplete: "list", describedby: help.id };
  for (const [name, value] of Object.entries(states)) input.setAttribute(`aria-${name}`, value);
  if (select.getAttribute("aria-invalid")) input.setAttribute("aria-invalid", "true");
  label.htmlFor = input.id;
  for (const link of document.querySelectorAll(`a[href="#${select.id}"]`)) link.href = `#${input.id}`;
  select.hidden = true;
  part.querySelector(".fold").hidden = true;
  select.after(chips, input, help, list, said);
  return [input, list, chips, said];
}
