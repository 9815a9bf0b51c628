/* What can be filled into a form at once: only where nothing stands yet, and only when somebody presses for it. */

const part = document.querySelector("[data-offers]");
const form = document.getElementById("log");

part?.addEventListener("click", (event) => {
  const offer = event.target.closest("[data-fill]");
  if (!offer || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const filled = Object.entries(JSON.parse(offer.dataset.fill)).map(fill).filter(Boolean);
  const said = part.querySelector("[role=status]");
  said.textContent = filled.length ? part.dataset.said.replace("%(names)s", filled.join(", ")) : part.dataset.none;
  form.dispatchEvent(new CustomEvent("log:filled"));
  if (filled.length) form.dispatchEvent(new Event("change", { bubbles: true }));
});

/* The label of the field, where it was empty and is not any more. */
function fill([name, texts]) {
  const fields = [...form.querySelectorAll(`[name="${name}"]`)];
  if (fields.length === 0) return "";
  if (fields[0].type === "checkbox") {
    if (fields.some((box) => box.checked)) return "";
    for (const box of fields) box.checked = texts.includes(box.value);
    return fields.some((box) => box.checked) ? fields[0].closest("fieldset, details")?.querySelector("legend, summary")?.textContent.trim() : "";
  }
  const [field] = fields;
  if (field.value || (field.options && ![...field.options].some((one) => one.value === texts[0]))) return "";
  [field.value] = texts;
  return field.labels?.[0]?.textContent.replace("*", "").trim() || form.querySelector("[data-topics] label")?.textContent.replace("*", "").trim();
}
