// A shape moves across the picture: input, feature maps, pooled maps, scores, answer, stop by stop.
// value: see `/shift` in demos/convolution/shift.py. Numbers are the server's; here they are drawn.
glassbox.views["convolution/shift"] = ({ root, props, watch }) => {
  const { el, number } = glassbox;
  const value = () => props.value || {};
  const stops = () => value().stops || [];

  /** Rows of numbers as pixels: orange above zero, blue below, as strong as they are large. */
  function paint(canvas, rows, limit, ink) {
    const style = getComputedStyle(root);
    const [plus, minus] = [ink || "--gb-plus", "--gb-minus"].map((name) => style.getPropertyValue(name).trim());
    canvas.width = rows[0].length;
    canvas.height = rows.length;
    const context = canvas.getContext("2d");
    rows.forEach((row, y) => row.forEach((held, x) => {
        context.globalAlpha = Math.min(1, Math.abs(held) / limit);
        context.fillStyle = held < 0 ? minus : plus;
        context.fillRect(x, y, 1, 1);
    }));
  }

  /** A shape's pixels as a small drawing. */
  function icon(shape) {
    const rows = value().filters[value().shapes.indexOf(shape)];
    const cells = (rows || []).flatMap((row, y) =>
      row.map((held, x) => (held > 0 ? `<rect x="${x}" y="${y}" width="1.02" height="1.02"/>` : "")),
    );
    return `<svg viewBox="0 0 5 5" aria-hidden="true">${rows ? cells.join("") : ""}</svg>`;
  }

  const layer = (kind, label) => {
    const canvas = el("canvas", { role: "img", "aria-label": label });
    const over = el("div", { class: "gb-over-map", "aria-hidden": "true" });
    return { node: el("div", { class: `gb-plane ${kind}` }, canvas, over), canvas, over };
  };
  const input = layer("input", "The picture");
  const moved = el("p", { class: "gb-shape" });
  const rows = el("div", {
    class: "gb-shift-rows",
    role: "table",
    "aria-label": "Filters, feature maps, pooled maps and scores",
  });
  const answer = el("div", { class: "gb-answer", role: "status" });
  const caption = el("p", { class: "gb-caption" });
  const trail = el("div", { class: "gb-trail", role: "group", "aria-label": "The answer at every stop" });
  const player = glassbox.transport({ count: 0, show, label: props.label, rate: 1.6 });
  let lines = [];

  root.append(
    el(
      "div",
      { class: "gb-shift-in" },
      el("h3", {}, "Input"),
      moved,
      input.node,
      player.node,
      el("h3", { class: "gb-trail-head" }, "The answer, stop by stop"),
      trail,
    ),
    el("div", { class: "gb-shift-out" }, rows, answer, caption),
  );
  glassbox.drivable(root, player);

  function build() {
    const { shapes, pooling, window: side, filters } = value();
    const cell = (kind, ...inside) => el("div", { class: kind, role: "cell" }, ...inside);
    // With global pooling the one number that is left is the score: it stands there once.
    const all = pooling === "global";
    const pooled = pooling === "none" ? "Not pooled" : `Max ${side}×${side}`;
    const titles = all ? ["The largest number is the score"] : [pooled, "Match with the start"];
    rows.classList.toggle("all", all);
    const head = el(
      "div",
      { class: "gb-shift-row head", role: "row" },
      ["Filter", "Feature map", ...titles].map((title) => el("div", { role: "columnheader" }, title)),
    );
    lines = shapes.map((shape, i) => {
      const filter = layer("filter", `Filter ${shape}`),
        map = layer("map", `Feature map of ${shape}`),
        small = layer("pooled", `Pooled map of ${shape}`);
      paint(filter.canvas, filters[i], Math.max(...filters[i].flat().map(Math.abs)));
      const bar = el("i"),
        score = el("output");
      const node = el(
        "div",
        { class: "gb-shift-row", role: "row", "data-shape": shape },
        cell("gb-filter", filter.node, el("span", {}, shape)),
        cell("", map.node),
        all ? "" : cell("", small.node),
        cell("gb-score", el("span", { class: "gb-bar" }, bar), score),
      );
      return { node, map, small, bar, score };
    });
    rows.replaceChildren(head, ...lines.map((line) => line.node));
    trail.replaceChildren(
      ...stops().map((stop, i) =>
        el("button", {
          type: "button",
          class: stop.answer === value().shape ? "right" : "wrong",
          html: stop.answer ? icon(stop.answer) : "?",
          title: stop.answer || "nothing it knows",
          "aria-label": `Stop ${i + 1}: ${stop.answer || "nothing it knows"}`,
          onclick: () => player.go(i),
        }),
      ),
    );
  }

  const centre = ([row, column]) => `${column + 0.5} ${row + 0.5}`;
  /** From where it was at the start to where it is now. */
  const way = (from, to, ring) =>
    `<svg viewBox="0 0 16 16"><path d="M${centre(from)}L${centre(to)}"/>` +
    `<rect x="${to[1] - ring}" y="${to[0] - ring}" width="${2 * ring + 1}" height="${2 * ring + 1}"/></svg>`;

  function show(step) {
    const stop = stops()[step], first = stops()[0];
    if (!stop) return;
    const { shape, shapes, pooling, limit, best, size, start } = value();
    const half = (size - 1) / 2, from = [start + half, start + half];
    paint(input.canvas, stop.image, 1, "--gb-ink");
    const origin = `<rect class="start" x="${start}" y="${start}" width="${size}" height="${size}"/>`;
    const there = way(from, [from[0] + stop.dy, from[1] + stop.dx], half + 0.25);
    input.over.innerHTML = `<svg viewBox="0 0 16 16">${origin}</svg>${there}`;
    moved.textContent = `${stop.image[0].length} × ${stop.image.length}, moved ${stop.dx} right, ${stop.dy} down`;
    lines.forEach((line, i) => {
      paint(line.map.canvas, stop.maps[i], limit);
      line.map.over.innerHTML = way(first.peaks[i], stop.peaks[i], 0.75);
      if (pooling !== "global") paint(line.small.canvas, stop.pooled[i], limit);
      line.bar.style.width = `${(100 * stop.scores[i]) / best}%`;
      line.score.textContent = stop.scores[i].toFixed(2);
      line.node.classList.toggle("won", shapes[i] === stop.answer);
    });
    const right = stop.answer === shape, kept = stops().slice(0, step).every(({ answer: was }) => was === shape);
    answer.className = `gb-answer ${right ? "right" : "wrong"}`;
    let verdict = `It is still a ${shape}: the answer changed.`;
    if (right && kept) verdict = step ? "The answer stays." : "The answer.";
    else if (right) verdict = "The answer is right again.";
    const named = `<p><b>${stop.answer || "nothing it knows"}</b><span>${verdict}</span></p>`;
    answer.innerHTML = icon(stop.answer) + named;
    caption.textContent =
      `Each feature map is the first one, moved by (${stop.dx}, ${stop.dy}): ` +
      `largest difference ${number(stop.difference, 6)}.`;
    [...trail.children].forEach((node, i) => node.setAttribute("aria-current", i === step ? "step" : "false"));
  }

  function draw() {
    if (!stops().length) return;
    build();
    player.pause();
    player.resize(stops().length, 0);
  }
  draw();
  watch("value", draw);
  document.addEventListener("glassbox:theme", () => stops().length && (build(), show(player.at())));
};
