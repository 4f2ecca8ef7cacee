(() => {
  const table = document.querySelector("table.areas"), body = table.tBodies[0];
  const rows = [...body.rows], box = document.querySelector(".tools");
  const field = box.querySelector("input"), told = box.querySelector("output");
  const names = rows.map(row => row.cells[0].textContent.toLowerCase());
  box.hidden = false;
  const filter = () => {
    const asked = field.value.trim().toLowerCase();
    let shown = 0;
    rows.forEach((row, i) => { row.hidden = !names[i].includes(asked); shown += !row.hidden; });
    told.textContent = told.dataset.text.replace("{count}", shown);
  };
  field.addEventListener("input", filter);
  filter();
  const value = (row, at) => {
    const cell = row.cells[at];
    if (!cell.classList.contains("n")) return cell.textContent;
    return Number(cell.dataset.v ?? cell.textContent);
  };
  [...table.tHead.rows[0].cells].forEach((head, at) => {
    const button = head.querySelector("button");
    if (!button) return;
    button.disabled = false;
    button.addEventListener("click", () => {
      const numeric = head.classList.contains("n");
      const down = head.ariaSort ? head.ariaSort === "ascending" : numeric;
      for (const other of table.tHead.rows[0].cells) other.ariaSort = null;
      head.ariaSort = down ? "descending" : "ascending";
      const sign = down ? -1 : 1, language = document.documentElement.lang;
      const order = new Intl.Collator(language, {numeric: true});
      const keyed = rows.map((row, i) => [value(row, at), i, row]);
      const compare = (a, b) => numeric ? a - b : order.compare(a, b);
      keyed.sort((a, b) => sign * compare(a[0], b[0]) || a[1] - b[1]);
      body.append(...keyed.map(one => one[2]));
    });
  });
})();
