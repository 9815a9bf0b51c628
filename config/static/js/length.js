/*
 * How much more fits into a long text: told near its end while one types, and what is too much at once. Nothing is cut
 * off, so that whoever pastes a long text loses none of it.
 */

const NEAR = 0.9; // of what fits

for (const text of document.querySelectorAll("textarea[data-most]")) follow(text);

function follow(text) {
  const most = Number(text.dataset.most);
  const told = document.createElement("p");
  told.className = "field__help";
  told.setAttribute("role", "status");
  text.after(told);

  function tell() {
    const length = [...text.value].length; // as the server counts: signs, and not their halves
    const over = length > most;
    const words = over ? text.dataset.over : length >= NEAR * most ? text.dataset.left : "";
    const now = words.replace("%(number)s", Math.abs(most - length).toLocaleString());
    if (told.textContent !== now) told.textContent = now;
    told.classList.toggle("errorlist", over);
    text.toggleAttribute("data-too-long", over); // the script of drafts says it too
  }

  text.addEventListener("input", tell);
  tell();
}
