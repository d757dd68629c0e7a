// A picture and a grid of numbers over it, with marks; one cell at a time is looked at, and can be chosen.
// value: see `overlay` in demos/kit/overlay.py. Choosing raises `select` with {x, y, row, column}, x and y in [0, 1].
// Looking at a cell raises "glassbox:look" on the view's root, and "glassbox:see" there lets it look: {cell or null}.

/** How strong a number of a grid is, from -1 to 1; only a map with a middle has negative ones. */
glassbox.gridStrength = ({ limits: { low, high }, paint }, number) => {
  const middle = paint === "diverging" ? (low + high) / 2 : low;
  const share = high > middle ? (number - middle) / (high - middle) : 0;
  return Math.max(-1, Math.min(1, share));
};

/** Paint a grid of numbers, to be laid over a picture, one pixel a cell; `root` has the colours. */
glassbox.paintGrid = (canvas, value, root) => {
  const { grid, paint: way } = value, style = getComputedStyle(root);
  const color = (name) => style.getPropertyValue(name).trim();
  [canvas.width, canvas.height] = [grid[0].length, grid.length];
  const context = canvas.getContext("2d");
  grid.forEach((row, y) => row.forEach((number, x) => {
    if (number === null) return;
    const strong = glassbox.gridStrength(value, number);
    context.globalAlpha = way === "alpha" ? 0.74 * (1 - Math.max(0, strong)) : 0.78 * Math.abs(strong);
    context.fillStyle = way === "alpha" ? "#0c111a" : color(strong < 0 ? "--gb-minus" : "--gb-plus");
    context.fillRect(x, y, 1, 1);
  }));
};

