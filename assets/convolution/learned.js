// The units of a layer as tiles, the strongest first, or the best classes as bars.
// value: see `/learned` in demos/convolution/learned. A click raises `select` with {unit} or {rank}, both from 1.
glassbox.views["convolution/learned"] = ({ root, props, watch, trigger }) => {
  const { el } = glassbox;
  const MOST = { wide: 32, narrow: 16 }; // tiles at a time
  const LABEL = 1.5; // rem of a tile's height that its label takes
  const GAP = 6; // pixels between tiles

  const title = el("h3", { class: "gb-learned-title" });
  const said = el("p", { class: "gb-caption" });
  const turn = (sign, name, by) => el("button", {
    type: "button", class: "gb-step", "aria-label": name, title: name, onclick: () => go(first + by * shownAtOnce()),
  }, sign);
  const count = el("output", { class: "gb-learned-count" });
  const back = turn("‹", "Stronger units", -1), ahead = turn("›", "Weaker units", 1);
  const pages = el("span", { class: "gb-learned-pages" }, back, count, ahead);
  const head = el("div", { class: "gb-learned-head" }, title, pages);
  const body = el("div", { class: "gb-learned-body" });
  const foot = el("p", { class: "gb-learned-note" });
  root.append(head, body, foot, said);

  let sheet = null, first = 0, tiles = [], followed; // the unit whose page was turned to
  const value = () => props.value || {};
  const units = () => value().units || [];
  const narrow = () => body.clientWidth < 520;
  const shownAtOnce = () => (narrow() ? MOST.narrow : MOST.wide);
  const state = () => glassbox.links.state(glassbox.sceneOf(root)) || {};

  /** The place in the list of the unit that is chosen: the first where none is, or none of this layer. */
  const chosen = () => Math.max(0, units().findIndex(({ unit }) => unit === Number(state().unit)));

  function tile(at) {
    const { unit, most } = units()[at], { wide, high, across } = value();
    const canvas = el("canvas", { width: wide, height: high, "aria-hidden": "true" });
    const from = [(at % across) * wide, Math.floor(at / across) * high];
    const context = canvas.getContext("2d");
    context.drawImage(sheet, ...from, wide, high, 0, 0, wide, high);
    const answer = most.toFixed(most >= 10 ? 1 : 2);
    const name = `Unit ${unit}, which answers ${answer} at most`;
    return el("button", {
      type: "button", class: "gb-learned-tile", title: name, "aria-label": name, "data-unit": unit,
      onclick: () => trigger("select", { unit }),
    }, canvas, el("span", {}, el("b", {}, String(unit)), ` ${answer}`));
  }

  /** The number of columns that makes tiles largest in the room that there is. */
  function fit() {
    const { wide, high } = value(), number = tiles.length;
    if (!number || !wide) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const width = body.clientWidth, height = glassbox.bounded(root) ? body.clientHeight : Infinity;
    let best = [0, 4];
    for (let columns = narrow() ? 4 : 2; columns <= number; columns += 1) {
      const rows = Math.ceil(number / columns), side = (width - (columns - 1) * GAP) / columns;
      const room = (height - (rows - 1) * GAP) / rows - LABEL * rem;
      const used = Math.min(side, (room * wide) / high);
      if (used > best[0]) best = [used, columns];
      if (height === Infinity) break;
    }
    body.style.setProperty("--columns", best[1]);
    body.style.setProperty("--tile", `${Math.max(20, Math.floor(best[0]))}px`);
  }

  function mark() {
    const at = chosen();
    tiles.forEach((node, i) => {
      const now = first + i === at;
      node.setAttribute("aria-pressed", String(now));
    });
    body.querySelectorAll(".gb-learned-class").forEach((node, i) =>
      node.setAttribute("aria-pressed", String(i + 1 === Number(state().rank || 1))));
  }

  function go(to) {
    followed = state().unit;
    const total = units().length, step = shownAtOnce();
    first = Math.max(0, Math.min(Math.floor((total - 1) / step) * step, Math.floor(to / step) * step));
    tiles = units().slice(first, first + step).map((_, i) => tile(first + i));
    body.replaceChildren(...tiles);
    const last = Math.min(total, first + step);
    count.textContent = total > step ? `${first + 1}–${last} of ${total}` : `${total}`;
    back.disabled = first === 0;
    ahead.disabled = last === total;
    back.hidden = ahead.hidden = total <= step;
    fit();
    mark();
  }

  function bars() {
    const found = value().classes;
    body.replaceChildren(...found.map(({ name, logit, probability }, i) => {
      const share = `${(100 * probability).toFixed(probability < 0.1 ? 1 : 0)} %`;
      return el("button", {
        type: "button", class: "gb-learned-class", onclick: () => trigger("select", { rank: i + 1 }),
        "aria-label": `${name}: probability ${share}, logit ${glassbox.fixed(logit)}`,
      }, el("b", {}, name), el("output", {}, share), el("span", { class: "gb-bar" },
        el("i", { style: `width:${100 * probability}%` })), el("small", {}, `logit ${glassbox.fixed(logit)}`));
    }));
    mark();
  }

  const NOTES = {
    filters: "Each in its own scale, grey is 0. Below: its number, and its largest answer, strongest first.",
    maps: "Each in its own scale, black is 0. Below: the unit’s number, and its largest answer, strongest first.",
    classes: "Of its 202 classes the best five. A click shows on the photo what spoke for one, and what against.",
  };

  async function draw() {
    const now = value();
    if (!now.look) return;
    const classes = now.look === "classes";
    const loaded = classes ? null : await glassbox.picture(now.sheet);
    if (now !== value()) return;
    sheet = loaded;
    const kind = classes || now.look === "filters" ? now.look : "maps";
    root.className = `gb-view gb-convolution-learned ${kind}`;
    const names = { filters: "Filters of the first layer", classes: "What it takes the photo for" };
    title.textContent = names[kind] || `Maps of the ${now.look}`.replace("the stage", "stage");
    foot.textContent = NOTES[kind];
    said.textContent = now.said;
    pages.hidden = classes;
    tiles = [];
    if (classes) bars();
    else go(chosen());
  }

  body.addEventListener("keydown", (event) => {
    const columns = Number(body.style.getPropertyValue("--columns")) || 1;
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    const to = by && body.children[[...body.children].indexOf(document.activeElement) + by];
    if (!to || glassbox.modified(event)) return;
    event.preventDefault();
    event.stopPropagation();
    to.focus();
  });
  let were = 0;
  new ResizeObserver(() => {
    if (!units().length || !sheet) return;
    if (were !== shownAtOnce()) go(chosen());
    else fit();
    were = shownAtOnce();
  }).observe(body);
  document.addEventListener("glassbox:state", ({ detail }) => {
    if (detail.key !== glassbox.sceneOf(root) || (!units().length && !value().classes)) return;
    const at = chosen();
    // A page that somebody turned to stays: only a unit that is chosen anew brings its own.
    if (tiles.length && state().unit !== followed && (at < first || at >= first + tiles.length)) go(at);
    else mark();
  });
  draw();
  watch("value", draw);
};
