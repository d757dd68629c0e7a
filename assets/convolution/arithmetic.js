// A kernel that slides over a grid of numbers: input, kernel and output, and the sum written out.
(() => {
  const { el, views, number, diverging, still } = glassbox;
  const LARGEST = 92; // pixels of a cell: beyond that a grid of three looks like a poster
  const SMALLEST = 30; // below that the three grids no longer stand side by side
  const SLIDE = 280; // milliseconds from one window to the next
  const SVG = "http://www.w3.org/2000/svg";

  const longest = (values) => Math.max(1, ...values.flat().map((value) => number(value).length));
  const largest = (values) => Math.max(0, ...values.flat().map(Math.abs));
  const times = (rows, columns) => `${rows} × ${columns}`;
  const ease = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2);
  const between = (from, to, share) => from.map((value, i) => value + (to[i] - value) * share);
  const covers = (axis) => [axis.pad, axis.pad + axis.size];

  /** One of the three grids: a title, its size, and cells that `fill` puts in. */
  function board(name, role) {
    const size = el("span", { class: "gb-board-size" });
    const table = el("div", { class: "gb-board-cells", role, "aria-label": name });
    const node = el(
      "div",
      { class: `gb-board ${name.toLowerCase()}` },
      el("p", { class: "gb-board-name" }, el("b", {}, name), size),
      table,
    );
    /** Put in cells, rows of elements; the type is as large as the longest of `values` allows. */
    function fill(cells, values, text) {
      table.style.setProperty("--columns", cells[0].length);
      table.style.setProperty("--digits", longest(values));
      table.replaceChildren(...cells.map((line) => el("div", { role: "row" }, line)));
      size.textContent = text;
    }
    return { node, table, fill };
  }

  views["convolution/arithmetic"] = ({ root, props, watch }) => {
    const input = board("Input", "table");
    const kernel = board("Kernel", "table");
    const output = board("Output", "grid");
    output.table.dataset.keys = "";
    const frame = el("div", { class: "gb-window", "aria-hidden": "true" });
    const marker = el("div", { class: "gb-marker", "aria-hidden": "true" });
    const light = document.createElementNS(SVG, "svg");
    light.setAttribute("class", "gb-light");
    light.setAttribute("aria-hidden", "true");
    const beams = [0, 1].map(() => light.appendChild(document.createElementNS(SVG, "polygon")));
    const sign = (text) => el("span", { class: "gb-sign", "aria-hidden": "true" }, text);
    const stage = el("div", { class: "gb-boards" }, input.node, sign("∗"), kernel.node, sign("="), output.node, light);
    const sum = el("div", { class: "gb-sum", "aria-hidden": "true" });
    const spoken = el("p", { class: "gb-spoken" });
    const sizes = el("div", { class: "gb-sizes" });
    const notes = el("div", { class: "gb-notes" });

    let value = null; // what the server sent
    let at = 0; // the output cell in view
    let reached = new Set(); // the output cells that are shown
    let hovered = false; // whether the next step is a jump, which uncovers one cell only
    let outputs = []; // elements of the output, in reading order
    let now = { input: [0, 0], output: [0, 0] }; // where window and marker are, in cells
    let timer = 0, last = 0;
    let tall = 0; // the highest that the sum has been: so that nothing below it jumps

    const transport = glassbox.transport({ count: 0, label: props.label, rate: 2, show });
    const tail = el("div", { class: "gb-worked-foot" }, transport.node);

    /** Put window, marker and light where they belong, in cells of the input and of the output. */
    function place(position) {
      now = position;
      const unit = (grid) => grid.box?.unit || 0;
      const move = (node, [row, column], size) => {
        node.style.transform = `translate3d(${column * size}px, ${row * size}px, 0)`;
      };
      move(frame, now.input, unit(input));
      move(marker, now.output, unit(output));
      if (!input.box || stage.classList.contains("stacked")) return;
      const edge = (box, [row, column], [height, width], right) => {
        const x = box.left + (column + (right ? width : 0)) * box.unit, y = box.top + row * box.unit;
        return [[x, y], [x, y + height * box.unit]];
      };
      const size = [value.kernel.length, value.kernel[0].length];
      const beam = ([a, b], [c, d]) =>
        [a, c, d, b].map((point) => point.map((x) => x.toFixed(1)).join(",")).join(" ");
      beams[0].setAttribute(
        "points",
        beam(edge(input.box, now.input, value.span, true), edge(kernel.box, [0, 0], size, false)),
      );
      beams[1].setAttribute(
        "points",
        beam(edge(kernel.box, [0, 0], size, true), edge(output.box, now.output, [1, 1], false)),
      );
    }

    /** Slide from where we are to the window of a cell. */
    function slide(cell) {
      cancelAnimationFrame(timer);
      const from = now, to = { input: cell.corner, output: [cell.row, cell.column] };
      const start = performance.now();
      const length = still() ? 0 : Math.min(SLIDE, Math.max(40, 0.6 * (start - last)));
      last = start;
      const tick = (time) => {
        const share = length ? ease(Math.min(1, Math.max(0, (time - start) / length))) : 1;
        place({ input: between(from.input, to.input, share), output: between(from.output, to.output, share) });
        if (share < 1) timer = requestAnimationFrame(tick);
      };
      tick(start);
    }

    /** Show one step: the transport calls this. */
    function show(step) {
      if (!value?.cells[step]) return;
      const before = at;
      at = step;
      if (hovered) reached.add(step);
      else reached = new Set(Array.from({ length: step + 1 }, (_, i) => i));
      const cell = value.cells[step];
      outputs[before]?.setAttribute("tabindex", "-1");
      outputs[before]?.removeAttribute("aria-selected");
      outputs[step].setAttribute("tabindex", "0");
      outputs[step].setAttribute("aria-selected", "true");
      uncover();
      write(cell);
      slide(cell);
    }

    /** Fill the output cells that were reached, and empty the others. */
    function uncover() {
      outputs.forEach((node, i) => {
        const cell = value.cells[i], known = value.all || reached.has(i);
        node.classList.toggle("fresh", i === at && known && !node.classList.contains("known"));
        node.classList.toggle("known", known);
        node.firstChild.textContent = known ? number(cell.total) : "";
        node.setAttribute(
          "aria-label",
          `Row ${cell.row + 1}, column ${cell.column + 1}: ${known ? number(cell.total, 4) : "not reached yet"}`,
        );
      });
    }

    /** The sum of a cell, term by term. */
    function write(cell) {
      const [left, total] = cell.text.split(" = ");
      const terms = left.match(/\([^)]*\)/g);
      const rest = left.slice(left.lastIndexOf(")") + 1);
      const parts = terms.map((term, k) => {
        const product = cell.products[k];
        const side = product > 0 ? "plus" : product < 0 ? "minus" : "zero";
        return [
          k ? el("span", { class: "gb-and" }, "+") : null,
          el("span", { class: `gb-term ${side}`, "data-term": k }, el("b", {}, term), el("i", {}, number(product, 4))),
        ];
      });
      const bias = rest
        ? [
            el("span", { class: "gb-and" }, rest[0]),
            el(
              "span",
              { class: `gb-term ${rest[0] === "+" ? "plus" : "minus"}` },
              el("b", {}, rest.slice(1)),
              el("i", {}, "bias"),
            ),
          ]
        : [];
      sum.replaceChildren(
        ...parts.flat().filter(Boolean),
        ...bias,
        el("span", { class: "gb-total" }, el("span", { class: "gb-and" }, "="), el("strong", {}, total)),
      );
      tall = Math.max(tall, sum.scrollHeight);
      sum.style.minHeight = `${tall}px`;
      spoken.setAttribute("aria-live", transport?.playing() ? "off" : "polite");
      spoken.textContent = `Output row ${cell.row + 1}, column ${cell.column + 1}: ${cell.text}`;
    }

    /** Light up one product, wherever it shows: window, kernel and sum. */
    function point(term) {
      for (const node of root.querySelectorAll(".hot")) node.classList.remove("hot");
      if (term !== undefined)
        for (const node of root.querySelectorAll(`[data-term="${term}"]`)) node.classList.add("hot");
    }
    root.addEventListener("pointerover", (event) => point(event.target.closest("[data-term]")?.dataset.term));
    root.addEventListener("pointerleave", () => point());

    /** Go to one output cell, and uncover it alone. */
    function jump(step) {
      hovered = true;
      transport.go(step);
      hovered = false;
    }

    function keys(event) {
      if (glassbox.modified(event)) return;
      const columns = value.columns.output, count = value.cells.length;
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
      const next = event.key === "Home" ? 0 : event.key === "End" ? count - 1 : at + step;
      if (event.key === " ") transport.toggle();
      else if (event.key !== "Home" && event.key !== "End" && !step) return;
      else if (Math.abs(step) === 1) transport.drive(step < 0 ? "back" : "ahead");
      else if (next >= 0 && next < count) jump(next);
      event.preventDefault();
      event.stopPropagation();
      outputs[at].focus({ preventScroll: true });
    }
    output.table.addEventListener("keydown", keys);

    let writing = null; // the square that is typed in: {square, field, drop}
    /** A number of the stage that can be typed over: that of the editor `name` at `place`, `[row, column]`. */
    function typed(node, name, place) {
      node.dataset.square = `${name} ${place}`;
      const editor = () => root.closest(".gb-scene")?.querySelector(`.gb-control-${name} .gb-view`);
      const shown = node.firstChild;
      node.classList.add("typed");
      node.title = "Click to type another number";
      node.addEventListener("click", () => {
        if (node.contains(document.activeElement) || !editor()?.cell) return;
        const before = editor().cell(...place);
        const field = el("input", { class: "gb-square-field", value: before, "aria-label": `Instead of ${before}` });
        let left = false;
        const drop = () => { left = true; };
        const leave = () => {
          if (left) return;
          drop();
          writing = null;
          field.replaceWith(shown);
        };
        const take = () => {
          if (left) return true;
          if (field.value !== before && !editor().put(...place, field.value)) {
            field.setAttribute("aria-invalid", "true");
            glassbox.toast(`“${field.value.slice(0, 20)}” is not a number.`);
            return false;
          }
          if (field.value !== before) shown.textContent = field.value;
          leave();
          return true;
        };
        field.addEventListener("keydown", (event) => {
          event.stopPropagation();
          if (event.key === "Enter") take();
          else if (event.key === "Escape") leave();
        });
        field.addEventListener("blur", () => take() || leave());
        shown.replaceWith(field);
        field.focus();
        field.select();
        writing = { square: node.dataset.square, field, drop };
      });
    }
    /** Draw anew, and go on with what is being typed: the answer to the edit before may come meanwhile. */
    function aroundTyping(draw) {
      const before = writing;
      if (!before) return draw();
      const { value: text, selectionStart: from, selectionEnd: to } = before.field;
      before.drop();
      writing = null;
      draw();
      stage.querySelector(`[data-square="${before.square}"]`)?.click();
      if (!writing) return;
      writing.field.value = text;
      writing.field.setSelectionRange(from, to);
    }

    function drawInput() {
      const { padded, rows, columns, grey } = value;
      const [top, bottom] = covers(rows), [left, right] = covers(columns);
      const cells = padded.map((line, i) => line.map((entry, j) => {
          const border = i < top || i >= bottom || j < left || j >= right;
          const dropped = rows.dropped.includes(i) || columns.dropped.includes(j);
          const what = [border && "padding", dropped && "dropped"].filter(Boolean).join(", ");
        const node = el("div", {
          class: `gb-square ${what.replace(",", "")}`, role: "cell",
          "aria-label": `${number(entry)}${what && ` (${what})`}`, title: what || null,
        }, el("span", {}, number(entry)));
          if (grey) {
            const shade = Math.round(Math.max(0, Math.min(255, entry)));
            node.style.setProperty("--shade", `rgb(${shade} ${shade} ${shade})`);
            node.style.setProperty("--text", shade > 127 ? "#141a26" : "#f5f7fb");
          }
          if (!border) typed(node, "grid", [i - top, j - left]);
          return node;
      }));
      const size = times(rows.size, columns.size), whole = times(padded.length, padded[0].length);
      input.node.classList.toggle("grey", grey);
      input.fill(cells, padded, whole === size ? size : `${size}, padded to ${whole}`);
      frame.style.setProperty("--rows", value.span[0]);
      frame.style.setProperty("--columns", value.span[1]);
      const weights = value.kernel.flat(), limit = largest(value.kernel);
      frame.style.setProperty("--digits", longest(value.kernel) + 1);
      frame.replaceChildren(
        ...value.taps.map(([i, j], k) => {
          const tap = el(
            "div",
            {
              class: "gb-tap", "data-term": k,
              onclick: () => { // it lies over the number
                const [top, left] = value.cells[at].corner;
                input.table.children[top + i].children[left + j].click();
              },
            },
            el(
              "i",
              { class: weights[k] < 0 ? "minus" : weights[k] > 0 ? "plus" : "" },
              `×${number(weights[k])}`,
            ),
          );
          tap.style.setProperty("--row", i);
          tap.style.setProperty("--column", j);
          tap.style.setProperty("--tint", diverging(weights[k], limit));
          return tap;
      }));
      input.table.append(frame);
    }

    function drawKernel() {
      const limit = 2 * largest(value.kernel),
        columns = value.kernel[0].length;
      const cells = value.kernel.map((line, i) =>
        line.map((entry, j) => {
          const node = el(
            "div",
            { class: "gb-square", role: "cell", "data-term": i * columns + j },
            el("span", {}, number(entry)),
          );
          node.style.setProperty("--shade", diverging(entry, limit));
          const turned = [value.kernel.length - 1 - i, columns - 1 - j];
          typed(node, "kernel", value.flipped ? turned : [i, j]);
          return node;
      }));
      kernel.fill(cells, value.kernel, times(cells.length, columns) + (value.flipped ? ", flipped" : ""));
    }

    function drawOutput() {
      const limit = 2 * largest(value.output), columns = value.columns.output;
      outputs = value.cells.map((cell, i) => {
        const node = el("div", {
          class: "gb-square", role: "gridcell", tabindex: "-1", "data-cell": i,
          onpointerenter: (event) => { if (event.pointerType === "mouse" && !transport.playing()) jump(i); },
            onclick: () => jump(i),
        }, el("span"));
        node.style.setProperty("--shade", diverging(cell.total, limit));
        return node;
      });
      const lines = value.output.map((_, i) => outputs.slice(i * columns, (i + 1) * columns));
      output.fill(lines, value.output, times(lines.length, columns));
      output.table.append(marker);
    }

    function drawSizes() {
      const line = (name, axis) => {
        const steps = [axis.formula.replace(/^O = /, ""), ...axis.steps];
        const [outcome] = steps.splice(-1);
        return el(
          "div",
          { class: "gb-size" },
          el("span", { class: "gb-size-name" }, name),
          el(
            "p",
            {},
            el("span", { class: "gb-piece" }, "O"),
            steps.map((text) =>
              el("span", { class: "gb-piece" }, el("span", { class: "gb-equals" }, "="), text),
            ),
            el(
              "span",
              { class: "gb-piece outcome" },
              el("span", { class: "gb-equals" }, "="),
              el("strong", {}, outcome),
            ),
          ),
        );
      };
      const alike = String(value.rows.steps) === String(value.columns.steps);
      const lines = alike
        ? [line("Each way", value.columns)]
        : [line("Height", value.rows), line("Width", value.columns)];
      sizes.replaceChildren(...lines);
      notes.replaceChildren(
        ...value.notes.map((text) =>
          el("p", { class: "gb-note" }, el("i", { class: "gb-hatch", "aria-hidden": "true" }), text),
        ),
      );
    }

    /** Type for the sum in which the longest one takes one line, if that can be read. */
    function scale() {
      const base = parseFloat(getComputedStyle(document.documentElement).fontSize);
      const ems = Math.max(...value.cells.map(({ text }) => 0.62 * text.length)) + 1.25 * value.taps.length + 2;
      const size = Math.min(1.6 * base, sum.clientWidth / ems);
      sum.style.fontSize = `${Math.max(size, value.taps.length > 12 ? 0.8 * base : base)}px`;
      sum.style.minHeight = "";
      tall = 0;
    }

    /** Give every board the largest cells that fit: side by side, or stacked where that is narrow. */
    function fit() {
      const width = stage.clientWidth;
      if (!value || !width) return;
      const columns = [value.padded[0].length, value.kernel[0].length, value.columns.output];
      const all = columns.reduce((total, count) => total + count, 0);
      const name = input.node.querySelector(".gb-board-name").offsetHeight + 8;
      const rows = value.padded.length, room = glassbox.bounded(root) ? stage.clientHeight - name : Infinity;
      const gaps = width > 900 ? 168 : 120;
      const beside = Math.min(LARGEST, (width - gaps) / all, room / rows);
      const stacked = beside < SMALLEST && !glassbox.bounded(root);
      stage.classList.toggle("stacked", stacked);
      const pair = (width - 74) / (columns[1] + columns[2]);
      stage.classList.toggle("alone", stacked && pair < 24);
      const units = stacked
        ? [
            width / columns[0],
            pair >= 24 ? pair : width / columns[1],
            pair >= 24 ? pair : width / columns[2],
          ].map((unit) => Math.min(unit, 52))
        : [beside, beside, beside];
      [input, kernel, output].forEach((grid, i) => {
        const unit = Math.floor(10 * units[i]) / 10;
        grid.node.style.setProperty("--u", `${unit}px`);
        grid.node.classList.toggle("tiny", unit < (glassbox.lecture.on() ? 58 : 26)); // weights in corners want room
        grid.box = { unit };
      });
      const origin = stage.getBoundingClientRect();
      for (const grid of [input, kernel, output]) {
        const box = grid.table.getBoundingClientRect();
        Object.assign(grid.box, { left: box.left - origin.left, top: box.top - origin.top });
      }
      scale();
      place(now);
    }

    /** Whether another value is an edit of this one, so that one stays at the same step. */
    const edited = (next) =>
      value &&
      [
        ["rows", "size"],
        ["columns", "size"],
        ["rows", "output"],
        ["columns", "output"],
      ].every(([axis, key]) => value[axis][key] === next[axis][key]) &&
      inner(next).filter((entry, i) => entry !== inner(value)[i]).length <= 2;
    const inner = ({ padded, rows, columns }) =>
      padded.slice(...covers(rows)).flatMap((line) => line.slice(...covers(columns)));

    function draw() {
      const next = props.value;
      if (!next?.cells?.length) return;
      const same = edited(next), kept = same ? reached : new Set();
      const step = same ? at : 0;
      value = next;
      aroundTyping(() => {
        drawInput();
        drawKernel();
      });
      drawOutput();
      drawSizes();
      if (same) reached = kept;
      hovered = same;
      at = step;
      transport.resize(value.cells.length, step);
      hovered = false;
      if (!same) {
        cancelAnimationFrame(timer);
        place({ input: value.cells[at].corner, output: [value.cells[at].row, value.cells[at].column] });
      }
      fit();
    }

    root.classList.add("gb-worked");
    root.append(stage, sum, spoken, tail, sizes, notes);
    glassbox.drivable(root, transport);
    new ResizeObserver(fit).observe(stage);
    window.addEventListener("resize", fit);
    draw();
    watch("value", draw);
  };
})();
