// A photo before and after a kernel; a click on it chooses a pixel, whose sum is laid over it.
// `filter-pixel` holds the pixel for the link, `filter-sum` brings the sum of one that was chosen meanwhile.
(() => {
  const { el, views, number, diverging } = glassbox;
  const WRITTEN = 5; // rows of a kernel whose products can be read
  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const FAR = 10; // pixels, with Shift
  const NEAR = 0.02; // of the picture: what is no farther from a small frame's middle looks as if it were in it

  // What the scene's views share: the pixel [x, y] or null, its sum, and which of the sums is looked at.
  const shared = { pixel: null, sum: null, kernel: 0, channel: 0, choose: () => {} };
  const { tell, hear } = glassbox.channel();
  const text = (value) => JSON.stringify(value);
  const share = (value) => Math.round(Math.max(0, Math.min(1, value)) * 1e4) / 1e4;

  /** A sum came: it is shown if it is of the pixel that is chosen by now. */
  function take(sum) {
    const found = sum?.pixel ? sum : null;
    if (text(found?.pixel ?? null) !== text(shared.pixel)) return;
    shared.sum = found;
    if (found) {
      shared.kernel = Math.min(shared.kernel, found.sums.length - 1);
      shared.channel = Math.min(shared.channel, found.names.length - 1);
    }
    tell("sum");
  }

  /** A number with at most three decimals; ≈ where it has more. */
  const told = (value) => (Math.abs(value - Number(value.toFixed(3))) < 1e-6 ? "" : "≈ ") + number(value, 3);

  /** The products as cells, and below them what they add up to. */
  function written({ sums, border, bias, magnitudes }) {
    const { weights, values, totals } = sums[shared.kernel], pixels = values[shared.channel];
    const size = weights.length, total = totals[shared.channel];
    const products = weights.map((line, i) => line.map((weight, j) => weight * pixels[i][j]));
    const limit = Math.max(...products.flat().map(Math.abs)) || 1;
    const shown = size <= WRITTEN;
    const cells = products.flatMap((line, i) => line.map((product, j) => {
      const says = `${number(weights[i][j], 3)} × ${number(pixels[i][j], 3)}`;
      const padding = border[i][j] ? " (padding)" : "";
      const cell = el("span", { class: `gb-on-colour${padding ? " border" : ""}`, title: says + padding },
        shown ? [el("b", {}, number(weights[i][j], 3)), el("i", {}, "×"), el("b", {}, number(pixels[i][j], 3))] : "");
      cell.style.setProperty("--cell", diverging(product, 1.15 * limit));
      return cell;
    }));
    const grid = el("div", { class: `gb-products${shown ? "" : " dense"}` }, cells);
    grid.style.setProperty("--size", size);
    const plus = bias ? ` and the bias ${number(bias, 3)}` : "";
    const all = `${size > 1 ? `${size * size} products` : "1 product"}${plus}${size > 1 || plus ? ", added up" : ""}: `;
    const words = [el("p", { class: "gb-sum-words" }, all, el("b", {}, told(total)))];
    if (magnitudes.length) {
      const [across, down] = sums.map((each) => number(each.totals[shared.channel], 3));
      const length = told(magnitudes[shared.channel]).replace("≈ ", "");
      words.push(el("p", { class: "gb-sum-words" }, `√((${across})² + (${down})²) ≈ `, el("b", {}, length)));
    }
    return [grid, words];
  }

  /** Which kernel's and channel's sum is looked at, where there are several. */
  function choices(names, part) {
    if (names.length < 2) return "";
    return names.map((name, i) => el("button", {
      type: "button", class: "gb-sum-part", "aria-pressed": String(shared[part] === i),
      onclick: () => {
        shared[part] = i;
        tell("sum");
      },
    }, name));
  }

  function panel() {
    const node = el("div", { class: "gb-sum-panel", role: "group", "aria-label": "The sum behind one pixel" });
    for (const kind of ["pointerdown", "pointermove", "pointerup"]) {
      node.addEventListener(kind, (event) => event.stopPropagation()); // the frame's dividers stay where they are
    }
    function draw() {
      const { sum } = shared;
      node.hidden = !sum;
      if (!sum) return;
      node.classList.toggle("above", sum.pixel[1] > 0.5);
      const of = sum.repeats > 1 ? `, repeat ${sum.repeats}` : "";
      const close = el("button", {
        type: "button", class: "gb-step", "aria-label": "Close the sum", onclick: () => shared.choose(null),
      }, "×");
      node.replaceChildren(
        el("header", {},
          el("span", {}, `row ${sum.row + 1}, column ${sum.column + 1}${of}`),
          choices(sum.sums.map(({ name }) => name), "kernel"),
          choices(sum.names, "channel"), close),
        ...written(sum).flat(),
      );
    }
    hear("sum", draw);
    draw();
    return node;
  }

  /**
   * The pixel, where it lies in the result: it can be dragged, and moved by arrow keys. Around what the kernel spans
   * of the picture is a frame; with some paddings and strides that is elsewhere, or nothing of the picture at all.
   */
  function marker() {
    const node = el("button", { type: "button", class: "gb-sum-mark", "data-keys": "" });
    const frame = el("i", { class: "gb-sum-window", "aria-hidden": "true" });
    let held = false;
    const at = (event) => glassbox.inside(node.parentElement, event).map(share);
    node.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      held = !event.button;
      if (held) node.setPointerCapture(event.pointerId);
    });
    node.addEventListener("pointermove", (event) => {
      event.stopPropagation();
      if (held) shared.choose(at(event));
    });
    for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, (event) => {
      event.stopPropagation();
      held = false;
    });
    node.addEventListener("keydown", (event) => {
      const way = MOVES[event.key];
      if (!shared.sum || glassbox.modified(event)) return;
      if (!way && !["Escape", "Delete", "Backspace"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      if (!way) return shared.choose(null);
      const { rows, columns } = shared.sum, step = event.shiftKey ? FAR : 1;
      // From the middle of its cell to that of the next one: rounding never skips or repeats one.
      const [row, column] = [Math.floor(shared.pixel[1] * rows), Math.floor(shared.pixel[0] * columns)];
      const next = (cell, count) => (Math.max(0, Math.min(count - 1, cell)) + 0.5) / count;
      shared.choose([share(next(column + step * way[0], columns)), share(next(row + step * way[1], rows))]);
    });
    function draw() {
      node.hidden = frame.hidden = !shared.pixel || !shared.sum;
      if (node.hidden) return;
      const { window: seen, row, column, rows, columns } = shared.sum;
      const [x, y] = [(column + 0.5) / columns, (row + 0.5) / rows];
      const [across, down] = [seen.x + seen.width / 2, seen.y + seen.height / 2];
      node.style.cssText = `left:${100 * x}%;top:${100 * y}%`;
      frame.style.cssText =
        `left:${100 * across}%;top:${100 * down}%;width:${100 * seen.width}%;height:${100 * seen.height}%`;
      frame.hidden = seen.x + seen.width <= 0 || seen.y + seen.height <= 0 || seen.x >= 1 || seen.y >= 1;
      const apart = (one, other, size) => Math.abs(one - other) > Math.max(size / 2, NEAR);
      const elsewhere = apart(x, across, seen.width) || apart(y, down, seen.height);
      node.classList.toggle("apart", frame.hidden || elsewhere); // else the frame marks it, too
      node.setAttribute("aria-label", `Pixel in row ${row + 1} of ${rows}, column ${column + 1} of ${columns}: ` +
        "arrow keys move it, Escape closes its sum");
    }
    hear("sum", draw);
    draw();
    return [frame, node];
  }

  views["convolution/filter"] = (parts) => {
    const { root, props, watch } = parts;
    root.classList.add("gb-compare");
    const compare = views.compare({ ...parts, tap: (x, y) => shared.choose([share(x), share(y)]) });
    const layer = el("div", { class: "gb-sum-layer" }, ...marker(), panel());
    /** The frame is built anew for another number of pictures: what lies over it comes back. */
    function lay() {
      if (!layer.isConnected || layer.parentElement !== compare.stage) compare.stage.append(layer);
      take(props.value?.sum);
    }
    watch("value", lay);
    lay();
  };

  views["convolution/filter-pixel"] = ({ root, props, watch }) => {
    const says = el("span", {});
    const button = el("button", { type: "button", class: "gb-step" });
    root.append(el("div", { class: "gb-sum-tools" }, says, button));
    shared.choose = (pixel) => {
      if (text(pixel) === text(shared.pixel)) return;
      props.value = pixel || [];
      hold();
    };
    button.addEventListener("click", () => shared.choose(shared.pixel ? null : [0.5, 0.5]));
    function draw() {
      const { sum, pixel } = shared;
      says.textContent = pixel
        ? (sum ? `The sum of the pixel in row ${sum.row + 1}, column ${sum.column + 1}` : "One pixel's sum")
        : "One pixel's sum: click the picture, or";
      button.textContent = pixel ? "Close" : "Show it";
    }
    function hold() {
      shared.pixel = props.value?.length ? [...props.value] : null;
      if (!shared.pixel) shared.sum = null;
      tell("sum");
    }
    hear("sum", draw);
    watch("value", hold);
    hold();
  };

  views["convolution/filter-sum"] = ({ root, props, watch }) => {
    root.hidden = true;
    watch("value", () => take(props.value));
  };
})();
