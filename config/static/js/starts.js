/*
 * The deadline that the main topic offers, started with one key (or the button): it is chosen in the field that the
 * page has without this script, and said.
 */

const part = document.querySelector("[data-starts]");
const topic = document.getElementById("id_topic");
const kind = document.getElementById("id_deadline");

if (part && topic && kind) begin();

function begin() {
  const offered = JSON.parse(part.dataset.starts);
  const [button, said] = [part.querySelector("[data-start]"), part.querySelector("[role=status]")];
  const name = button.querySelector("span");
  const first = () => offered[topic.value]?.[0];

  function look() {
    const one = first();
    part.hidden = !one;
    if (!one) return;
    const on = kind.value === one.code;
    button.setAttribute("aria-pressed", String(on));
    name.textContent = (on ? part.dataset.on : part.dataset.off).replace("%(name)s", one.name);
  }

  function start() {
    const one = first();
    if (!one) return;
    const on = kind.value !== one.code;
    kind.value = on ? one.code : "";
    kind.dispatchEvent(new Event("change", { bubbles: true }));
    said.textContent = on ? part.dataset.said : "";
    // Where no law counts the days, the last day is asked for at once.
    if (on && one.days === null) document.getElementById("id_deadline_until").focus();
  }

  button.addEventListener("click", start);
  topic.form.addEventListener("change", look);
  topic.form.addEventListener("log:filled", look);
  look();
}
