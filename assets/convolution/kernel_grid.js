// An editable grid of numbers. value: rows of numbers; with options.kernel, {weights, factor, bias}.
glassbox.views["convolution/kernel-grid"] = ({ root, props, watch, options }) => {
  const { el, number, diverging } = glassbox;
  const note = el("p", { class: "gb-grid-note", role: "alert" });
  const table = el("div", { class: "gb-grid", role: "grid", "aria-label": props.label });
  const extras = el("div", { class: "gb-grid-extras" });
  const sum = el("span", { class: "gb-count" });
  root.append(table, extras, note);
  let cells = [];
  let written = ""; // the value as this grid last drew or sent it

  const rows = () => (options.kernel ? props.value?.weights : props.value) || [];
  /** A number from a cell's text: decimals with point or comma, or a fraction such as 1/9. */
  function parse(text) {
    const fraction = /^\s*([-−]?[\d.,]+)\s*\/\s*([\d.,]+)\s*$/.exec(text);
    const plain = (part) =>
      /^\s*[-−+]?(\d+[.,]?\d*|[.,]\d+)(e[-+]?\d+)?\s*$/i.test(part)
        ? Number(part.replace("−", "-").replace(",", "."))
        : NaN;
    return fraction ? plain(fraction[1]) / plain(fraction[2]) : plain(text);
  }

  /** Type as large as the longest number leaves room for: what stands in a cell is all of its value. */
  const fit = () => {
    const longest = Math.max(1, ...cells.flat().map((cell) => cell.value.length));
    table.style.setProperty("--chars", longest);
  };

  function paint() {
    fit();
    const flat = rows().flat();
    const limit = Math.max(...flat.map(Math.abs), 0);
    cells.flat().forEach((cell, i) => {
      cell.style.setProperty("--cell", diverging(flat[i], options.signed === false ? 0 : limit * 1.15));
    });
    if (options.kernel)
      sum.textContent = `sum ${number(flat.reduce((total, value) => total + value, 0) * props.value.factor, 3)}`;
  }

  function commit(cell, change) {
    const value = parse(cell.value);
    const where = cell.getAttribute("aria-label");
    cell.setAttribute("aria-invalid", String(!Number.isFinite(value)));
    if (!Number.isFinite(value)) {
      note.textContent = `${where}: “${cell.value.slice(0, 20)}” is not a number.`;
      return;
    }
    note.textContent = "";
    if (change(value) === false) return;
    written = JSON.stringify(props.value);
    paint();
  }

  function replaced(row, column, value) {
    if (rows()[row][column] === value) return false;
    const next = rows().map((line) => [...line]);
    next[row][column] = value;
    props.value = options.kernel ? { ...props.value, weights: next } : next;
    return true;
  }

  /** A number as one would write it: 1/16 where its decimals would not end soon. Among many, .5 for 0.5. */
  function shown(value, dense = false) {
    const decimal = String(Number(value.toPrecision(6)));
    const parts = Math.round(1 / value);
    const fraction = decimal.length > 6 && Math.abs(value * parts - 1) < 1e-9;
    if (fraction) return `${parts < 0 ? "-" : ""}1/${Math.abs(parts)}`;
    return dense ? decimal.replace(/^(-?)0\./, "$1.") : decimal;
  }

  function move(event, row, column) {
    const { selectionStart: start, selectionEnd: end, value } = event.target;
    const step = {
      ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0],
      ArrowLeft: start === 0 && (end === 0 || end === value.length) ? [0, -1] : null,
      ArrowRight: end === value.length && (start === end || start === 0) ? [0, 1] : null,
    }[event.key];
    event.stopPropagation();
    const next = step && cells[row + step[0]]?.[column + step[1]];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  }

  // Who clicks a number means to write another: after the focus has come Firefox and Safari set the caret.
  let fresh = false;
  const pointed = {
    onpointerdown: ({ target }) => { fresh = target !== document.activeElement; },
    onmouseup: (event) => fresh && event.preventDefault(),
    onclick: ({ target }) => fresh && target.select(),
  };

  function draw() {
    const text = JSON.stringify(props.value);
    if (text === written) return;
    written = text;
    const lines = rows();
    table.style.setProperty("--columns", lines[0]?.length || 1);
    const dense = (lines[0]?.length || 1) > 5;
    table.classList.toggle("dense", dense);
    const focus = cells.flat().indexOf(document.activeElement);
    cells = lines.map((line, i) =>
      line.map((value, j) =>
        el("input", {
          class: "gb-cell gb-on-colour",
          role: "gridcell",
          inputmode: "text",
          autocomplete: "off",
          spellcheck: "false",
          value: shown(value, dense),
          "aria-label": `${props.label}, row ${i + 1}, column ${j + 1}`,
          onfocus: (event) => event.target.select(),
          ...pointed,
          onkeydown: (event) => move(event, i, j),
          oninput: (event) => commit(event.target, (next) => replaced(i, j, next)),
    })));
    table.replaceChildren(...cells.map((line) => el("div", { role: "row" }, line)));
    if (focus >= 0) cells.flat()[focus]?.focus();
    note.textContent = "";
    if (options.kernel) {
      const field = (name, title) => el("label", {}, title, el("input", {
        class: "gb-cell", value: shown(props.value[name] ?? 0), "aria-label": title, autocomplete: "off",
        ...pointed,
            onkeydown: (event) => event.stopPropagation(),
        oninput: (event) => commit(event.target, (next) => { props.value = { ...props.value, [name]: next }; }),
      }));
      extras.replaceChildren(field("factor", "× factor"), field("bias", "+ bias"), sum);
    }
    paint();
  }
  // For who shows the same numbers elsewhere: what stands in a cell, and what is to; whether it is a number.
  root.cell = (row, column) => cells[row]?.[column]?.value ?? "";
  root.put = (row, column, text) => {
    const cell = cells[row]?.[column];
    if (!cell || !Number.isFinite(parse(text))) return false;
    cell.value = text;
    cell.dispatchEvent(new Event("input"));
    return true;
  };
  draw();
  watch("value", draw);
};

/** What follows from a kernel: its size, or null where it is not square, and its JSON, a row a line. */
glassbox.kernelFacts = ({ weights, factor, bias }) => {
  const rows = weights.map((row) => `    ${JSON.stringify(row)}`).join(",\n");
  const text = `{\n  "weights": [\n${rows}\n  ],\n  "factor": ${factor},\n  "bias": ${bias}\n}`;
  return [weights.length === weights[0].length ? weights.length : null, text];
};
