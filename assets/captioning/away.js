// Look away: a photo to paint over, what is said of what is left, and how much each place matters to one word.
// values: see `/away` and `/matters` in demos/captioning/away.py; the mask: 20 whole numbers, the bits of its rows.
(() => {
  const { el, views, percent } = glassbox;
  const SIDE = 20, BRUSH = 2;
  const HARDLY = 1.05; // times: with one decimal it is 1.0
  const shared = { src: "", hear: [] };
  /** The photo, which the sentences' value brings, and whoever draws on it. */
  function show(src) {
    shared.src = src;
    for (const heard of shared.hear) heard();
  }
  /** A share of the photo in whole hundredths; not none, or all of it, where that is not so. */
  function part(share) {
    const hundredths = Math.round(100 * share);
    if (share > 0 && !hundredths) return "Less than 1 %";
    return share < 1 && hundredths === 100 ? "More than 99 %" : `${hundredths} %`;
  }
  const spoken = (words) => words.map(({ word }) => word || "end");

  views["captioning/away"] = ({ root, props, watch, trigger }) => {
    const lines = el("div", { class: "gb-away-lines" });
    const note = el("p", { class: "gb-away-note", "aria-live": "polite" });
    root.append(lines, note);
    let chosen = 2;

    function draw() {
      const { src, before, after, hidden } = props.value || {};
      if (!before) return;
      show(src);
      const marks = glassbox.changedWords(spoken(before), spoken(after));
      const line = (title, words, changed, choice) => el("div", { class: "gb-away-line" }, el("span", {}, title),
        el("ol", { class: "gb-chosen-words" }, words.map(({ word, probability }, i) => el("li", {}, el("button", {
          type: "button", class: changed[i] ? "changed" : "", disabled: !choice, title: percent(probability),
          "aria-pressed": choice ? String(i + 1 === Math.min(chosen, words.length)) : null,
          onclick: () => trigger("select", { word: i + 1 }),
        }, el("b", {}, word || "end"))))));
      lines.replaceChildren(line("The whole photo", before, marks.before, true),
        line("What is left of it", after, marks.after, false));
      const many = marks.after.filter(Boolean).length, gone = marks.before.filter(Boolean).length;
      note.textContent = !hidden ? "Nothing is painted over: both sentences are of the whole photo."
        : `${part(hidden)} of the photo is painted over. ` + (many || gone
          ? `${gone} of ${before.length} words are gone, ${many} are new.`
          : "It says the same: no word hung on what is hidden.");
      root.dataset.hidden = hidden;
    }
    document.addEventListener("glassbox:state", ({ detail: { key } }) => {
      if (key !== glassbox.sceneOf(root)) return;
      const number = Number(glassbox.links.state(key)?.word);
      if (number && number !== chosen) {
        chosen = number;
        draw();
      }
    });
    // The pictures below are as large as the sentences leave room for.
    new ResizeObserver(() => root.closest(".gb-scene-stage")?.style.setProperty("--said", `${root.offsetHeight}px`))
      .observe(root);
    draw();
    watch("value", draw);
  };

  views["captioning/away-mask"] = ({ root, props, watch }) => {
    const picture = el("img", { alt: "The photo", draggable: "false" });
    const cover = el("canvas", { width: SIDE, height: SIDE, "aria-hidden": "true" });
    const cursor = el("span", { class: "gb-away-cursor", "aria-hidden": "true", hidden: true });
    const stage = el("div", {
      class: "gb-stage gb-away-stage", tabindex: 0, role: "application", "aria-label": props.label, "data-keys": "",
      "aria-roledescription": "a photo to paint over: arrow keys move the brush, Enter paints or wipes",
    }, picture, cover, cursor);
    let erasing = false, cells = [], at = [8, 8], stroke = null;
    const tool = (text, title, act) => el("button", { type: "button", class: "gb-start", title, onclick: act }, text);
    const wipe = tool("Erase", "Paint or erase", () => {
      erasing = !erasing;
      wipe.setAttribute("aria-pressed", String(erasing));
    });
    wipe.setAttribute("aria-pressed", "false");
    const clear = tool("Clear", "Hide nothing", () => { cells = cells.map(() => 0); done(); });
    root.append(el("div", { class: "gb-away-head" }, el("b", {}, props.label), wipe, clear), stage);

    const rows = () => Array.from({ length: SIDE }, (_, y) =>
      cells.slice(y * SIDE, (y + 1) * SIDE).reduce((bits, cell) => bits * 2 + cell, 0));
    function paint() {
      const context = cover.getContext("2d");
      context.clearRect(0, 0, SIDE, SIDE);
      context.fillStyle = "rgb(124 116 104)"; // what the network is shown there
      cells.forEach((cell, i) => cell && context.fillRect(i % SIDE, Math.floor(i / SIDE), 1, 1));
      root.dataset.painted = cells.filter(Boolean).length;
    }
    function done() {
      paint();
      const value = rows();
      if (JSON.stringify(value) !== JSON.stringify(props.value)) props.value = value;
    }
    /** Paint a dab of the brush whose upper left cell is there. */
    function dab(y, x, value) {
      for (let i = 0; i < BRUSH; i += 1) {
        for (let j = 0; j < BRUSH; j += 1) {
          const [row, column] = [Math.min(SIDE - 1, y + i), Math.min(SIDE - 1, x + j)];
          cells[row * SIDE + column] = value;
        }
      }
    }
    function under(event) {
      const cell = (share) => Math.max(0, Math.min(SIDE - BRUSH, Math.round(share * SIDE - BRUSH / 2)));
      const [x, y] = glassbox.inside(stage, event);
      return [cell(y), cell(x)];
    }
    stage.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      stroke = [...cells];
      stage.setPointerCapture(event.pointerId);
      dab(...under(event), erasing ? 0 : 1);
      paint();
    });
    stage.addEventListener("pointermove", (event) => {
      if (!stroke) return;
      dab(...under(event), erasing ? 0 : 1);
      paint();
    });
    stage.addEventListener("pointerup", () => {
      if (stroke) done();
      stroke = null;
    });
    stage.addEventListener("pointercancel", () => { // the finger scrolls the page
      if (stroke) cells = stroke;
      stroke = null;
      paint();
    });
    const place = () => {
      cursor.style.cssText = `left:${(100 * at[1]) / SIDE}%;top:${(100 * at[0]) / SIDE}%;` +
        `width:${(100 * BRUSH) / SIDE}%;height:${(100 * BRUSH) / SIDE}%`;
    };
    stage.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      if (glassbox.modified(event) || !(move || ["Enter", " "].includes(event.key))) return;
      event.preventDefault();
      event.stopPropagation();
      cursor.hidden = false;
      if (move) at = at.map((one, i) => Math.max(0, Math.min(SIDE - BRUSH, one + move[i])));
      else {
        dab(...at, cells[at[0] * SIDE + at[1]] ? 0 : 1);
        done();
      }
      place();
    });
    stage.addEventListener("blur", () => { cursor.hidden = true; });
    picture.addEventListener("load", () =>
      root.style.setProperty("--ratio", picture.naturalWidth / picture.naturalHeight));
    shared.hear.push(() => { if (picture.getAttribute("src") !== shared.src) picture.src = shared.src; });
    if (shared.src) picture.src = shared.src;
    function draw() {
      const value = props.value || [];
      cells = Array.from({ length: SIDE * SIDE }, (_, i) =>
        ((value[Math.floor(i / SIDE)] || 0) >> (SIDE - 1 - (i % SIDE))) & 1);
      paint();
    }
    draw();
    watch("value", draw);
  };

  views["captioning/away-map"] = ({ root, props, watch }) => {
    const large = glassbox.mapLarge(props.label);
    const title = el("b", {}), told = el("span", { "aria-live": "polite" });
    root.append(el("div", { class: "gb-away-head" }, el("p", {}, title, " ", told)), large.node);

    const less = (factor) => (factor < HARDLY ? "hardly" : `${factor.toFixed(1)} times`);

    function draw() {
      const { src, drop, word, done, total, finished, cells, run } = props.value || {};
      if (!drop) return;
      const known = drop.flat().filter((one) => one !== null);
      const most = Math.max(0.05, ...known.map(Math.abs));
      const said = word ? `“${word}”` : "the end";
      large.show(src, drop, { name: "loss in nats", paint: "diverging", limits: { low: -most, high: most }, digits: 2,
        alt: `how much each place matters to ${said}` });
      title.textContent = `What ${said} loses${finished ? "." : ` (${done} of ${total} places tried).`}`;
      const flat = drop.flat(), top = Math.max(...known), at = flat.indexOf(top), columns = drop[0].length;
      const square = cells === 1 ? "" : ` and around (${cells} × ${cells})`;
      told.textContent = top > 0
        ? `Most without row ${Math.floor(at / columns) + 1}, column ${(at % columns) + 1}${square}: ` +
          `it is ${less(Math.exp(top))} less probable.`
        : `Hiding none of these places makes ${said} less probable.`;
      root.classList.toggle("running", !finished);
      root.dataset.run = run;
      const picture = new Image();
      picture.onload = () => root.style.setProperty("--ratio", picture.naturalWidth / picture.naturalHeight);
      picture.src = src;
    }
    draw();
    watch("value", draw);
    glassbox.drawnWhenSet(root, ["mask"]);
  };
})();
