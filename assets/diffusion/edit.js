// Edits by the denoiser: a picture redrawn from some noise, filled in under a mask, faces walked from seed to seed.
(() => {
  const { el, views, number } = glassbox;
  const SIDE = 32, LONGEST_STRIP = 12, MOMENTS = 5;
  // Controls of one mode only, by their names in links; the others hold for all of them.
  const OWN = {
    redraw: ["source", "number", "photo", "frame", "strength"],
    fill: ["on", "face", "photo", "frame", "mask", "variants"],
    walk: ["other", "stops", "way", "amount"],
  };

  // What lies under the mask, and whether anything is painted
  const under = { src: "", image: null, empty: false, listeners: new Set() };

  const figure = (name, words) => {
    const canvas = el("canvas", { class: "gb-pixels", role: "img", "aria-label": words });
    const caption = el("span", {}, words);
    return {
      canvas,
      caption,
      node: el("figure", { class: `gb-run-part ${name}` }, el("figcaption", {}, caption), canvas),
    };
  };
  const corner = (about, face) => ({
    x: (face % about.columns) * SIDE,
    y: Math.floor(face / about.columns) * SIDE,
    side: SIDE,
  });
  /** Draw one face of a step's sheet on a canvas of its own. */
  function paintFace(film, canvas, part, step, about, face) {
    [canvas.width, canvas.height] = [SIDE, SIDE];
    film.paint(canvas, part, step, { ...corner(about, face), to: [0, 0, SIDE, SIDE] });
  }
  async function paintPicture(canvas, uri) {
    const image = await glassbox.picture(uri);
    [canvas.width, canvas.height] = [SIDE, SIDE];
    canvas.getContext("2d").drawImage(image, 0, 0, SIDE, SIDE);
  }
  const spread = (count, most) => {
    const wanted = Math.min(count, most);
    return [
      ...new Set(
        Array.from({ length: wanted }, (_, i) => Math.round((i * (count - 1)) / Math.max(1, wanted - 1))),
      ),
    ];
  };
  const finished = (about) => about.done && !about.stopped;
  const where = (about, film, step) => {
    const last = film.frames().length - 1, frame = film.frames()[step];
    const t = `x at t = ${number(frame.t, 0)}`;
    if (!about.done || step !== last) return t;
    return about.stopped
      ? `${t}: stopped in step ${last + 1} of ${about.total}`
      : `after ${last} step${last === 1 ? "" : "s"}`;
  };

  /** What all three have in common: a run's values are taken in, and the player follows them. */
  const all = (film) => film.frames().length;
  function follow({ root, props, watch, server }, { resized, show, label, count = all, text }) {
    const film = glassbox.runFilm(server.missed);
    const held = { film, about: {}, player: null };
    held.player = glassbox.transport({
      count: 0,
      show: (step) => held.about.run !== undefined && show(step),
      label,
      rate: 6,
      ...(text ? { text } : {}),
    });
    async function take() {
      const value = props.value;
      if (!value?.frames) return;
      const last = count(film, held.about) - 1, following = held.player.at() >= last;
      const other = await film.take(value);
      held.about = { ...value };
      root.classList.toggle("running", !value.done);
      root.dataset.run = value.run;
      resized?.();
      const total = count(film, held.about);
      held.player.resize(total, other || following ? total - 1 : held.player.at());
    }
    queueMicrotask(take); // once the caller holds what is returned
    watch("value", take);
    return held;
  }

  views["diffusion/edit-redraw"] = (parts) => {
    const { root } = parts;
    const before = figure("before", "Before"),
      noised = figure("noised", "Noised"),
      after = figure("after", "After");
    const strip = el("canvas", {
      class: "gb-run-strip",
      role: "img",
      "aria-label": "The way, step by step: what the network sees, and what it takes to be in there",
    });
    const mark = el("span", { class: "gb-strip-mark", "aria-hidden": "true" }),
      box = el("div", { class: "gb-strip-box" }, strip, mark);
    let columns = [];
    const held = follow(parts, {
      label: parts.props.label,
      resized() {
        const { film, about } = held, rows = ["x", "x0"];
        columns = spread(film.frames().length, LONGEST_STRIP);
        [strip.width, strip.height] = [columns.length * SIDE, rows.length * SIDE];
        root.style.setProperty("--columns", columns.length);
        columns.forEach((step, i) =>
          rows.forEach((part, row) =>
            film.paint(strip, part, step, { x: 0, y: 0, side: SIDE, to: [i * SIDE, row * SIDE, SIDE, SIDE] }),
          ),
        );
        paintPicture(before.canvas, about.picture);
        paintFace(film, noised.canvas, "x", 0, about, 0);
        noised.caption.textContent = `Noised to t = ${number(film.frames()[0].t, 0)}`;
      },
      show(step) {
        const { film, about } = held;
        paintFace(film, after.canvas, "x", step, about, 0);
        after.caption.textContent = `${about.characters[0]}, ${where(about, film, step)}`;
        const at = columns.findLastIndex((column) => column <= step);
        mark.style.cssText = `left:${(100 * at) / columns.length}%;width:${100 / columns.length}%`;
        root.dataset.step = step;
      },
    });
    box.addEventListener("click", (event) => {
      held.player.go(columns[glassbox.cellUnder(strip, event, 1, columns.length)[1]]);
    });
    root.append(
      el("div", { class: "gb-run-parts gb-edit-three" }, before.node, noised.node, after.node),
      held.player.node,
      el(
        "p",
        { class: "gb-caption" },
        "Above, what the network sees on the way; below, the face it takes to be in there.",
      ),
      box,
    );
    glassbox.drivable(root, held.player);

    const scene = () => root.closest(".gb-scene");
    const key = () => glassbox.sceneOf(root);
    const show = () => { if (scene()) scene().dataset.mode = glassbox.links.state(key())?.mode || "redraw"; };
    document.addEventListener("glassbox:state", ({ detail }) => detail.key === key() && show());
    setTimeout(show, 0);
    const aside = ({ mode }) =>
      Object.entries(OWN)
        .flatMap(([name, own]) => (name === mode ? [] : own.filter((one) => !OWN[mode]?.includes(one))))
        .concat("mode");
    const later = glassbox.drawnWhenSet(root, aside, ({ mode }) => mode);
    /** A photo of the user's own leaves no trace in the state: where it is what counts, the run is drawn anew. */
    glassbox.photoChanged = () => {
      const { mode, source, on, photo } = glassbox.links.state(key()) || {};
      if (photo === "" && { redraw: source, fill: on }[mode] === "photo") later();
    };
  };

  views["diffusion/edit-fill"] = (parts) => {
    const { root } = parts, sheet = el("div", { class: "gb-variants" }), words = el("p", { class: "gb-caption" });
    let cells = [];
    const held = follow(parts, {
      label: parts.props.label,
      resized() {
        if (cells.length === held.about.seeds.length) return;
        cells = held.about.seeds.map(() => figure("variant", ""));
        sheet.replaceChildren(...cells.map(({ node }) => node));
      },
      show(step) {
        const { film, about } = held;
        cells.forEach(({ canvas, caption }, i) => {
          paintFace(film, canvas, "x", step, about, i);
          caption.textContent = `Seed ${about.seeds[i]}`;
          canvas.setAttribute("aria-label", `Seed ${about.seeds[i]}`);
        });
        const kept =
          about.painted === SIDE * SIDE
            ? "everything is painted: nothing of the picture stays"
            : `${about.painted} of ${SIDE * SIDE} pixels drawn anew, the others exactly as they were`;
        words.textContent = `${about.characters[0]}, ${where(about, film, step)}; ${kept}.`;
        root.dataset.step = step;
      },
    });
    const nothing = el("p", { class: "gb-nothing", role: "status", hidden: true },
      "Nothing is painted: the picture stays as it is. Paint what is to be drawn anew.");
    root.append(sheet, held.player.node, words, nothing);
    glassbox.drivable(root, held.player);
    // A mask of nothing is a state: no variants of another mask beside it, and nothing to be drawn.
    const painted = () => {
      root.classList.toggle("nothing", under.empty);
      nothing.hidden = !under.empty;
      const button = root.closest(".gb-scene")?.querySelector(".gb-draw.gb-edit-fill");
      if (button) button.disabled = under.empty;
    };
    under.listeners.add(painted);
    painted();
  };

  /** Which stop of a walk that is, in words. */
  function stopName({ way, amount, seeds }, stop) {
    const count = seeds.length, share = Math.round((100 * stop) / Math.max(1, count - 1));
    if (way === "in a circle") return stop ? `${number((360 * stop) / count, 0)}° of the circle` : "the first seed's";
    if (way === "around it") return stop ? `${number(100 * amount, 0)} % of another noise mixed in` : "the seed's";
    if (way === "poked") return stop ? "poked in the frame" : "as it was";
    return { [count - 1]: "the last seed's", 0: "the first seed's" }[stop] ?? `${share} % of the way`;
  }

  const reading = el("canvas", { width: SIDE, height: SIDE }).getContext("2d", { willReadFrequently: true });
  /** How far two faces (canvases of one size) differ inside a region and outside: means, in grey levels. */
  function change(one, other, { x, y, width, height }) {
    const [a, b] = [one, other].map((canvas) => {
      reading.drawImage(canvas, 0, 0);
      return reading.getImageData(0, 0, SIDE, SIDE).data;
    });
    const sums = { inside: [0, 0], outside: [0, 0] };
    for (let i = 0; i < SIDE * SIDE; i += 1) {
      const [column, row] = [i % SIDE, Math.floor(i / SIDE)];
      const held = column >= x && column < x + width && row >= y && row < y + height;
      const sum = sums[held ? "inside" : "outside"];
      sum[0] += [0, 1, 2].reduce((total, k) => total + Math.abs(a[4 * i + k] - b[4 * i + k]) / 3, 0);
      sum[1] += 1;
    }
    return Object.fromEntries(Object.entries(sums).map(([name, [total, count]]) => [name, count ? total / count : 0]));
  }

  // From seed to seed: the player goes along the faces; the table has them all, at some of the steps.
  views["diffusion/edit-walk"] = (parts) => {
    const { root } = parts,
      large = figure("stop", "");
    const table = el("canvas", {
      class: "gb-run-strip",
      role: "img",
      "aria-label": "All faces: noise above, faces below",
    });
    const mark = el("span", { class: "gb-strip-mark", "aria-hidden": "true" }),
      box = el("div", { class: "gb-strip-box" }, table, mark);
    const times = el("div", { class: "gb-walk-times" });
    const poked = el("span", { class: "gb-poked", "aria-hidden": "true", hidden: true });
    const before = el("canvas", { width: SIDE, height: SIDE });
    const told = el("p", { class: "gb-caption gb-poked-words", "aria-live": "polite" });
    large.canvas.replaceWith(el("div", { class: "gb-poked-box" }, large.canvas.cloneNode(), poked));
    large.canvas = large.node.querySelector("canvas");

    /** Where the noise was changed, and how much of the face did. */
    function frame(part, last, stop) {
      const { film, about } = held, region = about.regions?.[stop - 1];
      poked.hidden = !region;
      told.textContent = "";
      if (!region) return;
      const share = (value) => `${(100 * value) / SIDE}%`;
      poked.style.cssText = `left:${share(region.x)};top:${share(region.y)};` +
        `width:${share(region.width)};height:${share(region.height)}`;
      paintFace(film, before, part, last, about, 0);
      const { inside, outside } = change(before, large.canvas, region);
      const [here, there] = [inside, outside].map((value) => number(value, 0));
      told.textContent = `Changed by ${here} grey levels inside the frame, by ${there} outside`;
    }
    const stops = () => held.about.seeds?.length || 0;
    const held = follow(parts, {
      label: parts.props.label,
      count: (film, about) => about.seeds?.length || 0,
      text: (stop, total) => `${stop + 1} / ${total}`,
      resized() {
        const { film, about } = held, last = film.frames().length - 1;
        // While the run goes on the rows to come stay empty; noise is above, faces are below.
        const rows = spread(about.total + 1, MOMENTS);
        [table.width, table.height] = [stops() * SIDE, rows.length * SIDE];
        root.style.setProperty("--shape", stops() / rows.length);
        rows.forEach((step, row) => {
          if (step <= last || (finished(about) && row === rows.length - 1)) {
            about.seeds.forEach((_, i) =>
              film.paint(table, "x", Math.min(step, last), {
                ...corner(about, i),
                to: [i * SIDE, row * SIDE, SIDE, SIDE],
              }),
            );
          }
        });
        times.replaceChildren(
          ...rows.map((step) =>
            el(
              "span",
              {},
              step === about.total
                ? finished(about)
                  ? "faces"
                  : ""
                : step <= last
                  ? `t = ${number(film.frames()[step].t, 0)}`
                  : "",
            ),
          ),
        );
      },
      show(stop) {
        const { film, about } = held, last = film.frames().length - 1;
        const part = finished(about) ? "x" : "x0";
        paintFace(film, large.canvas, part, last, about, stop);
        frame(part, last, stop);
        const place = stopName(about, stop);
        const guess = finished(about) ? "" : `; guessed at t = ${number(film.frames()[last].t, 0)}`;
        large.caption.textContent = `${about.characters[0]}, ${place}${guess}`;
        mark.style.cssText = `left:${(100 * stop) / stops()}%;width:${100 / stops()}%`;
        root.dataset.stop = stop;
      },
    });
    box.addEventListener("click", (event) => {
      held.player.go(glassbox.cellUnder(table, event, 1, stops())[1]);
    });
    root.append(
      el(
        "div",
        { class: "gb-seed-walk-parts" },
        large.node,
        el("div", { class: "gb-walk-table" }, times, box),
      ),
      told,
      held.player.node,
    );
    glassbox.drivable(root, held.player);
  };

  // The picture under the mask
  views["diffusion/edit-ground"] = ({ props, watch }) => {
    const take = async () => {
      if (!props.value?.src) return;
      const { src } = props.value;
      under.src = src;
      const image = await glassbox.picture(src);
      if (under.src !== src) return;
      under.image = image;
      under.listeners.forEach((listener) => listener());
    };
    take();
    watch("value", take);
  };

  // A mask to paint, 32 x 32 cells: by mouse, pen or finger; by keys: arrows move a cell, the space bar turns it
  views["diffusion/edit-mask"] = ({ root, props, watch }) => {
    const PIXELS = 12,
      BRUSHES = [1, 3, 5, 9];
    const canvas = el("canvas", {
      width: PIXELS * SIDE,
      height: PIXELS * SIDE,
      tabindex: 0,
      "data-keys": true,
      role: "application",
      "aria-label": `${props.label}: paint with the mouse or a finger; arrow keys move a cell, the space bar turns it`,
    });
    const tool = (words, action) =>
      el("button", { type: "button", class: "gb-step gb-save", onclick: action }, words);
    const erase = el(
      "button",
      {
        type: "button",
        class: "gb-step gb-save",
        "aria-pressed": "false",
        onclick: () => erase.setAttribute("aria-pressed", String(!erasing())),
      },
      "Erase",
    );
    const erasing = () => erase.getAttribute("aria-pressed") === "true";
    const size = el(
      "select",
      { class: "gb-speed", "aria-label": "Brush" },
      BRUSHES.map((one) => el("option", { value: one, selected: one === 5 }, `Brush ${one}`)),
    );
    root.append(
      el("p", { class: "gb-mask-title" }, "Paint what is to be drawn anew"),
      el("div", { class: "gb-mask-stage" }, canvas),
      el(
        "div",
        { class: "gb-mask-tools" },
        size,
        erase,
        tool("Clear", () => put(() => 0)),
        tool("Invert", () => put((_, cell) => 1 - cell)),
      ),
    );
    let cells = new Uint8Array(SIDE * SIDE),
      written = "",
      last = null,
      cursor = [16, 16];

    function draw() {
      if (under.empty === cells.some(Boolean)) {
        under.empty = !under.empty;
        under.listeners.forEach((listener) => listener !== draw && listener());
      }
      const context = canvas.getContext("2d");
      context.imageSmoothingEnabled = false;
      context.clearRect(0, 0, canvas.width, canvas.height);
      if (under.image) context.drawImage(under.image, 0, 0, canvas.width, canvas.height);
      const style = getComputedStyle(root);
      context.fillStyle = style.getPropertyValue("--gb-accent").trim();
      context.globalAlpha = 0.72;
      cells.forEach(
        (cell, i) =>
          cell && context.fillRect((i % SIDE) * PIXELS, Math.floor(i / SIDE) * PIXELS, PIXELS, PIXELS),
      );
      context.globalAlpha = 1;
      if (document.activeElement === canvas && canvas.matches(":focus-visible")) {
        context.strokeStyle = style.getPropertyValue("--gb-mark").trim();
        context.lineWidth = 3;
        context.strokeRect(cursor[1] * PIXELS + 1, cursor[0] * PIXELS + 1, PIXELS - 2, PIXELS - 2);
      }
    }
    const rows = () => Array.from({ length: SIDE }, (_, i) => cells.slice(i * SIDE, (i + 1) * SIDE).join(""));
    function write() {
      const text = rows().join("");
      if (text === written) return;
      written = text;
      props.value = rows();
    }
    function put(of) {
      cells = cells.map((cell, i) => of(i, cell));
      draw();
      write();
    }
    /** A dab of the brush, round, around a cell. */
    function dab([row, column]) {
      const radius = Number(size.value) / 2;
      for (let i = 0; i < SIDE * SIDE; i += 1) {
        if (Math.hypot(Math.floor(i / SIDE) - row, (i % SIDE) - column) < radius) cells[i] = erasing() ? 0 : 1;
      }
    }
    const at = (event) => glassbox.cellUnder(canvas, event, SIDE, SIDE);
    /** A stroke from the last cell to this one, without gaps. */
    function stroke(to) {
      const steps = Math.max(1, Math.abs(to[0] - last[0]), Math.abs(to[1] - last[1]));
      for (let i = 0; i <= steps; i += 1)
        dab([0, 1].map((axis) => Math.round(last[axis] + ((to[axis] - last[axis]) * i) / steps)));
      last = to;
      draw();
    }
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      canvas.setPointerCapture(event.pointerId);
      last = at(event);
      stroke(last);
    });
    canvas.addEventListener(
      "pointermove",
      (event) => last && canvas.hasPointerCapture(event.pointerId) && stroke(at(event)),
    );
    for (const end of ["pointerup", "pointercancel"])
      canvas.addEventListener(end, () => {
        last = null;
        write();
      });
    canvas.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      if (glassbox.modified(event) || !(move || event.key === " ")) return;
      event.preventDefault();
      event.stopPropagation();
      if (move) cursor = cursor.map((value, axis) => Math.max(0, Math.min(SIDE - 1, value + move[axis])));
      else {
        cells[cursor[0] * SIDE + cursor[1]] ^= 1;
        write();
      }
      draw();
    });
    canvas.addEventListener("focus", draw);
    canvas.addEventListener("blur", draw);
    function read() {
      const text = (props.value || []).join("");
      if (text === written || text.length !== SIDE * SIDE) return;
      written = text;
      cells = Uint8Array.from(text, Number);
      draw();
    }
    under.listeners.add(draw);
    document.addEventListener("glassbox:theme", draw);
    watch("value", read);
    read();
    draw();
  };
})();
