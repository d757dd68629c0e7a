// Faces, the training faces nearest to the chosen one, and how near real new faces are. value: see `/nearest`.
glassbox.views["diffusion/new"] = ({ root, props, watch, server, trigger }) => {
  const { el, number } = glassbox;
  const SVG = "http://www.w3.org/2000/svg", BINS = 36;
  const CLOSE = 0.005; // what two decimals hide
  const LIMIT = "1 % of real new faces are left of here";
  const canvas = el("canvas", { role: "img", "aria-label": "The faces that are asked about" });
  const mark = el("span", { class: "gb-face-frame", "aria-hidden": "true" });
  const sheet = el("div", { class: "gb-face-sheet" }, canvas, mark);
  const own = el("canvas", { role: "img", "aria-label": "The chosen face" });
  const verdict = el("p", { class: "gb-novelty", "aria-live": "polite" });
  const title = el("b", {});
  const row = el("div", { class: "gb-neighbours" });
  const note = el("p", { class: "gb-caption" });
  const plot = el("div", { class: "gb-hill", role: "img" });
  const again = el("p", { class: "gb-asked-again", role: "status" });
  root.append(
    el("figure", { class: "gb-lane gb-asked" }, el("figcaption", {}, "Asked about: choose one"), sheet),
    el("figure", { class: "gb-lane gb-own" }, el("figcaption", {}, title), el("div", { class: "gb-face-sheet" }, own)),
    el("div", { class: "gb-new-answer" }, verdict, again),
    plot,
    el("div", { class: "gb-next" }, el("p", { class: "gb-next-title" }, "Nearest to it:"), row, note),
  );
  /** Whether two answers say the same: another processor adds up in another order. */
  const alike = (one, other) => {
    if (typeof one === "number" && typeof other === "number") return Math.abs(one - other) < CLOSE;
    if (!one || !other || typeof one !== "object" || typeof other !== "object") return one === other;
    const names = Object.keys(one);
    return names.length === Object.keys(other).length && names.every((name) => alike(one[name], other[name]));
  };
  let chosen = 0,
    picture = null,
    asked = 0,
    drawn = null,
    last = {};
  const value = () => props.value || {};
  const found = () => value().found || [];
  const key = () => glassbox.sceneOf(root);
  const percent = (share) => `${number(100 * share, share < 0.1 ? 1 : 0)}\u00a0%`;

  function choose(face, tell) {
    if (face < 0 || face >= found().length) return;
    chosen = face;
    show();
    if (tell) trigger("select", { face: face + 1 });
  }
  sheet.addEventListener("click", (event) => {
    const { columns } = value();
    const [row, column] = glassbox.cellUnder(canvas, event, (columns * canvas.height) / canvas.width, columns);
    choose(row * columns + column, true);
  });

  function show() {
    const { columns, titles = [], trained_on: count } = value(), its = found()[chosen];
    if (!its || !picture) return;
    const side = picture.naturalWidth / columns, rows = Math.ceil(found().length / columns);
    [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
    canvas.getContext("2d").drawImage(picture, 0, 0);
    const across = chosen % columns, down = Math.floor(chosen / columns);
    mark.style.cssText =
      `left:${(100 * across) / columns}%;top:${(100 * down) / rows}%;` +
      `width:${100 / columns}%;height:${100 / rows}%`;
    mark.hidden = found().length < 2;
    own.width = own.height = side;
    own.getContext("2d").drawImage(picture, across * side, down * side, side, side, 0, 0, side, side);
    title.textContent = titles[chosen];
    root.dataset.face = chosen + 1;
    verdict.classList.toggle("copied", its.copied);
    const few = its.closer ? `only ${percent(its.closer)} are` : "none is";
    const closer = its.copied ? few : `${percent(its.closer)} are`;
    const distance = its.distance.toFixed(2), [one, ones] = [`face ${chosen + 1}`, count.toLocaleString("en")];
    verdict.replaceChildren(
      el("b", {}, its.copied ? "As near as a copy." : "No copy."),
      ` Of all ${ones} training faces the nearest to ${found().length > 1 ? one : "it"} is ${distance} away. `,
      `Of real faces that were held back, ${closer} nearer than that to a training face.`,
    );
    const cells = its.nearest.map(({ character, distance }) => {
      const thumb = el("span", { class: "gb-thumb", hidden: true });
      return {
        thumb,
        node: el(
          "figure",
          {},
          thumb,
          el("figcaption", {}, el("b", {}, distance.toFixed(2)), ` ${character}`),
        ),
      };
    });
    row.replaceChildren(...cells.map(({ node }) => node));
    fill(its, cells);
    hill();
  }

  /** The training faces themselves, where the server's machine has them. */
  async function fill({ nearest }, cells) {
    const now = (asked += 1);
    const got = await server.training_faces({ indices: nearest.map(({ index }) => index) });
    if (now !== asked) return;
    note.textContent = got.error
      ? "The training faces are stills of a copyrighted show and do not travel with the app: only their features do."
      : "";
    got.pictures?.forEach((src, i) => {
      cells[i].thumb.replaceChildren(el("img", { src, alt: `Training face: ${nearest[i].character}` }));
      cells[i].thumb.hidden = false;
    });
  }

  /** Right of its line, or where that is too narrow, ending at the right edge. */
  const limitPlace = (x, width, size) =>
    x + 6 + 0.56 * size * LIMIT.length < width ? { x: x + 6 } : { x: width - 2, "text-anchor": "end" };
  const svg = (tag, attributes, text = null) => {
    const node = document.createElementNS(SVG, tag);
    for (const [name, one] of Object.entries(attributes)) node.setAttribute(name, one);
    if (text !== null) node.textContent = text;
    return node;
  };
  /** The distribution of real new faces' distances, and a mark for each face that is asked about. */
  function hill() {
    const width = plot.clientWidth, height = plot.clientHeight, { held_back: real = [], threshold } = value();
    if (!width || !real.length) return;
    const share = document.body.classList.contains("gb-lecture") ? 1 : 0.85;
    const size = share * parseFloat(getComputedStyle(document.documentElement).fontSize);
    const top = 7.2 * size, // above it the limit's name, and two rows of marks
      bottom = height - 2.9 * size;
    const most = 1.04 * Math.max(real[real.length - 1], ...found().map(({ distance }) => distance));
    const sx = (distance) => 8 + ((width - 16) * distance) / most;
    const counts = Array(BINS).fill(0);
    for (const distance of real) counts[Math.min(BINS - 1, Math.floor((BINS * distance) / most))] += 1;
    const tallest = Math.max(...counts),
      picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    picture.style.fontSize = `${size}px`;
    counts.forEach((count, i) => {
      const tall = Math.max(0, ((bottom - top - 1.8 * size) * count) / tallest);
      picture.append(
        svg("rect", {
          class: "bar",
          x: sx((i * most) / BINS) + 1,
          y: bottom - tall,
          width: Math.max(1, (width - 16) / BINS - 2),
          height: tall,
          rx: 2,
        }),
      );
    });
    const tall = Math.max(0, bottom - top);
    picture.append(
      svg("rect", { class: "close", x: sx(0), y: top, width: sx(threshold) - sx(0), height: tall }),
      svg("line", { class: "base", x1: sx(0), x2: sx(most), y1: bottom, y2: bottom }),
      svg("line", { class: "limit", x1: sx(threshold), x2: sx(threshold), y1: 0.2 * size, y2: bottom }),
      svg("text", { ...limitPlace(sx(threshold), width, size), y: size, class: "limit-name" }, LIMIT),
      svg(
        "text",
        { x: sx(most), y: height - 0.3 * size, "text-anchor": "end" },
        "distance to the nearest training face",
      ),
    );
    for (let i = 0; i <= most; i += 1)
      picture.append(
        svg("text", { x: sx(i), y: bottom + 1.3 * size, "text-anchor": i ? "middle" : "start" }, i),
      );
    // Marks that would cover each other: the next goes to the second row, then the third aside.
    const rows = [-Infinity, -Infinity], places = {};
    const order = found()
      .map(({ distance }, i) => [sx(distance), i])
      .sort(([one], [other]) => one - other);
    for (const [x, i] of order) {
      const row = rows[0] > x - 2.2 * size && rows[1] < rows[0] ? 1 : 0;
      rows[row] = Math.max(x, rows[row] + 2.2 * size);
      places[i] = [rows[row], top - (1.5 + 2.3 * row) * size];
    }
    const later = order.filter(([, i]) => i !== chosen).concat(order.filter(([, i]) => i === chosen));
    for (const [x, i] of later) picture.append(stick(i, x, places[i], size, bottom));
    plot.replaceChildren(picture);
    plot.setAttribute(
      "aria-label",
      `Distances to the nearest training face: ${real.length} real new faces, and those asked about`,
    );
  }
  /** A mark at its place, and a line from there to x. */
  function stick(i, x, [cx, cy], size, bottom) {
    const group = svg("g", { class: i === chosen ? "stick chosen" : "stick" });
    group.append(
      svg("path", { d: `M${cx},${cy + size}L${x},${cy + 1.5 * size + Math.abs(cx - x)}V${bottom}` }),
      svg("circle", { cx, cy, r: size }),
      svg("text", { x: cx, y: cy, "text-anchor": "middle", "dominant-baseline": "central" }, i + 1),
    );
    group.addEventListener("click", () => choose(i, true));
    return group;
  }

  async function draw() {
    const { faces, done } = value();
    if (!faces) return;
    const image = await glassbox.picture(faces);
    if (faces !== value().faces) return;
    picture = image;
    drawn = faces;
    const answer = [value().titles, value().found], { run } = value();
    again.textContent = last.run !== undefined && last.run !== run && alike(last.answer, answer) && done
      ? "Asked once more: the same faces, and the same answer." : "";
    if (run !== last.run) [verdict.style.animation, last] = ["none", { run, answer }];
    requestAnimationFrame(() => { verdict.style.animation = ""; }); // and it lights up anew
    root.dataset.run = run;
    root.classList.toggle("running", !done);
    chosen = Math.min(Math.max(0, chosenNow()), found().length - 1);
    show();
  }
  const chosenNow = () => Number(glassbox.links.state(key())?.face || chosen + 1) - 1;
  draw();
  watch("value", draw);
  document.addEventListener("glassbox:state", ({ detail }) => {
    if (detail.key === key() && drawn && chosenNow() !== chosen) choose(chosenNow(), false);
  });
  new ResizeObserver(hill).observe(plot);
  document.addEventListener("glassbox:lecture", () => requestAnimationFrame(hill));
  const later = glassbox.drawnWhenSet(root, ["face"]);
  /** A picture was uploaded or taken away: what is asked about then. To the state one is like the other. */
  glassbox.uploadedToAskAbout = (photo, source) => {
    const next = photo ? "photo" : source;
    if (next === "photo") later();
    return next;
  };
};
