"use strict";
// The page is whole without this; it only hides what was not asked for.
const form = document.getElementById("filter");
const find = document.getElementById("find");
const boxes = [...form.querySelectorAll("input[type=checkbox]")];
const told = document.getElementById("told");
const rows = [...document.querySelectorAll("[data-severity]")].map(row => ({ row, severity: row.dataset.severity, text: row.textContent.toLowerCase() }));
const sensors = [...document.querySelectorAll(".sensor")];
const groups = [...document.querySelectorAll("details.passed")];

function apply() {
  const words = find.value.toLowerCase().split(/\s+/).filter(word => word);
  const wanted = new Set(boxes.filter(box => box.checked).map(box => box.value));
  const isFiltered = words.length > 0 || wanted.size < boxes.length;
  let shown = 0;
  for (const { row, severity, text } of rows) {
    const sensor = row.closest(".sensor");
    const name = sensor ? sensor.dataset.name.toLowerCase() : "";
    row.hidden = !wanted.has(severity) || !words.every(word => text.includes(word) || name.includes(word));
    if (!row.hidden) shown++;
  }
  for (const group of groups) {
    group.hidden = isFiltered && !group.querySelector("[data-severity]:not([hidden])");
    if (words.length > 0 && !group.hidden) group.open = true;
  }
  for (const sensor of sensors) {
    sensor.hidden = isFiltered && !sensor.querySelector("[data-severity]:not([hidden])") && !words.every(word => sensor.dataset.name.toLowerCase().includes(word));
  }
  told.textContent = isFiltered ? shown + " of " + rows.length + " results" : rows.length + " results";
}

form.addEventListener("submit", event => event.preventDefault());
form.addEventListener("input", apply);
form.hidden = false;
apply();
