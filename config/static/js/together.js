/*
 * How many were counselled follows who is ticked as having come along, as long as nobody has written another number.
 * The client of the session is counted already: ticked once more, they are taken out and it is said at once.
 */

const others = document.getElementById("others");
const number = document.getElementById("id_clients");

if (others && number) follow();

function follow() {
  const ticked = () => 1 + others.querySelectorAll("input:checked").length;
  let before = ticked();

  const refused = others.querySelector("[role=alert]");
  const own = () => others.querySelector(`input[value="${others.dataset.client}"]`);

  // At the list itself, which hears it before the form does: what is kept as a draft has the number with it.
  others.addEventListener("change", () => {
    refused.hidden = !own();
    own()?.closest("label").remove();
    if (Number(number.value) === before) number.value = ticked();
    before = ticked();
  });
}
