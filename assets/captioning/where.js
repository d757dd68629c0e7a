// Where a word came from: a sentence, all maps of one word, one of them large, and what hiding places does.
// value: see `/where` in demos/captioning/where.py.
glassbox.views["captioning/where"] = ({ root, props, watch, trigger }) => {
  const { el, number, percent } = glassbox;
  const SIDES = [120, 108, 96, 88, 80, 72, 64, 56, 50, 44, 38]; // pixels of a small map
  const WRITERS = { lstm: "LSTM", transformer: "transformer" };

  const sentence = el("ol", { class: "gb-chosen-words", "aria-label": "The sentence" });
  const large = glassbox.mapLarge("The chosen map", (chosen) => send(chosen));
  const map = el("div", { class: "gb-where-map" }, large.node);
  const grids = el("div", { class: "gb-where-maps", role: "group", "aria-label": "All maps of this word" });
  const sum = el("p", { class: "gb-where-sum", "aria-live": "polite" });
  const trials = el("table", { class: "gb-where-trials" });
  const verdict = el("p", { class: "gb-where-verdict" });
  const side = el("div", { class: "gb-where-side" }, grids, sum, trials, verdict);
  root.append(sentence, el("div", { class: "gb-where-low" }, map, side));

  let step = 0, kind = "mean", writer = "", marked = null;
  const value = () => props.value || {};
  const word = () => value().words?.[step];
  const tested = () => step === value().step;

  function send(chosen) {
    willDraw();
    trigger("select", chosen);
  }

  /** All maps of the word at hand: [key, short name, long name, rows]. */
  function maps() {
    const { views, mean, rollout, recurrent } = word();
    const heads = views.flatMap((layer, i) => layer.map((grid, j) =>
      [`${i}/${j}`, `L${i + 1} H${j + 1}`, `layer ${i + 1}, head ${j + 1}`, grid]));
    const found = [
      ...heads,
      ["mean", "mean", `the mean of ${heads.length} maps`, mean],
      ["rollout", "rollout", "rollout", rollout],
      ["recurrent", "LSTM", "the LSTM's one map", recurrent],
    ];
    if (tested()) found.push(["gradient", "gradient", "|gradient| of log p", value().gradient]);
    return found;
  }

  function largest(grid) {
    const flat = grid.flat(), most = flat.indexOf(Math.max(...flat));
    return { total: flat.reduce((a, b) => a + b, 0), most, row: Math.floor(most / grid[0].length),
      column: most % grid[0].length, top: flat[most], even: 1 / flat.length };
  }

  function look() {
    if (!word()) return;
    const all = maps();
    const [key, , name, grid] = all.find(([one]) => one === kind) || all.find(([one]) => one === "mean");
    const spoken = word().word ? `“${word().word}”` : "the end";
    large.show(value().src, grid, {
      name, alt: `${name} at ${spoken}`, marks: marked ? [square(marked, grid)] : [],
    });
    [...grids.children].forEach((node) => node.setAttribute("aria-pressed", String(node.dataset.map === key)));
    const { total, row, column, top, even } = largest(grid);
    const told = `${name}: Σ = ${total.toFixed(3)}; most at row ${row + 1}, column ${column + 1}: ` +
      `${top.toFixed(3)} (an even share is ${number(even, 3)}). `;
    sum.textContent = told + (key === "rollout" ? value().rollout : "");
    root.dataset.map = key;
  }

  /** A box around the places that a trial hides. */
  function square({ row, column }, grid) {
    const half = (value().square - 1) / 2, rows = grid.length, columns = grid[0].length;
    const [top, left] = [Math.max(0, row - half), Math.max(0, column - half)];
    const [bottom, right] = [Math.min(rows, row + half + 1), Math.min(columns, column + half + 1)];
    return { x: left / columns, y: top / rows, width: (right - left) / columns, height: (bottom - top) / rows };
  }

  function drawMaps() {
    const heads = word().views[0].length, layers = word().views.length;
    grids.replaceChildren(...maps().map(([key, short, long, grid], i) => {
      const extra = i - heads * layers; // the other maps stand to the right of the heads, in two rows
      const [row, column] = extra < 0 ? [Math.floor(i / heads), i % heads] : [extra >> 1, heads + (extra & 1)];
      const thumb = glassbox.mapThumb();
      thumb.show(value().src, grid);
      return el("button", {
        type: "button", class: "gb-where-item", "data-map": key, title: long, "aria-label": long,
        onclick: () => { kind = key; look(); }, style: `--row:${row + 1};--column:${column + 1}`,
      }, thumb.node, el("span", { class: "gb-where-name" }, short));
    }));
  }

  function drawTrials() {
    trials.hidden = !tested();
    verdict.hidden = !tested();
    const { trials: rows = [], decoder } = value();
    if (!tested() || !rows.length) return trials.replaceChildren();
    const name = (text) => (text ? `“${text}”` : "the end");
    const [before] = rows, said = name(word().word);
    const titles = ["hidden", "row, column", `p of ${said}`, "likeliest now"];
    const head = el("tr", {}, titles.map((text) => el("th", { scope: "col" }, text)));
    const line = (row) => {
      const where = row.row === null ? "–" : `${row.row + 1}, ${row.column + 1}`;
      const show = () => { marked = row.row === null ? null : row; look(); };
      const node = el("tr", { tabindex: row.row === null ? null : 0 },
        el("th", { scope: "row" }, row.name), el("td", {}, where),
        el("td", {}, el("i", { style: `--share:${row.probability}`, "aria-hidden": "true" }), percent(row.probability)),
        el("td", { class: row.first === word().word ? "" : "other" }, name(row.first), " ",
          el("small", {}, percent(row.first_probability))));
      for (const event of ["pointerenter", "focus", "click"]) node.addEventListener(event, show);
      for (const event of ["pointerleave", "blur"]) node.addEventListener(event, () => { marked = null; look(); });
      return node;
    };
    trials.replaceChildren(el("thead", {}, head), el("tbody", {}, rows.map(line)));
    const [, most] = rows;
    const lives = most.first === word().word;
    const strongest = rows.slice(1).reduce((a, b) => (b.probability < a.probability ? b : a));
    const first = before.first === word().word;
    verdict.textContent = `Without the place that the ${WRITERS[decoder]} looked at most, ${said} ` +
      `${lives ? (first ? "is still the likeliest word" : "is now the likeliest word")
        : (first ? "is the likeliest word no more" : "is not the likeliest word, as before")}. ` +
      (strongest.probability < before.probability
        ? `The largest loss of these: ${percent(before.probability)} → ${percent(strongest.probability)}.`
        : "Hiding any of these places makes it no less probable.");
    return undefined;
  }

  function draw() {
    if (!value().words?.length) return;
    ({ step } = value());
    marked = null;
    root.dataset.run = value().run;
    const picture = new Image();
    picture.onload = () => {
      root.style.setProperty("--ratio", picture.naturalWidth / picture.naturalHeight);
      fit();
    };
    picture.src = value().src;
    sentence.replaceChildren(...value().words.map((one, i) => el("li", {}, el("button", {
      type: "button", "aria-pressed": String(i === step),
      title: `LSTM ${percent(one.lstm)}, transformer ${percent(one.transformer)}`,
      onclick: () => choose(i),
    }, el("b", {}, one.word || "end"), el("small", {}, percent(one[value().decoder]))))));
    if (value().decoder !== writer) kind = value().decoder === "lstm" ? "recurrent" : "mean";
    writer = value().decoder;
    drawMaps();
    look();
    drawTrials();
    fit();
  }

  /** The largest small maps that leave room for the table. */
  function fit() {
    root.style.removeProperty("--thumb");
    if (!glassbox.bounded(root)) return;
    for (const size of SIDES) {
      root.style.setProperty("--thumb", `${size}px`);
      if (side.scrollHeight <= side.clientHeight && grids.scrollWidth <= grids.clientWidth) return;
    }
  }

  /** Show a word's maps at once; what hiding places does to it has to be asked for. */
  function choose(index) {
    step = index;
    marked = null;
    [...sentence.children].forEach((node, i) =>
      node.firstChild.setAttribute("aria-pressed", String(i === index)));
    drawMaps();
    look();
    drawTrials();
    if (!tested()) send({ word: index + 1 });
  }

  new ResizeObserver(fit).observe(root);
  draw();
  watch("value", draw);
  const willDraw = glassbox.drawnWhenChosen(root);
};