glassbox.views.overlay = ({ root, props, watch, trigger }) => {
  const { el, fixed } = glassbox;
  const WIDTH = 0.62; // of a character of a number, as a share of its height
  const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  const picture = el("img", { alt: "", draggable: "false" });
  const cells = el("canvas", { "aria-hidden": "true" });
  const numbers = el("div", { class: "gb-overlay-numbers", "aria-hidden": "true" });
  const marks = el("div", { class: "gb-overlay-marks", "aria-hidden": "true" });
  const chosen = el("span", { class: "gb-overlay-cell chosen", "aria-hidden": "true" });
  const pointed = el("span", { class: "gb-overlay-cell", "aria-hidden": "true" });
  const told = el("output", { class: "gb-overlay-told", "aria-live": "polite" });
  const behind = el("span", { class: "gb-overlay-behind", "aria-hidden": "true", hidden: true });
  const stage = el("div", {
    class: "gb-stage gb-overlay-stage", tabindex: 0, role: "application", "aria-label": props.label, "data-keys": "",
    "aria-roledescription": "picture with a grid: arrow keys look at a cell, Enter chooses it",
  }, picture, cells, numbers, marks, behind, chosen, pointed);
  const bar = el("i", { "aria-hidden": "true" });
  const ends = [el("span"), el("span")];
  const legend = el("p", { class: "gb-overlay-legend" }, ends[0], bar, ends[1]);
  const caption = el("p", { class: "gb-caption" });
  root.append(stage, el("div", { class: "gb-overlay-foot" }, told, legend), caption);

  let at = null; // the cell that is looked at: [row, column]
  const value = () => props.value || {};
  /** Rows and columns of the grid, whether or not it has numbers. */
  const size = () => value().cells || [value().grid?.length || 0, value().grid?.[0]?.length || 0];
  const inside = (number, count) => Math.max(0, Math.min(count - 1, number));
  const text = (number) => (number === null || number === undefined ? "–"
    : fixed(number, value().digits ?? 3));

  function paint() {
    const { grid, paint: way } = value();
    cells.hidden = legend.hidden = !grid;
    stage.classList.toggle("veiled", way === "alpha" && Boolean(grid));
    if (!grid) return;
    glassbox.paintGrid(cells, value(), root);
    const { low, high } = value().limits;
    [ends[0].textContent, ends[1].textContent] = [text(low), text(high)];
    bar.className = way;
  }

  /** The numbers themselves, where the cells have room for them. */
  function write() {
    const [rows, columns] = size(), { grid } = value();
    numbers.hidden = !(value().numbers && grid);
    if (numbers.hidden) return numbers.replaceChildren();
    const longest = Math.max(...grid.flat().map((number) => text(number).length));
    numbers.replaceChildren(el("span")); // to ask for the size of its type
    const wide = WIDTH * parseFloat(getComputedStyle(numbers.firstChild).fontSize) * longest + 6;
    numbers.hidden = stage.clientWidth / columns < wide;
    if (numbers.hidden) return numbers.replaceChildren();
    numbers.style.setProperty("--columns", columns);
    numbers.style.setProperty("--rows", rows);
    return numbers.replaceChildren(...grid.flat().map((number) => el("span", {}, text(number))));
  }

  function mark({ x, y, width, height, label, color }) {
    const box = width !== undefined;
    const node = el("span", { class: box ? "gb-overlay-box" : "gb-overlay-dot", title: label || null },
      label ? el("b", {}, label) : "");
    const extent = box ? `width:${100 * width}%;height:${100 * height}%` : "";
    node.style.cssText = `left:${100 * x}%;top:${100 * y}%;${extent}`;
    if (color) node.style.setProperty("--color", color);
    return node;
  }

  function frame(node, cell) {
    const [rows, columns] = size();
    node.hidden = !cell || !rows;
    if (node.hidden) return;
    const [row, column] = cell, [high, wide] = [100 / rows, 100 / columns];
    node.style.cssText = `left:${column * wide}%;top:${row * high}%;width:${wide}%;height:${high}%`;
  }

  /** What of the picture a cell has seen, as far as it lies inside. */
  function reveal(cell) {
    const { sees } = value();
    behind.hidden = !cell || !sees;
    if (behind.hidden) return;
    const [row, column] = cell, cut = (share) => Math.max(0, Math.min(1, share));
    const [left, top] = [sees.x + sees.dx * column, sees.y + sees.dy * row];
    const [x, y, right, bottom] = [left, top, left + sees.width, top + sees.height].map(cut);
    behind.style.cssText = `left:${100 * x}%;top:${100 * y}%;width:${100 * (right - x)}%;height:${100 * (bottom - y)}%`;
  }

  const held = () => (value().chosen && value().chosen.row !== undefined
    ? [value().chosen.row, value().chosen.column] : null);

  /** Look at a cell, or at the chosen one again; what it holds is told in words. */
  function look(cell) {
    at = cell;
    const seen = cell || held();
    frame(pointed, cell);
    frame(chosen, held());
    reveal(seen);
    if (!seen) {
      told.textContent = value().name || "";
      return;
    }
    const [row, column] = seen, number = value().grid?.[row]?.[column];
    const where = `row ${row + 1}, column ${column + 1}`;
    const name = value().name ? `${value().name}: ` : "";
    told.textContent = number === undefined ? where : `${name}${text(number)} (${where})`;
    root.dataset.cell = `${row},${column}`;
  }

  /** The same, by somebody who points at it here. */
  function point(cell) {
    look(cell);
    root.dispatchEvent(new CustomEvent("glassbox:look", { detail: { cell } }));
  }

  /** The point that a pointer is at, and the cell there. */
  function under(event) {
    const [rows, columns] = size(), [x, y] = glassbox.inside(stage, event);
    return { x, y, cell: rows ? glassbox.cellUnder(stage, event, rows, columns) : null };
  }
  function choose(x, y, cell) {
    const [row, column] = cell || [null, null];
    trigger("select", { x, y, row, column });
  }

  stage.addEventListener("pointermove", (event) => point(under(event).cell));
  stage.addEventListener("pointerleave", () => point(document.activeElement === stage ? at : null));
  stage.addEventListener("click", (event) => {
    const { x, y, cell } = under(event);
    point(cell);
    choose(x, y, cell);
  });
  stage.addEventListener("blur", () => point(null));
  root.addEventListener("glassbox:see", ({ detail }) => look(detail.cell));
  stage.addEventListener("keydown", (event) => {
    const [rows, columns] = size();
    if (!rows || glassbox.modified(event)) return;
    const from = at || held();
    const [row, column] = from || [0, 0];
    let to = null;
    if (event.key in MOVES) to = from ? [row + MOVES[event.key][0], column + MOVES[event.key][1]] : [0, 0];
    else if (event.key === "Home") to = [row, 0];
    else if (event.key === "End") to = [row, columns - 1];
    else if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (to) point([inside(to[0], rows), inside(to[1], columns)]);
    else choose((column + 0.5) / columns, (row + 0.5) / rows, [row, column]);
  });

  const fit = () => {
    if (picture.naturalWidth) stage.style.setProperty("--ratio", picture.naturalWidth / picture.naturalHeight);
    stage.classList.toggle("small", picture.naturalWidth > 0 && picture.naturalWidth < stage.clientWidth / 2);
    write();
  };
  picture.addEventListener("load", fit);

  function draw() {
    const { src, marks: points = [], caption: words = "", alt = "" } = value();
    const [rows, columns] = size();
    picture.hidden = !src;
    if (src && picture.getAttribute("src") !== src) picture.src = src;
    if (!src && rows) stage.style.setProperty("--ratio", columns / rows);
    picture.alt = alt;
    caption.textContent = words;
    if (at && (at[0] >= rows || at[1] >= columns)) at = null;
    marks.replaceChildren(...points.map(mark));
    paint();
    write();
    look(at);
  }
  new ResizeObserver(fit).observe(stage);
  new MutationObserver(paint).observe(document.body, { attributeFilter: ["class"] }); // light and dark
  draw();
  watch("value", draw);
};
