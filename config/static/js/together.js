/*
 * How many were counselled follows who is ticked as having come along, as long as nobody has written another number.
 */

const others = document.getElementById("others");
const number = document.getElementById("id_clients");

if (others && number) follow();

function follow() {
  const ticked = () => 1 + others.querySelectorAll("input:checked").length;
  let before = ticked();

  // At the list itself, which hears it before the form does: what is kept as a draft has the number with it.
  others.addEventListener("change", () => {
    if (Number(number.value) === before) number.value = ticked();
    before = ticked();
  });
}
