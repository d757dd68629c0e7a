// The latent plane: one marker over one or several planes, and what each decoder makes of it.
// value: see `/plane` in demos/vae/plane. `latent-place` holds the marker for the link.
(() => {
  const { el, fixed, views, number } = glassbox;
  const SLOW = 60; // ms: where the server's answer takes longer, the sheet's pictures stand in for it
  const REST = 250; // ms without a move until the link is written: browsers refuse to do that too often

  // What the scene's two views share: the marker, as shares of half a plane's side, and the look.
  const shared = { at: { x: 0, y: 0 }, extent: 3, look: "both" };
  const { tell, hear } = glassbox.channel();
  /** Decimals of a coordinate: planes that reach far have no room for more, and no use. */
  const decimals = (extent) => (extent > 10 ? 1 : 2);
  const held = (share) => Math.round(Math.max(-1, Math.min(1, share)) * 1e4) / 1e4;
  const put = (x, y) => {
    shared.at = { x: held(x), y: held(y) };
    tell("moved");
  };
  glassbox.latentPlane = { look: (look) => { shared.look = look; tell("look"); } };

  /** A plane with its decoded picture and what is known of it, below or beside it. */
  function cell({ model, title, extent }) {
    const map = glassbox.plane({
      label: `${title}: latent plane from −${extent} to ${extent}`,
      extent,
      move: ([x, y]) => put(x / extent, y / extent),
    });
    const canvas = el("canvas", { class: "gb-decoded", width: 28, height: 28, role: "img" });
    const z = el("output", { class: "gb-z" }, el("span", {}, "z = "), el("span", { class: "gb-z-numbers" }));
    const near = el("canvas", { width: 28, height: 28, "aria-hidden": "true" });
    const nearest = el("p", { class: "gb-nearest" });
    const heading = el("h3", {}, title),
      seen = el("p", { class: "gb-shape" });
    const node = el(
      "section",
      { class: "gb-plane-cell", "data-model": model },
      el("header", {}, heading, seen),
      map.node,
      el(
        "div",
        { class: "gb-made-here" },
        canvas,
        el("div", { class: "gb-facts-here" }, z, el("div", { class: "gb-near" }, near, nearest)),
      ),
    );
    return { node, map, canvas, z, near, nearest, seen, sheet: null, points: null };
  }

  views["vae/plane"] = ({ root, props, watch, server }) => {
    const grid = el("div", { class: "gb-planes" }), caption = el("p", { class: "gb-caption", role: "status" });
    const legend = glassbox.legend(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    const cells = new Map(); // by model and extent: canvases are kept, not made again
    let shown = [], busy = false, again = false, lag = Infinity;
    root.append(legend, grid, caption);

    const latent = (plane) => [shared.at.x * plane.extent, shared.at.y * plane.extent];

    function look() {
      for (const { view } of shown) {
        view.map.set({
          sheet: shared.look === "digits" ? null : view.sheet,
          points: shared.look === "sheet" ? null : view.points,
        });
      }
      legend.hidden = shared.look === "sheet";
    }

    async function draw() {
      const { planes = [], labels = [], steps = 20 } = props.value || {};
      if (!planes.length) return;
      shown = planes.map((plane) => {
        const key = `${plane.model} ${plane.extent}`;
        if (!cells.has(key)) cells.set(key, cell(plane));
        const view = cells.get(key);
        view.points = { at: plane.points, labels };
        view.seen.textContent = `±${number(plane.extent)} · ${(100 * plane.seen).toFixed(1)} % of `
          + `${plane.points.length.toLocaleString("en")} digits`;
        return { plane, view, steps };
      });
      const now = shown;
      grid.dataset.count = planes.length;
      glassbox.fill(grid, ...shown.map(({ view }) => view.node));
      shared.extent = planes[0].extent;
      tell("extent");
      look();
      moved();
      await Promise.all(now.map(async ({ plane, view }) => { view.sheet = await glassbox.picture(plane.sheet); }));
      if (now === shown) look();
    }

    /** At once, from the sheet: its four pictures around the marker, each as strong as it is near. */
    function preview({ plane, view, steps }) {
      if (!view.sheet) return;
      const side = view.sheet.naturalWidth / steps, context = view.canvas.getContext("2d");
      const across = Math.max(0, Math.min(steps - 1, ((shared.at.x + 1) / 2) * steps - 0.5));
      const down = Math.max(0, Math.min(steps - 1, ((1 - shared.at.y) / 2) * steps - 0.5));
      context.globalCompositeOperation = "source-over";
      context.fillStyle = "#000";
      context.fillRect(0, 0, 28, 28);
      context.globalCompositeOperation = "lighter";
      for (const column of [Math.floor(across), Math.ceil(across)].filter((one, i, all) => !i || one !== all[0])) {
        for (const row of [Math.floor(down), Math.ceil(down)].filter((one, i, all) => !i || one !== all[0])) {
          context.globalAlpha = (1 - Math.abs(across - column)) * (1 - Math.abs(down - row));
          context.drawImage(view.sheet, column * side, row * side, side, side, 0, 0, 28, 28);
        }
      }
      context.globalAlpha = 1;
      context.globalCompositeOperation = "source-over";
      view.node.dataset.shown = "sheet"; // and what was nearest elsewhere is hidden by it
      tellWhere(plane, view);
    }

    function tellWhere(plane, view) {
      const text = latent(plane).map((value) => fixed(value, decimals(plane.extent)))
        .join(", ");
      view.z.lastChild.textContent = `(${text})`;
      view.canvas.setAttribute("aria-label", `The image decoded at z = (${text})`);
    }

    /** What is exact at one place; of `pictures` its column holds what is decoded and, below, the nearest digit. */
    function paint({ plane, view }, spot, pictures, column) {
      [view.canvas, view.near].forEach((canvas, row) =>
        canvas.getContext("2d").drawImage(pictures, 28 * column, 28 * row, 28, 28, 0, 0, 28, 28));
      view.nearest.replaceChildren(
        `Nearest digit: ${spot.nearest.label === 8 ? "an" : "a"} `,
        el("b", {}, String(spot.nearest.label)),
        `, ${spot.nearest.distance.toFixed(2)} away`,
      );
      view.node.dataset.shown = "exact";
      view.node.dataset.z = spot.z.join(" ");
      tellWhere(plane, view);
    }

    /** The exact pictures: one request at a time, always for the newest place. */
    async function ask() {
      again = true;
      if (busy) return;
      busy = true;
      while (again) {
        again = false;
        const now = shown, start = performance.now();
        const late = setTimeout(() => {
          lag = Infinity;
          shown.forEach(preview);
        }, SLOW);
        const { spots, pictures, error } = await server.decode_points({
          places: now.map(({ plane }) => [plane.model, latent(plane)]),
        });
        clearTimeout(late);
        lag = error ? Infinity : performance.now() - start;
        caption.textContent = error ? `${error} These pictures are mixed from the sheet's.` : "";
        if (error) shown.forEach(preview);
        else if (now === shown) {
          const ready = await glassbox.picture(pictures);
          now.forEach((each, i) => paint(each, spots[i], ready, i));
        }
      }
      busy = false;
    }

    function moved() {
      if (shown.length) ask(); // first, and the markers are drawn while the server decodes
      for (const each of shown) {
        each.view.map.set({ marker: latent(each.plane) });
        if (lag > SLOW) preview(each);
      }
    }

    draw();
    watch("value", draw);
    hear("moved", moved);
    hear("look", look);
  };

  views["vae/plane-place"] = ({ root, props, watch }) => {
    let written = "";
    const field = (name, change) =>
      el("input", {
        type: "number",
        step: "any",
        "aria-label": `Marker: ${name}`,
        onchange: (event) => {
          const value = event.target.valueAsNumber / shared.extent;
          if (Number.isFinite(value)) change(value);
          show();
    } });
    const first = field("z₁", (x) => put(x, shared.at.y)), second = field("z₂", (y) => put(shared.at.x, y));
    root.append(el("span", { class: "gb-map-title" }, props.label),
      el("div", { class: "gb-fields" }, el("label", {}, "z₁", first), el("label", {}, "z₂", second)));

    function show() {
      const digits = shared.extent > 10 ? 1 : 3;
      first.value = Number((shared.at.x * shared.extent).toFixed(digits));
      second.value = Number((shared.at.y * shared.extent).toFixed(digits));
    }
    const write = glassbox.resting(() => {
      const text = JSON.stringify(shared.at);
      if (text === written) return;
      written = text;
      props.value = { ...shared.at };
    }, REST);
    function read() {
      const text = JSON.stringify(props.value);
      if (!props.value || text === written) return;
      written = text;
      write.cancel();
      put(props.value.x, props.value.y);
    }
    hear("moved", () => {
      show();
      write();
    });
    hear("extent", show);
    watch("value", read);
    read();
  };
})();
