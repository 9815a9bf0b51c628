/*
 * Whether the person who is being typed has a file already: asked after a pause, told beside the form and never in the
 * way of it. Without this script it is asked once, when the form is sent.
 */

const PAUSE = 600; // milliseconds after the last key

for (const form of document.querySelectorAll("form[data-likely]")) watch(form);

function watch(form) {
  const place = form.querySelector("[data-found]");
  let [timer, asked] = [0, 0];

  async function look() {
    const mine = ++asked;
    try {
      const answer = await fetch(form.dataset.likely, { method: "POST", body: new FormData(form), redirect: "manual" });
      const html = answer.ok ? (await answer.text()).trim() : null;
      if (mine === asked && html !== null && html !== place.innerHTML.trim()) place.innerHTML = html;
    } catch {
      // without a line it is asked when the form is sent
    }
  }

  function later(event) {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(look, PAUSE);
  }

  form.addEventListener("input", later);
  form.addEventListener("compositionend", later);
}
