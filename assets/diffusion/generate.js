// A denoising run: sheets of x_t, of the guess of x_0 and of the predicted noise in step, and the film of one face.
// value: see `/generate` in demos/diffusion/generate.py. Steps arrive one by one, at the end what came of them.
(() => {
  const { el, views, number } = glassbox;
  const SIDE = 32; // pixels of a face
  const PARTS = [
    ["x", "x", "t", "What the network sees"],
    ["x0", "x̂", "0", "Its guess of the face"],
    ["noise", "ε̂", "", "Its guess of the noise"],
  ];
  const LONGEST_FILM = 14;

  const symbol = ([, letter, index]) => `<i>${letter}</i>${index ? `<sub>${index}</sub>` : ""}`;

  views["diffusion/generate"] = ({ root, props, watch, server, trigger }) => {
    const film = glassbox.runFilm(server.missed);
    let chosen = 0, about = props.value || {};
    const panels = PARTS.map((part) => {
      const canvas = el("canvas", { role: "img", "aria-label": part[3] });
      const frame = el("span", { class: "gb-face-frame", "aria-hidden": "true" });
      const sheet = el("div", { class: "gb-face-sheet" }, canvas, frame);
      sheet.addEventListener("click", (event) => {
        const columns = about.columns || 1;
        const [row, column] = glassbox.cellUnder(canvas, event, (columns * canvas.height) / canvas.width, columns);
        choose(row * columns + column, true);
      });
      return {
        part,
        canvas,
        frame,
        sheet,
        node: el(
          "figure",
          { class: `gb-run-part ${part[0]}` },
          el("figcaption", {}, el("b", { html: symbol(part) }), el("span", {}, part[3])),
          sheet,
        ),
      };
    });
    const equation = el("p", { class: "gb-run-equation", "aria-live": "off" });
    const cost = el("p", { class: "gb-caption gb-run-cost" });
    const strip = el("canvas", { class: "gb-run-strip", role: "img", "aria-label": "One face, step by step" });
    const stripMark = el("span", { class: "gb-strip-mark", "aria-hidden": "true" });
    const stripTitle = el("p", { class: "gb-caption gb-strip-title" });
    const stripBox = el("div", { class: "gb-strip-box" }, strip, stripMark);
    const every = el("canvas", { class: "gb-run-strip", role: "img", "aria-label": "One face, every step" });
    const everyMark = el("span", { class: "gb-strip-mark", "aria-hidden": "true" });
    const everyBox = el("div", { class: "gb-every-step" }, el("div", { class: "gb-strip-box" }, every, everyMark));
    const player = glassbox.transport({ count: 0, show, label: props.label, rate: 6 });
    const save = el(
      "button",
      {
        type: "button",
        class: "gb-step gb-save",
        title: "Save the film of this face as a picture",
        onclick: () => savePicture(),
      },
      "PNG",
    );
    const saveFilm = el(
      "button",
      {
        type: "button",
        class: "gb-step gb-save",
        title: "Save all faces as a film",
        onclick: () => saveGif(),
      },
      "GIF",
    );
    player.node.append(saveFilm, save);
    root.append(
      el(
        "div",
        { class: "gb-run-parts" },
        panels.map(({ node }) => node),
      ),
      equation,
      player.node,
      cost,
      stripTitle,
      stripBox,
      everyBox,
    );
    glassbox.drivable(root, player);
    let columns = [], across = 1;

    const corner = (face) => ({
      x: (face % (about.columns || 1)) * SIDE,
      y: Math.floor(face / (about.columns || 1)) * SIDE,
      side: SIDE,
    });

    function choose(face, tell) {
      if (face < 0 || face >= (about.seeds || []).length) return;
      chosen = face;
      drawStrip();
      show(player.at());
      if (tell) trigger("select", { face: face + 1 });
    }
    const key = () => glassbox.sceneOf(root);
    /** The face that the scene's slider says, as far as there are so many. */
    const chosenNow = () =>
      Math.min(Number(glassbox.links.state(key())?.face || chosen + 1), (about.seeds || []).length) - 1;

    function show(step) {
      const frame = film.frames()[step];
      if (!frame) return;
      const { columns: across = 1, seeds = [] } = about, rows = Math.ceil(seeds.length / across);
      for (const { part, canvas, frame: mark, sheet } of panels) {
        film.paint(canvas, part[0], step);
        root.style.setProperty("--shape", across / rows);
        mark.style.cssText =
          `left:${(100 * (chosen % across)) / across}%;top:${(100 * Math.floor(chosen / across)) / rows}%;` +
          `width:${100 / across}%;height:${100 / rows}%`;
        mark.hidden = seeds.length < 2;
      }
      const end = step === film.frames().length - 1 && about.done;
      panels[2].sheet.classList.toggle("gone", end && !about.stopped); // the finished faces hold none
      const done = end && !about.stopped;
      const rate = (value) => value.toFixed(2);
      const share = (value, part) => `<b>${rate(value)}</b> ${symbol(part)}`;
      const mixed = `${share(frame.signal_rate, PARTS[1])} + ${share(frame.noise_rate, PARTS[2])}`;
      equation.innerHTML = done
        ? `<i>x</i><sub>0</sub>: no noise is left`
        : `<i>x</i><sub>t</sub> = ${mixed} <span>${end ? "stopped at" : "at"} t = ${number(frame.t, 0)}</span>`;
      const times = `${frame.evaluations} evaluation${frame.evaluations === 1 ? "" : "s"}`;
      const left = about.stopped ? `; stopped after ${film.frames().length} of ${about.total} steps` : "";
      cost.textContent = `${times} of the network for each face${why()}, ${frame.seconds.toFixed(1)}\u00a0s${left}`;
      root.dataset.step = step;
      markEvery();
      const column = columns.findLastIndex((at) => at <= step);
      stripMark.style.cssText = columns.length
        ? `left:${(100 * column) / columns.length}%;width:${100 / columns.length}%`
        : "display:none";
    }

    /** Why there are more evaluations than steps. */
    function why() {
      const { guided, method } = about;
      if (guided && method) {
        return ` (a step asks four times: ${method}'s method twice, guidance with and without a name)`;
      }
      if (guided) return " (guidance asks twice a step, with a name and without)";
      return method ? ` (${method}'s method asks twice a step, in the last one once)` : "";
    }

    /** Every step of the chosen face, in rows, each as large as the room allows. */
    function drawEvery() {
      const count = film.frames().length, { clientWidth: width, clientHeight: height } = everyBox;
      root.dataset.shows = glassbox.links.state(key())?.shows || "sheets";
      if (root.dataset.shows !== "steps" || !count || !width) return;
      const room = glassbox.bounded(root) ? height : Infinity;
      const cell = (wide) => Math.min(width / wide, room / Math.ceil(count / wide));
      across = Array.from({ length: count }, (_, i) => i + 1).reduce((a, b) => (cell(b) > cell(a) ? b : a));
      if (room === Infinity) across = Math.min(count, 6);
      const rows = Math.ceil(count / across);
      [every.width, every.height] = [across * SIDE, rows * SIDE];
      everyBox.firstChild.style.width = `${Math.floor(Math.min(cell(across), width / across) * across)}px`;
      for (let step = 0; step < count; step += 1) {
        const to = [(step % across) * SIDE, Math.floor(step / across) * SIDE, SIDE, SIDE];
        film.paint(every, "x", step, { ...corner(chosen), to });
      }
      markEvery();
    }
    function markEvery() {
      const rows = Math.ceil(film.frames().length / across), step = player.at();
      everyMark.style.cssText =
        `left:${(100 * (step % across)) / across}%;width:${100 / across}%;bottom:auto;` +
        `top:${(100 * Math.floor(step / across)) / rows}%;height:${100 / rows}%`;
    }
    everyBox.firstChild.addEventListener("click", (event) => {
      const [row, column] = glassbox.cellUnder(every, event, every.height / SIDE, across);
      const step = row * across + column;
      if (step < film.frames().length) player.go(step);
    });
    new ResizeObserver(() => drawEvery()).observe(everyBox);

    /** The chosen face at evenly spread steps: three rows, what was seen and what was predicted. */
    function drawStrip() {
      const count = film.frames().length;
      const wanted = Math.min(count, LONGEST_FILM);
      columns = [
        ...new Set(
          Array.from({ length: wanted }, (_, i) => Math.round((i * (count - 1)) / Math.max(1, wanted - 1))),
        ),
      ];
      root.style.setProperty("--columns", Math.max(1, columns.length));
      [strip.width, strip.height] = [Math.max(1, columns.length) * SIDE, PARTS.length * SIDE];
      const made = about.done && !about.stopped ? count - 1 : -1; // the finished face, in which no noise is left
      columns.forEach((step, i) =>
        PARTS.forEach(([name], row) =>
          (step === made && name === "noise") ||
          film.paint(strip, name, step, { ...corner(chosen), to: [i * SIDE, row * SIDE, SIDE, SIDE] }),
        ),
      );
      const { seeds = [], characters = [] } = about;
      stripTitle.innerHTML = seeds.length
        ? `<b>${characters[chosen]}</b>, seed ${seeds[chosen]}, from noise to face`
        : "";
      drawEvery();
    }
    stripBox.addEventListener("click", (event) => {
      const step = columns[glassbox.cellUnder(strip, event, 1, columns.length)[1]];
      if (step !== undefined) player.go(step);
    });

    function hand(blob, name) {
      const address = URL.createObjectURL(blob);
      el("a", { href: address, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
    }
    const name = (form) =>
      `glassbox-${(about.characters?.[chosen] || "face").toLowerCase().replaceAll(" ", "-")}` +
      `-seed-${about.seeds?.[chosen] ?? 0}.${form}`;
    function savePicture() {
      const large = el("canvas", { width: strip.width * 4, height: strip.height * 4 });
      const context = large.getContext("2d");
      context.imageSmoothingEnabled = false;
      context.drawImage(strip, 0, 0, large.width, large.height);
      large.toBlob((blob) => hand(blob, name("png")));
    }
    async function saveGif() {
      const frames = film.frames().map((_, step) => {
        const canvas = el("canvas");
        film.paint(canvas, "x", step);
        return canvas.toDataURL("image/png");
      });
      const made = await server.film_of({ frames });
      if (made.error) return glassbox.toast(made.error);
      return el("a", { href: made.src, download: name("gif") }).click();
    }

    async function draw() {
      const value = props.value;
      if (!value?.frames) return;
      const following = player.at() >= film.frames().length - 1 || !film.frames().length;
      const other = await film.take(value);
      about = { ...value };
      chosen = Math.max(0, chosenNow());
      root.classList.toggle("running", !value.done);
      root.dataset.run = value.run;
      const last = film.frames().length - 1;
      player.resize(film.frames().length, other || following ? last : player.at());
      drawStrip();
      show(player.at());
    }
    draw();
    watch("value", draw);

    document.addEventListener("glassbox:state", ({ detail }) => {
      if (detail.key !== key()) return;
      if (chosenNow() !== chosen) choose(chosenNow(), false);
      drawEvery();
    });
    glassbox.drawnWhenSet(root, ["face", "shows"]);
  };
})();
