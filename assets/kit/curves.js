// Curves over one axis, for every tab: losses over training, schedules, anything with an x and a y.
(() => {
  const { el, fixed, number, views } = glassbox;
  const COLORS = ["var(--gb-accent)", "var(--gb-plus)", "var(--gb-minus)", "#8e6bd1", "#d43d8b", "#2ca25f"];
  const SVG = "http://www.w3.org/2000/svg";
  const TICKS = 5;
  const MOST_DECADES = 8;

  /** An SVG element with attributes, and text where there is some. */
  function svg(tag, attributes = {}, text = null) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text !== null) node.textContent = text;
    return node;
  }

  /** A number with as many digits as its size calls for: 12,800 and 151.3 and 0.042 and 3.1e−6. */
  function short(value) {
    const size = Math.abs(value);
    if (size >= 1e6) return `${number(value / 1e6, 2)} M`;
    if (size >= 1000) return glassbox.whole(value);
    if (size && size < 1e-4) return value.toExponential().replace(/(\.\d\d)\d+/, "$1").replaceAll("-", "−");
    return number(value, size >= 100 ? 1 : size >= 1 ? 2 : size >= 0.001 ? 4 : 7);
  }

  /** Values that are read side by side: `short`, and where they are of a size with equally many decimals. */
  function alike(values) {
    const texts = values.map(short);
    if (values.some((value) => value && (Math.abs(value) < 0.001 || Math.abs(value) >= 1000))) return texts;
    const decimals = Math.max(...texts.map((text) => text.split(".")[1]?.length || 0));
    return values.map((value) => (Number.isFinite(value) ? fixed(value, decimals) : "–"));
  }

  /** Round numbers that lie in [low, high], about `count` of them. */
  function ticks(low, high, count) {
    const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
    const step = power * ([1, 2, 5].find((times) => times * power >= rough) || 10);
    const found = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i += 1) found.push(i * step);
    return found;
  }

  /** The same for a logarithmic axis: powers of ten, and between them what room there is for. */
  function logTicks(low, high) {
    for (const times of [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7]]) {
      const found = [];
      for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
        found.push(
          ...times
            .map((one) => one * 10 ** power)
            .filter((tick) => tick >= low * 0.999 && tick <= high * 1.001),
        );
      }
      const each = Math.ceil(found.length / MOST_DECADES);
      if (found.length >= 3) return found.filter((_, i) => i % each === 0);
    }
    return ticks(low, high, TICKS);
  }

  /** Push labels apart, from top to bottom, so that none covers another; they stay in [top, bottom]. */
  function apart(labels, height, top, bottom) {
    labels.sort((one, other) => one.y - other.y);
    labels.forEach((one, i) => { one.y = Math.max(one.y, i ? labels[i - 1].y + height : top); });
    let limit = bottom;
    for (const one of [...labels].reverse()) {
      one.y = Math.min(one.y, limit);
      limit = one.y - height;
    }
  }

  /**
   * A chart: {node, set(value), point(x or null)}.
   *
   * value: {title, x: label, y: label, log: boolean, range: [from, to] of x or absent,
   *         marks: [{x, text}], series: [{name, points: [[x, y], ...], dashed: boolean, color: index or absent}]}
   * point(x) draws a line there, as the step of a player does. Moving the mouse, a touch, or the arrow keys read
   * values off; where `pick` is given, it is called with the x that is pressed or dragged to.
   */
  glassbox.chart = ({ label, pick = null }) => {
    let value = { series: [] }, held = null, read = null, frame = 0, over = null;
    let place = null; // of the last drawing: {left, right, top, bottom, sx, sy, xs}
    const title = el("p", { class: "gb-curves-title" });
    const picture = svg("svg", { "aria-hidden": "true" });
    const plot = el(
      "div",
      { class: "gb-curves-plot", tabindex: 0, role: "img", "data-keys": true, "aria-label": label },
      picture,
    );
    const legend = el("div", { class: "gb-curves-legend", "aria-live": "off" });
    const node = el("div", { class: "gb-curves-chart" }, title, plot, legend);
    const lines = () => value.series.filter((one) => one.points.length);
    const color = (one, i) => COLORS[(one.color ?? i) % COLORS.length];
    const nearest = (points, x) =>
      points.reduce((best, one) => (Math.abs(one[0] - x) < Math.abs(best[0] - x) ? one : best));
    const usable = (y) => Number.isFinite(y) && (!value.log || y > 0);

    function bounds() {
      const points = lines().flatMap((one) => one.points).filter(([, y]) => usable(y));
      const xs = points.map(([x]) => x), ys = points.map(([, y]) => y);
      let [x0, x1] = value.range || [Math.min(...xs), Math.max(...xs)];
      let [y0, y1] = [Math.min(...ys), Math.max(...ys)];
      if (!(x1 > x0)) { // one point alone: room enough for ticks that differ
        const half = Math.max(0.5, Math.abs(x0) / 2);
        [x0, x1] = [x0 - half, x0 + half];
      }
      if (!(y1 > y0)) [y0, y1] = value.log ? [y0 / 1.5, y0 * 1.5] : [Math.min(y0, Math.max(0, y0 - 0.5)), y0 + 0.5];
      const room = value.log ? (y1 / y0) ** 0.05 : 0.05 * (y1 - y0);
      return {
        x0,
        x1,
        y0: value.log ? y0 / room : y0 - (y0 >= 0 && y0 < room ? y0 : room),
        y1: value.log ? y1 * room : y1 + room,
      };
    }

    function draw() {
      title.textContent = value.title || "";
      title.hidden = !value.title;
      const width = plot.clientWidth, height = plot.clientHeight;
      place = null;
      picture.replaceChildren();
      if (!width || !height) return;
      const drawn = lines().filter((one) => one.points.some(([, y]) => usable(y)));
      if (!drawn.length) return tell();
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      const size = rem * (document.body.classList.contains("gb-lecture") ? 1 : 0.82);
      const { x0, x1, y0, y1 } = bounds();
      const flat = value.log ? Math.log : (y) => y;
      const rows = value.log ? logTicks(y0, y1) : ticks(y0, y1, TICKS);
      const names =
        width > 22 * rem
          ? Math.min(0.3 * width, 0.58 * size * Math.max(...drawn.map((one) => one.name.length)) + 12)
          : 8;
      const left = 0.62 * size * Math.max(...rows.map((y) => short(y).length)) + 12,
        right = width - names;
      const top = 1.5 * size,
        bottom = height - 2.6 * size;
      const sx = (x) => left + ((x - x0) / (x1 - x0)) * (right - left);
      const sy = (y) => bottom - ((flat(y) - flat(y0)) / (flat(y1) - flat(y0))) * (bottom - top);
      place = { left, right, top, bottom, sx, sy, x0, x1 };
      picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
      picture.style.fontSize = `${size}px`;
      let above = Infinity; // where the last label stands: those that would touch it are left out
      for (const y of rows) {
        if (above - sy(y) < 1.15 * size) continue;
        above = sy(y);
        picture.append(svg("line", { class: "grid", x1: left, x2: right, y1: sy(y), y2: sy(y) }),
          svg("text", { x: left - 7, y: sy(y), "text-anchor": "end", "dominant-baseline": "middle" }, short(y)));
      }
      const columns = ticks(x0, x1, Math.max(2, Math.min(TICKS, (right - left) / (5 * rem))));
      let ahead = Infinity; // from the last one back, where the label after begins
      for (const x of columns.reverse()) {
        const ends = ahead === Infinity && sx(x) > right - 2 * size, text = short(x);
        const wide = 0.58 * size * text.length, to = ends ? sx(x) : sx(x) + wide / 2;
        if (to + 0.6 * size > ahead) continue;
        ahead = to - wide;
        picture.append(
          svg("text", { x: sx(x), y: bottom + 1.2 * size, "text-anchor": ends ? "end" : "middle" }, text),
        );
      }
      picture.append(
        svg(
          "text",
          { class: "axis", x: right, y: height - 0.25 * size, "text-anchor": "end" },
          value.x || "",
        ),
        svg("text", { class: "axis", x: left, y: 0.85 * size }, value.y || ""),
        svg("line", { class: "base", x1: left, x2: right, y1: bottom, y2: bottom }));
      for (const { x, text } of value.marks || []) {
        picture.append(svg("line", { class: "mark", x1: sx(x), x2: sx(x), y1: top, y2: bottom }),
          svg("text", { class: "axis", x: sx(x) + 4, y: top + size }, text));
      }
      const labels = [];
      drawn.forEach((one) => {
        const points = one.points.filter(([, y]) => usable(y)),
          stroke = color(one, value.series.indexOf(one));
        const path = points
          .map(([x, y], i) => `${i ? "L" : "M"}${sx(x).toFixed(1)} ${sy(y).toFixed(1)}`)
          .join("");
        if (points.length > 1)
          picture.append(
            svg("path", { class: one.dashed ? "curve dashed" : "curve", d: path, style: `stroke:${stroke}` }),
          );
        const [x, y] = points[points.length - 1];
        if (points.length === 1)
          picture.append(svg("circle", { cx: sx(x), cy: sy(y), r: 3.5, style: `fill:${stroke}` }));
        labels.push({ name: one.name, y: sy(y), x: sx(x), stroke });
      });
      if (names > 8) {
        apart(labels, 1.15 * size, top, bottom);
        for (const one of labels)
          picture.append(
            svg(
              "text",
              {
                class: "name",
                x: right + 7,
                y: one.y,
                "dominant-baseline": "middle",
                style: `fill:color-mix(in oklab, ${one.stroke} 62%, var(--gb-ink))`,
              },
              one.name,
            ),
          );
      }
      over = svg("g", { class: "over" });
      picture.append(over);
      tell();
    }

    /** The values at the place that is read, or at the end; a line and dots there. */
    function tell() {
      const at = read ?? held, drawn = lines();
      over?.replaceChildren();
      const all = drawn.flatMap((one) => one.points), xs = all.map(([x]) => x);
      const recorded = at >= Math.min(...xs) && at <= Math.max(...xs);
      const here = at === null || !all.length ? null : recorded ? nearest(all, at)[0] : at;
      // A curve that begins later, or has ended, has no value there.
      const measured = (points) => here >= points[0][0] && here <= points[points.length - 1][0];
      const found = drawn.map(({ points }) => {
        if (here === null) return points[points.length - 1];
        return measured(points) ? nearest(points, here) : null;
      });
      const where = here ?? found[0]?.[0];
      const levels = alike(found.filter(Boolean).map(([, y]) => y));
      const told = found.map((point) => (point ? levels.shift() : "–"));
      legend.replaceChildren(
        ...drawn.map((one, i) =>
          el(
            "span",
            {},
            el("i", {
              class: one.dashed ? "dashed" : "",
              style: `border-color:${color(one, value.series.indexOf(one))}`,
            }),
            one.name,
            " ",
            el("b", {}, told[i]),
          ),
        ),
        found.length ? el("span", { class: "where" }, `at ${short(where)}`) : "",
      );
      if (!place || here === null || !over || !found.some(Boolean)) return;
      const x = place.sx(where);
      over.append(svg("line", { x1: x, x2: x, y1: place.top, y2: place.bottom }));
      found.forEach(
        (point, i) =>
          point &&
          usable(point[1]) &&
          over.append(
            svg("circle", {
              cx: place.sx(point[0]),
              cy: place.sy(point[1]),
              r: 4.5,
              style: `fill:${color(drawn[i], value.series.indexOf(drawn[i]))}`,
            }),
          ),
      );
    }

    const redraw = () => { cancelAnimationFrame(frame); frame = requestAnimationFrame(draw); };
    new ResizeObserver(redraw).observe(plot);
    for (const name of ["theme", "lecture"]) document.addEventListener(`glassbox:${name}`, redraw);
    const follow = (event) => {
      if (!place) return;
      const x = event.clientX - plot.getBoundingClientRect().left;
      read = place.x0 + ((x - place.left) / (place.right - place.left)) * (place.x1 - place.x0);
      read = Math.max(place.x0, Math.min(place.x1, read));
      if (pick && (event.buttons || event.type === "pointerdown")) pick(read);
      tell();
    };
    plot.addEventListener("pointermove", follow);
    plot.addEventListener("pointerdown", follow);
    plot.addEventListener("pointerleave", () => { read = null; tell(); });
    plot.addEventListener("blur", () => { read = null; tell(); });
    plot.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!way || !place || glassbox.modified(event)) return;
      event.preventDefault();
      const { points } = lines()[0], from = read ?? held ?? points[points.length - 1][0];
      const next = Math.max(0, Math.min(points.length - 1, points.indexOf(nearest(points, from)) + way));
      [read] = points[next];
      tell();
    });

    return {
      node,
      set(next) { value = { series: [], ...next }; redraw(); },
      point(x) { held = x; tell(); },
    };
  };

  /** How many of `count` charts stand in a row of a box, so that each has a good shape and is large. */
  function across(count, width, height) {
    const WISHED = 1.5, columns = Array.from({ length: count }, (_, i) => i + 1).filter((c) => count % c === 0);
    const words = 5.5 * parseFloat(getComputedStyle(document.documentElement).fontSize); // title and legend
    const tall = (c) => Math.max(10, height / Math.ceil(count / c) - words);
    const badness = (c) => Math.abs(Math.log(width / c / tall(c) / WISHED));
    return columns.reduce((best, c) => (badness(c) < badness(best) ? c : best), 1);
  }

  // Curves: value as for glassbox.chart, or {"charts": [value, ...]} for several beside each other
  views.curves = ({ root, props, watch }) => {
    let charts = [];
    /** On a stage: in as many columns as suit the room that there is. */
    const fit = () => {
      const bounded = glassbox.bounded(root) && charts.length > 0 && root.clientHeight > 0;
      root.style.gridTemplateColumns = bounded
        ? `repeat(${across(charts.length, root.clientWidth, root.clientHeight)}, minmax(0, 1fr))`
        : "";
    };
    const draw = () => {
      const values = props.value?.charts || (props.value?.series ? [props.value] : []);
      if (charts.length !== values.length) {
        charts = values.map((one) => glassbox.chart({ label: `${props.label}: ${one.title || one.y || ""}` }));
        root.replaceChildren(...charts.map((chart) => chart.node));
      }
      charts.forEach((chart, i) => chart.set(values[i]));
      fit();
    };
    draw();
    new ResizeObserver(fit).observe(root);
    watch("value", draw);
    document.addEventListener("glassbox:at", ({ detail }) => {
      const scene = root.closest(".gb-scene");
      if (scene && scene === detail.root.closest(".gb-scene")) charts.forEach((chart) => chart.point(detail.x));
    });
  };
})();
