// A denoising run: sheets of x_t, of the guess of x_0 and of the predicted noise in step, and the film of one face.
// value: see `/generate` in demos/diffusion/generate.py. Steps arrive one by one, and at the end all of them at once.
(() => {
  const { el, views, number } = glassbox;
  const SIDE = 32; // pixels of a face
  const PARTS = [["x", "x", "t", "What the network sees"], ["x0", "x̂", "0", "The face it takes to be in there"], ["noise", "ε̂", "", "The noise it takes to be in there"]];
  const LONGEST_FILM = 14;

  /** The steps of a run as pictures that can be drawn at once: {frames, sheet(part, step)}. */
  glassbox.runFilm = () => {
    let frames = [], films = [], faces = null, run = null, ready = Promise.resolve();
    const load = async (uris) => Object.fromEntries(await Promise.all(Object.entries(uris).map(async ([name, uri]) => [name, await glassbox.picture(uri)])));
    /** Take in a value; resolves to whether it began another run, once its pictures are decoded. */
    function take(value) {
      const before = ready;
      ready = (async () => {
        const [film, finished] = await Promise.all([load(value.film), value.faces ? glassbox.picture(value.faces) : null]);
        await before;
        const other = value.run !== run;
        if (other || value.done) [frames, films] = [[], []];
        if (other) faces = null;
        run = value.run;
        value.frames.forEach((frame, i) => {
          frames[value.first + i] = frame;
          films[value.first + i] = { film, row: i, rows: value.frames.length };
        });
        faces = finished || faces;
        return other;
      })();
      return ready;
    }
    /** Draw a part of a step's sheet: where from (x, y, side in pixels of the sheet; all of it where left out). */
    function paint(canvas, part, step, from = null) {
      const held = films[step];
      if (!held) return;
      const last = faces && step === frames.length - 1 && part !== "noise";
      const image = last ? faces : held.film[part];
      const height = last ? image.naturalHeight : image.naturalHeight / held.rows;
      const top = last ? 0 : held.row * height;
      const [x, y, width, tall] = from ? [from.x, from.y, from.side, from.side] : [0, 0, image.naturalWidth, height];
      const [left, down, wide, high] = from?.to || [0, 0, width, tall];
      if (!from?.to) [canvas.width, canvas.height] = [width, tall];
      const context = canvas.getContext("2d");
      context.imageSmoothingEnabled = false;
      context.drawImage(image, x, top + y, width, tall, left, down, wide, high);
    }
    return { take, paint, frames: () => frames };
  };

  // Stop ends a run; one that has not begun is taken out of the queue.
  const runs = (scene) => Boolean(scene?.querySelector(".running"));
  const leave = (scene) => scene?.querySelector(".gb-leave")?.click();
  document.addEventListener("click", ({ target }) => {
    const scene = target.closest?.(".gb-halt") && target.closest(".gb-scene");
    if (scene && !runs(scene)) leave(scene);
  });

  /**
   * Where the controls of a scene come to rest at another state, by a link or a preset, that state is drawn by its button; a run
   * under way is stopped for it. `aside`: names of controls that only choose what is looked at. A scene of several parts, each with
   * its button, gives `part(state)`, the part in use, and `aside(state)`, the controls of the others. Returns what does it at once.
   */
  glassbox.drawnWhenSet = (root, aside = [], part = () => "") => {
    const scene = () => root.closest(".gb-scene");
    const key = () => glassbox.sceneOf(root);
    const state = (first) => glassbox.links.state(key(), first) || {};
    const others = () => (typeof aside === "function" ? aside(state(false)) : aside);
    const asked = (first) => JSON.stringify(Object.entries(state(first)).filter(([name]) => !others().includes(name)));
    const drawn = {};
    let timer = 0;
    function draw() {
      const buttons = [...(scene()?.querySelectorAll(".gb-draw") || [])];
      if (runs(scene())) scene().querySelector(".gb-halt")?.click();
      else leave(scene());
      (buttons.find(glassbox.visible) || buttons[0])?.click();
    }
    const later = (wait = 700) => {
      clearTimeout(timer);
      timer = setTimeout(draw, wait);
    };
    function check() {
      const which = part(state(false)), now = asked(false), first = !(which in drawn);
      if (drawn[which] === now) return;
      drawn[which] = now;
      clearTimeout(timer);
      if (first && now === asked(true)) return;
      later(first ? 300 : 700);
    }
    document.addEventListener("glassbox:state", ({ detail }) => detail.key === key() && check());
    setTimeout(() => glassbox.links.state(key()) && check(), 0); // a link may have set the controls before this was drawn
    return later;
  };

  const symbol = ([, letter, index]) => `<i>${letter}</i>${index ? `<sub>${index}</sub>` : ""}`;

  views.denoising = ({ root, props, watch, server, trigger }) => {
    const film = glassbox.runFilm();
    let chosen = 0, about = props.value || {};
    const panels = PARTS.map((part) => {
      const canvas = el("canvas", { role: "img", "aria-label": part[3] });
      const frame = el("span", { class: "gb-face-frame", "aria-hidden": "true" });
      const sheet = el("div", { class: "gb-face-sheet" }, canvas, frame);
      sheet.addEventListener("click", (event) => {
        const box = canvas.getBoundingClientRect(), columns = about.columns || 1;
        const side = box.width / columns;
        choose(Math.floor((event.clientY - box.top) / side) * columns + Math.floor((event.clientX - box.left) / side), true);
      });
      return { part, canvas, frame, sheet, node: el("figure", { class: `gb-run-part ${part[0]}` }, el("figcaption", {}, el("b", { html: symbol(part) }), el("span", {}, part[3])), sheet) };
    });
    const equation = el("p", { class: "gb-run-equation", "aria-live": "off" });
    const cost = el("p", { class: "gb-caption gb-run-cost" });
    const strip = el("canvas", { class: "gb-run-strip", role: "img", "aria-label": "One face, step by step" });
    const stripMark = el("span", { class: "gb-strip-mark", "aria-hidden": "true" });
    const stripTitle = el("p", { class: "gb-caption" });
    const stripBox = el("div", { class: "gb-strip-box" }, strip, stripMark);
    const player = glassbox.transport({ count: 0, show, label: props.label, rate: 6 });
    const save = el("button", { type: "button", class: "gb-step gb-save", title: "Save the film of this face as a picture", onclick: () => savePicture() }, "PNG");
    const saveFilm = el("button", { type: "button", class: "gb-step gb-save", title: "Save all faces as a film", onclick: () => saveGif() }, "GIF");
    player.node.append(saveFilm, save);
    root.append(el("div", { class: "gb-run-parts" }, panels.map(({ node }) => node)), equation, player.node, cost, stripTitle, stripBox);
    glassbox.drivable(root, player);
    let columns = [];

    const corner = (face) => ({ x: (face % (about.columns || 1)) * SIDE, y: Math.floor(face / (about.columns || 1)) * SIDE, side: SIDE });

    function choose(face, tell) {
      if (face < 0 || face >= (about.seeds || []).length) return;
      chosen = face;
      drawStrip();
      show(player.at());
      if (tell) trigger("select", { face: face + 1 });
    }
    const key = () => glassbox.sceneOf(root);
    /** The face that the scene's slider says, as far as there are so many. */
    const chosenNow = () => Math.min(Number(glassbox.links.state(key())?.face || chosen + 1), (about.seeds || []).length) - 1;

    function show(step) {
      const frame = film.frames()[step];
      if (!frame) return;
      const { columns: across = 1, seeds = [] } = about, rows = Math.ceil(seeds.length / across);
      for (const { part, canvas, frame: mark, sheet } of panels) {
        film.paint(canvas, part[0], step);
        sheet.style.setProperty("--across", across);
        mark.style.cssText = `left:${(100 * (chosen % across)) / across}%;top:${(100 * Math.floor(chosen / across)) / rows}%;width:${100 / across}%;height:${100 / rows}%`;
        mark.hidden = seeds.length < 2;
      }
      const done = step === film.frames().length - 1 && about.done;
      const rate = (value) => value.toFixed(2);
      equation.innerHTML = done
        ? `<i>x</i><sub>0</sub>: no noise is left`
        : `<i>x</i><sub>t</sub> = <b>${rate(frame.signal_rate)}</b> ${symbol(PARTS[1])} + <b>${rate(frame.noise_rate)}</b> ${symbol(PARTS[2])} <span>at t = ${number(frame.t, 0)}</span>`;
      cost.textContent = `${frame.evaluations} evaluation${frame.evaluations === 1 ? "" : "s"} of the network for each face, ${frame.seconds.toFixed(1)} s${about.stopped ? `; stopped after ${film.frames().length - 1} of ${about.total} steps` : ""}`;
      root.dataset.step = step;
      const column = columns.findLastIndex((at) => at <= step);
      stripMark.style.cssText = columns.length ? `left:${(100 * column) / columns.length}%;width:${100 / columns.length}%` : "display:none";
    }

    /** The chosen face at evenly spread steps: three rows, what was seen and what was predicted. */
    function drawStrip() {
      const count = film.frames().length;
      const wanted = Math.min(count, LONGEST_FILM);
      columns = [...new Set(Array.from({ length: wanted }, (_, i) => Math.round((i * (count - 1)) / Math.max(1, wanted - 1))))];
      [strip.width, strip.height] = [Math.max(1, columns.length) * SIDE, PARTS.length * SIDE];
      columns.forEach((step, i) => PARTS.forEach(([name], row) => film.paint(strip, name, step, { ...corner(chosen), to: [i * SIDE, row * SIDE, SIDE, SIDE] })));
      const { seeds = [], characters = [] } = about;
      stripTitle.innerHTML = seeds.length ? `<b>${characters[chosen]}</b>, seed ${seeds[chosen]}, from noise to face` : "";
    }
    stripBox.addEventListener("click", (event) => {
      const box = strip.getBoundingClientRect();
      const step = columns[Math.min(columns.length - 1, Math.floor(((event.clientX - box.left) / box.width) * columns.length))];
      if (step !== undefined) player.go(step);
    });

    function hand(blob, name) {
      const address = URL.createObjectURL(blob);
      el("a", { href: address, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
    }
    const name = (form) => `glassbox-${(about.characters?.[chosen] || "face").toLowerCase().replaceAll(" ", "-")}-seed-${about.seeds?.[chosen] ?? 0}.${form}`;
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
      if (!value?.frames?.length) return;
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
      if (detail.key === key() && chosenNow() !== chosen) choose(chosenNow(), false);
    });
    glassbox.drawnWhenSet(root, ["face"]);
  };
})();
