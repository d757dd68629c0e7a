// An LSTM from inside: two sentences, and six strips that are read with the equations.
// value: see `/inside` in demos/captioning/inside.py. Choosing a word raises `select` with {word}, from 1.
glassbox.views["captioning/inside"] = ({ root, props, watch, trigger }) => {
  const { el, percent } = glassbox;
  const sub = (letter, index = "t") => [el("i", {}, letter), el("sub", {}, index)];
  const inputs = (index) => [" = ", index, "(", el("i", {}, "W"), " [", el("i", {}, "E y"), el("sub", {}, "t−1"), ", ",
    ...sub("z"), ", ", ...sub("h", "t−1"), "] + ", el("i", {}, "b"), ")"];
  const ROWS = [ // what it is called, its equation, what its one number is, the strip's top
    ["forget", "forget gate", () => [...sub("f"), ...inputs("σ")], "mean", 1],
    ["input", "input gate", () => [...sub("i"), ...inputs("σ")], "mean", 1],
    ["candidate", "candidate", () => [...sub("g"), ...inputs("tanh")], "mean |·|", 1],
    ["cell", "cell", () => [...sub("c"), " = ", ...sub("f"), " ⊙ ", ...sub("c", "t−1"), " + ", ...sub("i"), " ⊙ ",
      ...sub("g")], "norm", null],
    ["output", "output gate", () => [...sub("o"), ...inputs("σ")], "mean", 1],
    ["hidden", "hidden state", () => [...sub("h"), " = ", ...sub("o"), " ⊙ tanh ", ...sub("c")], "norm", null],
  ];
  const READ = "Numbers: the gates' means, the candidate's mean size, the norms of c and h.";
  const SIGNED = ["candidate", "cell", "hidden"];

  const lines = el("div", { class: "gb-inside-lines" });
  const note = el("p", { class: "gb-inside-note", "aria-live": "polite" });
  const table = el("div", { class: "gb-inside-table", role: "table", "aria-label": "Gates and state at each word" });
  const player = glassbox.transport({ count: 0, show, label: props.label, rate: 2, speeds: [0.5, 1, 2] });
  root.append(lines, note, table, player.node);
  glassbox.drivable(root, player);

  let which = 0, cells = [], bars = [], words = [];
  const value = () => props.value || {};
  const run = () => value().runs?.[which];
  const said = (steps) => steps.map(({ word }) => word || "end");
  const shown = (name, number) => number.toFixed(name === "cell" || name === "hidden" ? 1 : 2);

  /** Each run's sentence, its changed words marked; a click on a word sets where the state becomes zero. */
  function drawLines() {
    const { runs, part, wipe } = value();
    const changed = runs.length > 1 ? glassbox.changedWords(...runs.map(({ steps }) => said(steps))) : null;
    const zeroed = { both: "h and c", cell: "c", hidden: "h" }[part];
    lines.replaceChildren(...runs.map(({ steps, wiped }, i) => {
      const marks = changed ? [changed.before, changed.after][i] : [];
      const name = wiped === null ? "The sentence" : `${zeroed} = 0 before “${steps[wiped].read}”`;
      const pick = el("button", { type: "button", class: "gb-inside-pick", "aria-pressed": String(i === which),
        onclick: () => choose(i) }, name);
      const spoken = steps.map(({ word, probability }, j) => {
        const last = !word, cut = wiped !== null && j === wiped;
        return el("li", { class: cut ? "cut" : "" }, el("button", {
          type: "button", class: marks[j] ? "changed" : "", disabled: last || i > 0,
          title: last || i > 0 ? percent(probability) : `set the state to zero before “${word}” is read`,
          onclick: () => trigger("select", { word: j + 1 }),
        }, word || "end"));
      });
      return el("div", { class: `gb-inside-line${i === which ? " at" : ""}` }, pick, el("ol", {}, spoken));
    }));
    const many = changed ? changed.after.filter(Boolean).length : 0;
    if (runs.length > 1) {
      note.textContent = many || changed.before.some(Boolean)
        ? `Without ${zeroed} it goes on otherwise: ${many} of its ${runs[1].steps.length} words are changed. ${READ}`
        : `It says the same sentence: of what it lost, it needed nothing. ${READ}`;
    } else {
      note.textContent = wipe === 0 ? `Choose a word: before it is read, the state becomes zero. ${READ}`
        : `No word number ${wipe} is read here: the state stays as it is. ${READ}`;
    }
  }

  function choose(i) {
    which = i;
    drawLines();
    drawTable();
    player.resize(run().steps.length, Math.min(player.at(), run().steps.length - 1));
  }

  function drawTable() {
    const { steps, means, wiped } = run();
    table.style.setProperty("--steps", steps.length);
    const row = (...cells) => el("div", { class: "gb-inside-tr", role: "row" }, cells);
    const head = (label, key) => row(
      el("span", { class: "gb-inside-name", role: "rowheader" }, label),
      steps.map((step, j) => el("span", {
        class: `gb-inside-word ${key}${j === wiped ? " cut" : ""}`, role: "columnheader", "data-step": j,
      }, el("span", {}, step[key] || (key === "read" ? "start" : "end")))),
    );
    cells = [];
    bars = [];
    const rows = ROWS.map(([name, title, equation, what, top]) => {
      const most = top || Math.max(...value().runs.flatMap((one) => one.means[name]));
      const bar = el("canvas", { class: "gb-inside-bar", role: "img", "aria-label": `${title}: all units` });
      const told = el("b", {});
      bars.push({ name, bar, told, what });
      const strip = means[name].map((number, j) => {
        const cell = el("span", {
          class: `gb-inside-cell${j === wiped ? " cut" : ""}`, role: "cell", "data-step": j,
          style: `--strong:${number / most}`, title: `${title}, ${what}: ${shown(name, number)}`,
        }, el("span", {}, shown(name, number)));
        cells.push(cell);
        return cell;
      });
      return row(el("div", { class: "gb-inside-row", role: "rowheader" },
        el("span", { class: "gb-inside-title" }, `${title} `, told),
        el("span", { class: "gb-inside-equation" }, equation()),
        bar), strip);
    });
    table.replaceChildren(head("reads", "read"), ...rows, head("says", "word"));
    words = [...table.querySelectorAll(".gb-inside-word")];
    fit();
  }

  /** The numbers of one step beside the equations, and all units as a bar of shades. */
  function show(step) {
    if (!run()) return;
    const { means, units } = run(), { units: count } = value();
    for (const node of [...cells, ...words]) node.classList.toggle("at", Number(node.dataset.step) === step);
    const style = getComputedStyle(root);
    const names = ["--gb-minus", "--gb-plus", "--gb-accent"];
    const [low, high, none] = names.map((one) => style.getPropertyValue(one).trim());
    for (const { name, bar, told, what } of bars) {
      told.textContent = shown(name, means[name][step]);
      told.title = what;
      const all = Uint8Array.from(atob(units[name]), (c) => c.charCodeAt(0));
      const bytes = all.subarray(step * count, (step + 1) * count);
      [bar.width, bar.height] = [count, 1];
      const context = bar.getContext("2d");
      bytes.forEach((byte, x) => {
        const share = SIGNED.includes(name) ? (byte - 127.5) / 127.5 : byte / 255;
        context.globalAlpha = Math.min(1, Math.abs(share) * 1.15);
        context.fillStyle = SIGNED.includes(name) ? (share < 0 ? low : high) : none;
        context.fillRect(x, 0, 1, 1);
      });
    }
    root.dataset.step = step;
  }

  /** Words stand upright where their columns are too narrow, and numbers are left out. */
  function fit() {
    table.classList.remove("upright", "bare");
    const tight = (nodes) => nodes.some((node) => node.firstChild.scrollWidth > node.clientWidth);
    table.classList.toggle("upright", tight(words));
    table.classList.toggle("bare", tight(cells));
  }

  function draw() {
    if (!value().runs?.length) return;
    which = value().runs.length - 1;
    drawLines();
    drawTable();
    const { wiped, steps } = run();
    player.resize(steps.length, wiped ?? Math.min(player.at(), steps.length - 1));
    root.dataset.wipe = value().wipe;
    root.dataset.runs = value().runs.length;
  }
  new ResizeObserver(fit).observe(root);
  new MutationObserver(() => show(player.at())).observe(document.body, { attributeFilter: ["class"] });
  draw();
  watch("value", draw);
};
