/*
 * A file on its way: how much of it has arrived, and a refusal told in the form while the chosen file stays chosen.
 * Without this script the form is sent as any other.
 */

for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.dataset.busy) send(form);
  });
}

function send(form) {
  const file = chosen(form).files[0];
  if (file && file.size > Number(form.dataset.biggest)) return say(form, "big");
  const request = new XMLHttpRequest(); // fetch tells nothing of what was sent
  request.open("POST", form.getAttribute("action") || location.href);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (event) => event.lengthComputable && moved(form, event.loaded / event.total));
  request.upload.addEventListener("load", () => moved(form, 1));
  request.addEventListener("load", () => answered(form, request));
  request.addEventListener("error", () => ended(form, "cut"));
  for (const old of form.querySelectorAll(".summary, .errorlist")) old.remove(); // of what was sent before
  chosen(form).removeAttribute("aria-invalid");
  form.dataset.busy = "1";
  form.querySelector("button[type=submit]").disabled = true;
  request.send(new FormData(form));
  moved(form, 0);
}

const chosen = (form) => form.querySelector("input[type=file]");

/* ``share`` of the file has left; once all has, the server looks at it and encrypts it. */
function moved(form, share) {
  const bar = form.querySelector("progress");
  bar.hidden = false;
  if (share < 1) bar.value = Math.round(share * 100);
  else bar.removeAttribute("value");
  say(form, share < 1 ? "sending" : "checking");
}

function answered(form, request) {
  if (request.status === 201) return location.assign(JSON.parse(request.responseText).url);
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const again = page.querySelector("form[data-upload]");
  if (request.status !== 400 || !again) return ended(form, request.status === 413 ? "big" : "cut");
  const [kept, fresh] = [chosen(form), chosen(again)];
  for (const name of ["aria-invalid", "aria-describedby"]) {
    if (fresh.hasAttribute(name)) kept.setAttribute(name, fresh.getAttribute(name));
    else kept.removeAttribute(name);
  }
  fresh.replaceWith(kept);
  form.replaceChildren(...again.childNodes);
  form.querySelector("[data-forgotten]")?.remove();
  delete form.dataset.busy;
  form.querySelector("[role=alert]")?.focus();
}

function ended(form, what) {
  delete form.dataset.busy;
  form.querySelector("button[type=submit]").disabled = false;
  form.querySelector("progress").hidden = true;
  say(form, what);
}

function say(form, what) {
  const state = form.querySelector("[data-upload-state]");
  const told = what ? state.dataset[what] : "";
  if (state.textContent !== told) state.textContent = told;
}
