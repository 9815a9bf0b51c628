// Says in time that the sign-in is about to end, and covers the page once it has ended. What was typed stays where it
// is. Tabs tell each other only that somebody is there.

const dialog = document.getElementById("idle");
const part = (name) => dialog.querySelector(`[data-idle=${name}]`);
const tabs = new BroadcastChannel("idle");
const warning = Number(dialog.dataset.warning) * 1000;
let end;

function putOff(seconds) {
  end = Date.now() + seconds * 1000;
  part("failed").hidden = true;
  if (dialog.open && part("over").hidden) dialog.close();
}

function look() {
  const left = end - Date.now();
  if (left <= 0) return finish();
  if (left <= warning && !dialog.open) dialog.showModal();
  const seconds = Math.ceil(left / 1000);
  part("left").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  setTimeout(look, Math.min(1000, Math.max(left - warning, 200)));
}

function finish() {
  part("soon").hidden = true;
  part("over").hidden = false;
  part("again").href += `?next=${encodeURIComponent(location.pathname)}`;
  document.body.classList.add("is-over");
  if (!dialog.open) dialog.showModal();
}

dialog.addEventListener("cancel", (event) => event.preventDefault());
dialog.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const answer = await fetch(event.target.action, { method: "POST", body: new FormData(event.target), redirect: "error" });
    if (!answer.ok) throw new Error(answer.status);
    const seconds = Number(await answer.text());
    putOff(seconds);
    tabs.postMessage(seconds);
  } catch {
    part("failed").hidden = false;
  }
});
tabs.addEventListener("message", (event) => putOff(Number(event.data)));

const seconds = Number(dialog.dataset.seconds);
putOff(seconds);
tabs.postMessage(seconds);
look();
