/* The note is in the language that is chosen for it: for spelling, reading aloud, the ends of lines and its direction. */

const note = document.querySelector("textarea[data-from-the-right]");
const choices = ["note_language", "language"].map((name) => note?.form.elements[name]).filter(Boolean);

function follow() {
  const language = choices.map((field) => field.value).find(Boolean) ?? "";
  note.lang = language;
  note.dir = note.dataset.fromTheRight.split(" ").includes(language) ? "rtl" : "auto";
}

if (note) note.form.addEventListener("change", follow);
