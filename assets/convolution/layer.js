// A layer in stages: tiles from left to right, and what each number was made of.
// value: see `/layer` in demos/convolution/layer.py. Numbers are the server's; here they are drawn.
(() => {
  const { el, views, number, diverging } = glassbox;
  const TEXT_UP_TO = 14; // columns of a map whose numbers can still be read
  const EVENT = "glassbox:layer-number";
  const times = (...sizes) => sizes.join(" × ");
  // What an activation comes near to and never reaches.
  const BOUNDS = { sigmoid: [0, 1], tanh: [-1, 1], ELU: [-1] };
  const SMALLEST = 0.25; // of the largest map's width: below that a map is drawn larger than the others, and says so
  const range = (list) => (list[0] === list.at(-1) ? `${list[0] + 1}` : `${list[0] + 1}–${list.at(-1) + 1}`);

  /** A number of a map: a whole one is exact, or it says ≈; `bounds` are those that it cannot be. */
  function told(value, digits, bounds = []) {
    const text = number(value, digits), rounded = Number(text.replace("−", "-"));
    const exact = Math.abs(value - rounded) < 1e-5 && !bounds.includes(rounded);
    return exact || !Number.isInteger(rounded) ? text : `≈${text}`;
  }

  /** As many decimals as fit: the longest number decides. */
  function digitsFor(values, room, bounds) {
    const flat = values.flat();
    const longest = (digits) => Math.max(...flat.map((value) => told(value, digits, bounds).length));
    const digits = [2, 1, 0].find((count) => longest(count) <= room) ?? 0;
    return { digits, chars: longest(digits) };
  }

  views["convolution/layer"] = ({ root, props, watch }) => {
    const pipe = el("div", { class: "gb-pipe" });
    const hint = "Point at a map, or reach it with Tab and move with the arrow keys: what it was made of lights up.";
    const readout = el("p", { class: "gb-readout", "aria-live": "polite" }, hint);
    root.append(pipe, readout);
    let drawn = []; // {stage, index, maps: [{node, box, cells, width, height, filter}]}

    const stages = () => props.value?.stages || [];
    const bounds = (name) => (["activation", "pooled"].includes(name) && BOUNDS[props.value.activation]) || [];
    const named = (name) => stages().find((stage) => stage.name === name);
    const before = {
      padded: "input",
      "feature map": "padded",
      "second feature map": "padded",
      activation: "feature map",
      pooled: "activation",
    };

    /** The cells of the stage before that `rows` and `columns` of a stage see. */
    function back(stage, { rows, columns }) {
      const { size, stride, dilation, offset } = stage.window;
      const along = (list, axis) =>
        [
          ...new Set(
            list.flatMap((at) =>
              Array.from({ length: size[axis] }, (_, i) => at * stride + i * dilation - offset[axis]),
            ),
          ),
        ].sort((a, b) => a - b);
      return { rows: along(rows, 0), columns: along(columns, 1) };
    }

    /** Every stage's cells that one cell was made of, by the stage's name. */
    function field(name, row, column) {
      const found = { [name]: { rows: [row], columns: [column] } };
      for (let at = name; before[at]; at = before[at]) {
        found[before[at]] = back(named(at), found[at]);
        if (at === "activation" && named("second feature map")) found["second feature map"] = found["feature map"];
      }
      return found;
    }

    const clear = () => {
      for (const { maps } of drawn) for (const map of maps) {
          map.node.classList.remove("marked");
          map.cells?.flat().forEach((cell) => cell.classList.remove("lit", "won"));
        }
      readout.textContent = hint;
      root.closest(".gb-scene")?.dispatchEvent(new CustomEvent(EVENT, { detail: null }));
    };

    function mark(name, filter, row, column) {
      clear();
      const found = field(name, row, column);
      for (const { stage, maps } of drawn) {
        const region = found[stage.name];
        if (!region) continue;
        for (const map of maps) {
          if (maps.length > 1 && map.filter !== filter) continue;
          const inside = (list, size) => list.filter((at) => at >= 0 && at < size);
          const rows = inside(region.rows, map.height), columns = inside(region.columns, map.width);
          if (!rows.length || !columns.length) continue;
          map.node.classList.add("marked");
          const style = map.box.style;
          style.left = `${(100 * columns[0]) / map.width}%`;
          style.top = `${(100 * rows[0]) / map.height}%`;
          style.width = `${(100 * (columns.at(-1) - columns[0] + 1)) / map.width}%`;
          style.height = `${(100 * (rows.at(-1) - rows[0] + 1)) / map.height}%`;
          for (const r of rows) for (const c of columns) map.cells?.[r][c].classList.add("lit");
        }
      }
      explain(name, filter, row, column, found);
    }

    const valueAt = (name, filter, row, column) => {
      const maps = named(name)?.maps || [];
      return (maps[filter] || maps[0])?.values?.[row]?.[column];
    };
    const seen = (name, filter, region) =>
      region.rows.flatMap((r) => region.columns.map((c) => valueAt(name, filter, r, c)));

    /** The sum, the maximum or the function behind one number, written out. */
    function written(name, filter, row, column, found) {
      const value = valueAt(name, filter, row, column);
      if (value === undefined) return "";
      const shown = told(value, 4, bounds(name));
      const result = shown.startsWith("≈") ? ` ≈ ${shown.slice(1)}` : ` = ${shown}`;
      const list = (values) => values.map((each) => number(each, 3));
      if (name === "pooled") {
        const window = seen("activation", filter, found.activation);
        if (window.includes(undefined)) return number(value, 4);
        const numbers = list(window);
        if (props.value.pooling !== "max") return `(${numbers.join(" + ")}) / ${numbers.length}${result}`;
        for (const { stage, maps } of drawn.filter((each) => each.stage.name === "activation")) {
          const map = maps[maps.length > 1 ? filter : 0];
          const { rows, columns } = found.activation;
          for (const r of rows)
            for (const c of columns)
              if (stage.maps[map.filter]?.values?.[r]?.[c] === value) map.cells?.[r][c].classList.add("won");
        }
        return `max(${numbers.join(", ")})${result}`;
      }
      if (name === "activation") {
        const first = number(valueAt("feature map", filter, row, column), 4);
        if (props.value.second)
          return `max(${first}, ${number(valueAt("second feature map", filter, row, column), 4)})${result}`;
        return `${props.value.activation}(${first})${result}`;
      }
      const { weights, bias } = props.value.filters[filter] || {};
      const window = name === "feature map" ? seen("padded", 0, found.padded) : [undefined];
      if (window.includes(undefined) || window.length > 49) return number(value, 4);
      const sum = weights.flat().map((weight, i) => `(${number(weight, 3)}×${number(window[i], 3)})`).join("+");
      return `${sum}${bias ? (bias > 0 ? "+" : "−") + number(Math.abs(bias), 3) : ""}${result}`;
    }

    function explain(name, filter, row, column, found) {
      const where = el(
        "b",
        {},
        `${name}${named(name).maps.length > 1 ? `, filter ${filter + 1}` : ""}, row ${row + 1}, column ${column + 1}`,
      );
      const text = written(name, filter, row, column, found);
      const { rows, columns } = found.input;
      const [channels, height, width] = named("input").shape;
      const inside = (list, size) => list.filter((at) => at >= 0 && at < size);
      const within = [inside(rows, height), inside(columns, width)], none = within.some((list) => !list.length);
      const less = within[0].length + within[1].length < rows.length + columns.length;
      const copies = none ? ": copies of the input’s numbers" : ", and copies of its numbers in the border";
      const border = props.value.padding_mode === "zeros" ? "" : copies;
      const area = none
        ? `sees the border alone${border}`
        : `sees rows ${range(within[0])}, columns ${range(within[1])} of the input${less ? border : ""}`;
      const count = named("feature map").window.size;
      const dot =
        name.includes("feature map") && channels > 1
          ? `: ${count.join("×")}×${channels} = ${count[0] * count[1] * channels} products and a bias`
          : "";
      readout.replaceChildren(
        where,
        text ? el("span", { class: "gb-made" }, text) : "",
        name === "input" ? "" : el("span", {}, area + dot),
      );
      const z = valueAt("feature map", filter, row, column),
        a = valueAt("activation", filter, row, column);
      const detail =
        (name === "feature map" || name === "activation") && z !== undefined ? { x: z, y: a } : null;
      root.closest(".gb-scene")?.dispatchEvent(new CustomEvent(EVENT, { detail }));
    }

    function drawMap(stage, map, filter, count) {
      const [, height, width] = stage.shape;
      const picture = el("div", { class: "gb-map-body" });
      const box = el("i", { class: "gb-box", "aria-hidden": "true" });
      const label = `${stage.name}${count > 1 ? `, filter ${filter + 1} (${map.label})` : ""}, ${width} by ${height}`;
      const node = el(
        "div",
        {
          class: "gb-layer-map",
          tabindex: 0,
          role: "application",
          "data-keys": "",
          "aria-roledescription": "map",
          "aria-label": `${label}: arrow keys move`,
        },
        picture,
        box,
      );
      let cells = null;
      if (map.values) {
        const across = Math.ceil(Math.sqrt(count));
        const plain = width * across > TEXT_UP_TO;
        const { digits, chars } = digitsFor(map.values, width > 6 ? 4 : 5, bounds(stage.name));
        const [top, left] = stage.name === "padded" ? stage.window.offset : [0, 0];
        const border = (r, c) => r < top || c < left || r >= height - top || c >= width - left;
        const dropped = named("pooled") && stage.name === "activation" ? named("pooled").dropped : [[], []];
        cells = map.values.map((line, r) => line.map((value, c) => {
            const cell = el("span", { class: "gb-on-colour" }, plain ? "" : told(value, digits, bounds(stage.name)));
            if (stage.limit) {
              cell.style.setProperty("--cell", diverging(value, stage.limit * 1.15));
            }
            if (border(r, c)) cell.classList.add("border");
            if (dropped[0].includes(r) || dropped[1].includes(c)) cell.classList.add("dropped");
            return cell;
        }));
        picture.classList.add("numbers");
        node.style.setProperty("--columns", width);
        node.style.setProperty("--chars", Math.max(2, chars));
        picture.append(...cells.flat());
      } else {
        picture.append(el("img", { src: map.image, alt: "", draggable: "false" }));
        if (stage.name === "padded" && stage.window.offset[0]) {
          const [top, left] = stage.window.offset;
          picture.append(
            el("i", { class: "gb-inner", style: `inset:${(100 * top) / height}% ${(100 * left) / width}%` }),
          );
        }
      }
      let at = [0, 0];
      const go = (row, column) => {
        at = [Math.max(0, Math.min(height - 1, row)), Math.max(0, Math.min(width - 1, column))];
        mark(stage.name, filter, ...at);
      };
      const follow = (event) => {
        go(...glassbox.cellUnder(picture, event, height, width));
      };
      node.addEventListener("pointermove", follow);
      node.addEventListener("pointerdown", follow);
      node.addEventListener(
        "pointerleave",
        (event) => event.pointerType === "mouse" && document.activeElement !== node && clear(),
      );
      node.addEventListener("focus", () => node.matches(":focus-visible") && go(...at));
      node.addEventListener("blur", clear);
      node.addEventListener("keydown", (event) => {
        const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
        if (event.key === "Escape") node.blur();
        if (!step || glassbox.modified(event)) return;
        event.preventDefault();
        event.stopPropagation();
        go(at[0] + step[0], at[1] + step[1]);
      });
      return { node, box, cells, width, height, filter };
    }

    /** What stands between two tiles. */
    function how(stage) {
      const { size, stride, offset } = stage.window;
      const steps = stride > 1 ? `\nS = ${stride}` : "";
      return {
        padded: `border of ${offset[0]}`,
        "feature map": `∗ ${size.join("×")}${steps}`,
        activation: props.value.activation,
        pooled: `${props.value.pooling} ${size.join("×")}\nS = ${stride}`,
      }[stage.name];
    }
    const arrow = (stage) =>
      el("div", { class: "gb-arrow" }, el("span", {}, how(stage)), el("i", { "aria-hidden": "true" }));

    /** From the smallest to the largest number; of a photo, on which scale they are. */
    const extent = ({ name, minimum, maximum, limit }) =>
      [minimum, maximum].map((value) => told(value, 2, bounds(name))).join(" … ") +
      (limit || props.value.source === "numbers" ? "" : ", white = 1");

    function legend(limit) {
      return el(
        "div",
        { class: "gb-legend" },
        el("span", {}, number(-limit)),
        el("i", { "aria-hidden": "true" }),
        el("span", {}, `+${number(limit)}`),
      );
    }

    // Maps of pictures are drawn at one scale, so that one sees which is smaller.
    const widestMap = () => Math.max(...stages().map((stage) => stage.shape[2]));
    const sizeOf = (stage) =>
      stages().every((each) => each.maps[0].values) ? stage.shape[2] / widestMap()
        : Math.max(SMALLEST, stage.shape[2] / widestMap());

    function tile(stage, index) {
      const maps = stage.maps.map((map, filter) => drawMap(stage, map, filter, stage.maps.length));
      drawn.push({ stage, index, maps });
      const across = Math.ceil(Math.sqrt(maps.length));
      const pictures = stage.maps.some((map) => map.image);
      const [channels, height, width] = stage.shape, size = sizeOf(stage), widest = widestMap();
      const scale = (size * widest) / width; // of its map, beside the others'
      return el(
        "section",
        { class: "gb-tile", "data-stage": stage.name },
        el("p", { class: "gb-how", "aria-hidden": "true" }, how(stage)?.replace("\n", ", ")),
        el("h3", {}, stage.name),
        el("p", { class: "gb-shape", title: stage.size || null },
          times(channels, height, width), scale > 1.001 ? `, enlarged ${number(scale, 1)}×` : ""),
        el(
          "div",
          { class: "gb-maps", style: `--across:${across}` },
          maps.map((map) => map.node),
        ),
        el("p", { class: "gb-extent" }, extent(stage)),
        stage.limit && (pictures || !stage.maps[0].values) ? legend(stage.limit) : null);
    }

    function draw() {
      const list = stages();
      if (!list.length) return;
      const scene = root.closest(".gb-scene");
      scene?.classList.toggle("gb-from-numbers", props.value.source === "numbers");
      scene?.classList.toggle("gb-with-second", props.value.second);
      const focused = drawn
        .flatMap(({ stage, maps }) => maps.map((map) => [stage.name, map]))
        .find(([, map]) => map.node === document.activeElement);
      drawn = [];
      const parts = [];
      const inNumbers = list.every((each) => each.maps[0].values);
      const tallest = Math.max(...list.map((each) => each.shape[1] * Math.ceil(Math.sqrt(each.maps.length))));
      let sizes = 0;
      list.forEach((stage, index) => {
        if (stage.name === "padded" && !stage.window.offset.some(Boolean)) return;
        if (index && stage.name !== "second feature map") parts.push(arrow(stage));
        const across = Math.ceil(Math.sqrt(stage.maps.length));
        const share = inNumbers ? Math.max(4, stage.shape[2] * across) : 1;
        const style = `--share:${share};--size:${sizeOf(stage).toFixed(4)}`;
        parts.push(el("div", { class: "gb-stop", style }, tile(stage, index)));
        // In numbers all cells are of one size; what is written under a small picture is wider than the picture.
        sizes += inNumbers ? share / tallest : Math.max(0.6, sizeOf(stage));
      });
      pipe.classList.toggle("numbers", inNumbers);
      pipe.style.setProperty("--tallest", tallest);
      const { style } = root.closest(".gb-scene-stage") || pipe;
      style.setProperty("--sizes", sizes.toFixed(4));
      style.setProperty("--arrows", parts.filter((part) => part.matches(".gb-arrow")).length);
      pipe.replaceChildren(...parts);
      readout.textContent = hint;
      if (focused) drawn.find(({ stage }) => stage.name === focused[0])?.maps[focused[1].filter]?.node.focus();
    }
    draw();
    watch("value", draw);
  };

  // The activation's curve over this map's numbers, and the cost beside a fully connected layer's.
  views["convolution/layer-facts"] = ({ root, props, watch }) => {
    const LEFT = 12, RIGHT = 12;
    const { whole } = glassbox;
    let at = null, FLOOR = 0;

    /** The curve in a box of `W` x `H` pixels, the histogram of the map's numbers in its lowest fifth. */
    function plot({ name, x, y, low, high, counts, points, negative }, W, H) {
      const type = parseFloat(getComputedStyle(root).fontSize) * 0.8, TOP = 0.6 * type;
      FLOOR = H - Math.max(1.5 * type, H / 5) - type; // below it the axis' numbers, then the histogram
      const bottom = Math.min(0, ...y),
        top = Math.max(0, ...y) || 1;
      const px = (value) =>
        LEFT + ((Math.max(low, Math.min(high, value)) - low) / (high - low)) * (W - LEFT - RIGHT);
      const py = (value) =>
        FLOOR - 8 - ((Math.max(bottom, Math.min(top, value)) - bottom) / (top - bottom)) * (FLOOR - 8 - TOP);
      at = (place) => place && { x: px(place.x), y: py(place.y), zero: py(0) };
      const line = x
        .map((value, i) => `${i ? "L" : "M"}${px(value).toFixed(1)} ${py(y[i]).toFixed(1)}`)
        .join("");
      const most = Math.max(...counts, 1),
        step = (W - LEFT - RIGHT) / counts.length;
      const bars = counts
        .map(
          (count, i) =>
            count &&
            `<rect class="${low + ((i + 0.5) * (high - low)) / counts.length < 0 ? "minus" : "plus"}" ` +
              `x="${(LEFT + i * step + 0.5).toFixed(1)}" width="${(step - 1).toFixed(1)}" y="${FLOOR + type + 2}" ` +
              `height="${Math.max(2, (count / most) * (H - FLOOR - type - 4)).toFixed(1)}"/>`,
        )
        .filter(Boolean)
        .join("");
      const dots = points
        .map(([z, a]) => `<circle r="4" cx="${px(z).toFixed(1)}" cy="${py(a).toFixed(1)}"/>`)
        .join("");
      const label = (value, cx, cy, anchor) =>
        `<text x="${cx}" y="${cy}" text-anchor="${anchor}">${number(value)}</text>`;
      const below = `${Math.round(100 * negative)} % of the feature map's numbers are below zero`;
      const spoken = `Curve of ${name} from ${number(low)} to ${number(high)}; ${below}`;
      return `<svg viewBox="0 0 ${W} ${H}" role="img" aria-label="${spoken}">
        <g class="axes"><path d="M${LEFT} ${py(0)}H${W - RIGHT}M${px(0)} ${TOP - 6}V${FLOOR}"/>
        ${label(low, LEFT, FLOOR + type, "start")}${label(0, px(0), FLOOR + type, "middle")}
        ${label(high, W - RIGHT, FLOOR + type, "end")}
        ${label(top, px(0) + 6, TOP + type / 2, "start")}
        ${bottom < 0 ? label(bottom, px(0) + 6, FLOOR - 8, "start") : ""}</g>
        <g class="histogram">${bars}</g><path class="curve" d="${line}"/><g class="dots">${dots}</g>
        <g class="here"><path/><circle r="8"/></g></svg>`;
    }
    let box = null; // what the curve is drawn in, as large as it is given
    const redraw = () => {
      if (!box?.clientWidth || !box.clientHeight || !props.value?.activation) return;
      box.innerHTML = plot(props.value.activation, box.clientWidth, box.clientHeight);
    };
    const sized = new ResizeObserver(redraw);
    function curve({ name, formula, negative, partial }) {
      sized.disconnect();
      box = el("div", { class: "gb-plot" });
      sized.observe(box);
      const line = partial ? "The line is z₁ alone; where z₂ is larger, the result lies above it. " : "";
      const share = `${line}${Math.round(100 * negative)} % of the feature map's numbers lie below zero.`;
      return el("section", { class: "gb-card gb-curve" },
        el("h3", {}, name), el("p", { class: "gb-formula" }, formula), box, el("p", { class: "gb-caption" }, share));
    }

    function counts(cost) {
      const bar = (value) =>
        el(
          "span",
          { class: "gb-bar", "aria-hidden": "true" },
          el("i", { style: `width:max(3px, ${(100 * value) / cost.dense}%)` }),
        );
      const row = (title, value, formula, one, kind) =>
        el(
          "div",
          { class: `gb-cost ${kind}` },
          el("h4", {}, title),
          el("strong", {}, whole(value)),
          bar(value),
          el("p", {}, formula),
          el("p", {}, one),
        );
      return el(
        "section",
        { class: "gb-card gb-costs" },
        el("h3", {}, "Parameters to learn"),
        row(
          "This layer",
          cost.convolution,
          cost.convolution_formula,
          `one output number: ${cost.terms_formula}`,
          "ours",
        ),
        row(
          "Fully connected, same output",
          cost.dense,
          cost.dense_formula,
          `one output number: ${cost.inputs_formula} + 1 bias`,
          "dense",
        ),
        el(
          "p",
          { class: "gb-ratio" },
          el("b", {}, `${whole(Math.round(cost.ratio))} ×`),
          ` as many to learn${cost.kernels_per_filter > 1 ? " (maxout: two kernels a filter)" : ""}.`,
        ),
      );
    }

    function draw() {
      if (!props.value?.activation) return;
      root.replaceChildren(curve(props.value.activation), counts(props.value.counts));
    }
    draw();
    watch("value", draw);
    requestAnimationFrame(() => root.closest(".gb-scene")?.addEventListener(EVENT, ({ detail }) => {
      const here = root.querySelector(".here"), place = at && at(detail);
        if (!here) return;
        here.classList.toggle("on", Boolean(place));
        if (!place) return;
        here.querySelector("circle").setAttribute("cx", place.x);
        here.querySelector("circle").setAttribute("cy", place.y);
        here.querySelector("path").setAttribute("d", `M${place.x} ${FLOOR}V${place.y}`);
    }));
  };
})();
