"use strict";
const table = document.getElementById("students");
const body = table.tBodies[0];
const rows = Array.from(body.rows);
const shown = document.getElementById("shown");
const filters = Array.from(document.querySelectorAll("#filters input, #filters select"));
const [text, status, criterion, group] = filters;

function fits(row) {
  const data = row.dataset;
  return row.textContent.toLowerCase().includes(text.value.trim().toLowerCase())
    && (!status.value || data.status === status.value)
    && (!criterion.value || data.lost.split(" ").includes(criterion.value))
    && (!group.value || data.group === group.value);
}

function filter() {
  let count = 0;
  for (const row of rows) {
    row.hidden = !fits(row);
    count += !row.hidden;
  }
  shown.textContent = count + " of " + rows.length + " submissions";
}

function key(row, column) {
  const cell = row.cells[column];
  const value = cell.dataset.value ?? cell.textContent.trim();
  return cell.classList.contains("n") ? (value === "" ? -Infinity : Number(value)) : value;
}

function sort(head) {
  const column = head.cellIndex;
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const keyed = rows.map((row) => [key(row, column), row]);
  keyed.sort((one, two) => {
    const [a, b] = [one[0], two[0]];
    const order = typeof a === "number" ? a - b : a.localeCompare(b);
    return (down ? -order : order) || 0;
  });
  rows.splice(0, rows.length, ...keyed.map((pair) => pair[1]));
  body.append(...rows);
}

for (const head of table.tHead.rows[0].cells)
  head.querySelector("button").addEventListener("click", () => sort(head));
for (const field of filters) field.addEventListener("input", filter);
document.getElementById("clear").addEventListener("click", () => {
  for (const field of filters) field.value = "";
  filter();
  text.focus();
});
for (const button of document.querySelectorAll("button[data-group], button[data-criterion]"))
  button.addEventListener("click", () => {
    for (const field of filters) field.value = "";
    if (button.dataset.group) group.value = button.dataset.group;
    else criterion.value = button.dataset.criterion;
    filter();
    table.scrollIntoView();
    text.focus({ preventScroll: true });
  });
document.getElementById("filters").hidden = false;
filter();
