// A beam search as a tree, column by column; what ended with its arithmetic; who wins at which penalty.
// value: see `/beam` in demos/captioning/beam. Moving the slider raises `select` with {penalty}.
glassbox.views["captioning/beam"] = ({ root, props, watch, trigger, options }) => {
  const { el, fixed } = glassbox;
  const SVG = "http://www.w3.org/2000/svg";
  const COLUMN = 9.2, ROW = 1.75, HIGHEST_ROW = 3; // rem: the room of a word
  const NODE = 0.86; // of a column's width
  const TENTHS = Math.round(10 * options.highest);
  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  const lines = document.createElementNS(SVG, "svg");
  lines.setAttribute("class", "gb-beam-lines");
  lines.setAttribute("aria-hidden", "true");
  const nodes = el("div", { class: "gb-beam-nodes", "data-keys": "" });
  const tree = el("div", { class: "gb-beam-tree", role: "group" }, lines, nodes);
  const sum = el("p", { class: "gb-beam-sum", "aria-live": "polite" });
  const list = el("ol", { class: "gb-beam-ended", "aria-label": "Captions that ended" });
  const slider = el("input", {
    type: "range", min: 0, max: options.highest, step: 0.1, value: 0, "aria-label": "Length penalty α", oninput: slide,
  });
  const told = el("output", { class: "gb-beam-alpha" });
  const strip = el("div", { class: "gb-beam-strip", "aria-hidden": "true" });
  const choice = el("div", { class: "gb-beam-choice" }, told, el("div", { class: "gb-beam-slide" }, slider, strip));
  const player = glassbox.transport({ count: 0, show, label: props.label, rate: 2, speeds: [0.5, 1, 2] });
  root.append(tree, player.node, choice, sum, list);
  glassbox.drivable(root, player);

  let shown = { nodes: [], ended: [] };
  let penalty = 0, timer = 0, pointed = null;
  let sent = []; // penalties that were set here, on their way to the control
  let placed = [], focused = null; // the columns in view; the node that Tab comes to
  const score = (one, alpha) => one.log_probability / one.length ** alpha;
  const power = (alpha) => alpha.toFixed(Number(alpha.toFixed(2)) === Number(alpha.toFixed(1)) ? 1 : 2);
  /** How a caption's score comes about, written out. */
  const written = (one) => `÷ ${one.length}^${power(penalty)} ${Number(power(penalty)) === penalty ? "=" : "≈"} ` +
    fixed(score(one, penalty), 3);
  const letter = (index) => String.fromCharCode(65 + index);

  /** Which caption wins at a penalty; as `winner` in models/captioning/beam.py, the first of equals. */
  function winner(alpha) {
    let best = null;
    shown.ended.forEach((one, i) => {
      if (best === null || score(one, alpha) > score(shown.ended[best], alpha)) best = i;
    });
    return best;
  }
  const path = (node) => (node < 0 ? [] : [...path(shown.nodes[node].parent), node]);

  /** Those that win at some penalty, in the order of the slider: [{index, from, to}] in tenths. */
  function reigns() {
    const found = [];
    for (let tenth = 0; tenth <= TENTHS; tenth++) {
      const index = winner(tenth / 10), last = found.at(-1);
      if (index === null) return [];
      if (last?.index === index) last.to = tenth;
      else found.push({ index, from: tenth, to: tenth });
    }
    return found;
  }

  function slide() {
    penalty = Number(slider.value);
    write();
    show(player.at());
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = 0;
      sent.push(penalty);
      trigger("select", { penalty });
    }, 250);
  }

  /**
   * A column: what grew, ended and was struck out at a step, the most probable first. Where there is no room for all,
   * what is `kept` stays, then the most probable, and of what was struck out as many as there is room left for.
   */
  function column(step, room, kept) {
    const found = shown.nodes.map((node, i) => ({ ...node, i })).filter((node) => node.step === step);
    const likelier = (a, b) => b.log_probability - a.log_probability;
    const turn = ({ i, kind }) => (kept.has(i) ? 0 : kind === "struck" ? 2 : 1);
    return found.sort((a, b) => turn(a) - turn(b) || likelier(a, b)).slice(0, room).sort(likelier);
  }

  function show(step) {
    if (!shown.nodes.length || !root.clientWidth) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const [wide, high] = [tree.clientWidth, tree.clientHeight];
    const columns = Math.max(2, Math.floor(wide / (COLUMN * rem))), room = Math.max(1, Math.floor(high / (ROW * rem)));
    const first = Math.max(0, Math.min(step - columns + 1, shown.steps - columns));
    const last = Math.min(step, first + columns - 1);
    const best = winner(penalty), chosen = pointed ?? (best === null ? null : shown.ended[best].node);
    const kept = new Set(chosen === null ? [] : path(chosen));
    const alive = new Set(); // what has something growing or ended on it up to this step
    shown.nodes.forEach((node, i) => {
      if (node.step === step && node.kind === "growing") path(i).forEach((one) => alive.add(one));
    });
    const each = wide / columns, places = new Map(), made = [];
    placed = Array.from({ length: last - first + 1 }, (_, i) => column(first + i, room, kept));
    const rows = Math.max(...placed.map((found) => found.length));
    const tall = Math.max(ROW * rem, Math.min(HIGHEST_ROW * rem, high / rows));
    for (let at = first; at <= last; at++) {
      placed[at - first].forEach((node, row) => {
        const place = { x: (at - first) * each, y: (row + 0.5) * tall };
        places.set(node.i, place);
        const dead = node.kind === "growing" && !alive.has(node.i);
        const state = [node.kind, kept.has(node.i) ? "path" : "", dead ? "dead" : ""];
        const word = node.word || "end", log = fixed(node.log_probability);
        made.push(el("button", {
          type: "button", class: `gb-beam-node ${state.join(" ")}`, tabindex: -1, "data-node": node.i,
          style: `left:${place.x}px;top:${place.y}px;width:${NODE * each}px`,
          "aria-pressed": String(pointed === node.i),
          title: `log p ${log}${node.kind === "struck" ? ": struck out, it would repeat itself" : ""}`,
          onclick: () => { pointed = pointed === node.i ? null : node.i; show(player.at()); },
        }, el("b", {}, word), el("span", {}, log)));
      });
    }
    const had = nodes.contains(document.activeElement);
    nodes.replaceChildren(...made);
    const stop = named(focused) || nodes.querySelector(".path") || made[0];
    if (stop) stop.tabIndex = 0;
    if (had) stop?.focus({ preventScroll: true });
    lines.setAttribute("viewBox", `0 0 ${wide} ${high}`);
    lines.replaceChildren(...[...places].flatMap(([i, to]) => {
      const from = places.get(shown.nodes[i].parent);
      if (!from) return [];
      const line = document.createElementNS(SVG, "path");
      const [x1, x2] = [from.x + NODE * each, to.x], bend = (x2 - x1) / 2;
      line.setAttribute("d", `M${x1} ${from.y}C${x1 + bend} ${from.y} ${x2 - bend} ${to.y} ${x2} ${to.y}`);
      const on = kept.has(i) && kept.has(shown.nodes[i].parent);
      line.setAttribute("class", on ? "path" : shown.nodes[i].kind);
      return [line];
    }));
    tree.setAttribute("aria-label", `The tree, words ${first + 1} to ${last + 1}`);
    arithmetic(chosen);
    root.dataset.step = step;
  }

  const named = (node) => nodes.querySelector(`[data-node="${node}"]`);
  /** The node in view beside another one: along its branch where that is in view, else in the next column. */
  function beside(node, [across, down]) {
    const column = placed.findIndex((found) => found.some(({ i }) => i === node));
    const row = placed[column].findIndex(({ i }) => i === node);
    if (down) return placed[column][row + down];
    const there = placed[column + across] || [], { parent } = shown.nodes[node];
    const kin = there.find((one) => (across < 0 ? one.i === parent : one.parent === node));
    return kin || there[Math.min(row, there.length - 1)];
  }
  nodes.addEventListener("focusin", ({ target }) => {
    for (const node of nodes.querySelectorAll("[tabindex='0']")) node.tabIndex = -1;
    target.tabIndex = 0;
    focused = Number(target.dataset.node);
  });
  nodes.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!move || glassbox.modified(event) || !glassbox.typing("Enter")) return; // after a click they are the player's
    event.preventDefault();
    event.stopPropagation();
    named(beside(Number(event.target.dataset.node), move)?.i)?.focus();
  });

  /** The sum of a branch's log-probabilities, and, where it ended, its score. */
  function arithmetic(node) {
    if (node === null) {
      sum.textContent = shown.done ? "No caption ended." : "";
      return;
    }
    const added = path(node).map((i) => shown.nodes[i].added), parts = added.map((one) => `−${fixed(-one)}`);
    const total = shown.nodes[node].log_probability, ended = shown.ended.find((one) => one.node === node);
    const tail = ended ? `;  ${written(ended)}` : "";
    sum.textContent = `log p = ${parts.join(" + ").replaceAll("+ −", "− ")} ` +
      `${glassbox.equals(added, total)} ${fixed(total)}${tail}`;
  }

  function write() {
    slider.value = penalty;
    told.textContent = `α = ${power(penalty)}`;
    const names = new Map(reigns().map(({ index }, i) => [index, letter(i)]));
    const best = winner(penalty);
    strip.replaceChildren(...reigns().map(({ index, from, to }) => el("span", {
      class: index === best ? "best" : "", style: `flex-grow:${to - from + 1}`,
    }, names.get(index))));
    const order = shown.ended.map((one, i) => ({ ...one, i }))
      .sort((a, b) => score(b, penalty) - score(a, penalty) || a.i - b.i);
    list.replaceChildren(...order.map((one) => el("li", { class: one.i === best ? "best" : "" },
      el("b", {}, names.get(one.i) || ""), el("span", {}, one.caption + (one.cut ? " …" : "")),
      el("code", {}, `${fixed(one.log_probability)} ${written(one)}`))));
    root.dataset.winner = best === null ? "" : shown.ended[best].caption;
    root.dataset.penalty = penalty;
    crop();
  }

  /** On a stage as many captions as there is room for. */
  function crop() {
    const bounded = glassbox.bounded(root), bottom = root.getBoundingClientRect().bottom + 1;
    for (const item of list.children) item.hidden = false;
    [...list.children].forEach((item, i) => {
      item.hidden = i > 0 && (bounded ? item.getBoundingClientRect().bottom > bottom : i > 5);
    });
  }

  const held = () => Number(glassbox.links.state(glassbox.sceneOf(root))?.penalty ?? NaN);

  function draw() {
    const value = props.value;
    if (!value?.nodes?.length) return;
    const other = value.run !== shown.run, following = other || player.at() >= shown.steps - 1;
    shown = value;
    if (other) pointed = focused = null;
    if (Number.isFinite(held()) && !timer && !sent.length) penalty = held();
    root.classList.toggle("running", !value.done);
    root.dataset.run = value.run;
    write();
    const best = winner(penalty), end = best === null ? value.steps - 1 : shown.nodes[shown.ended[best].node].step;
    player.resize(value.steps, following ? (value.done ? end : value.steps - 1) : player.at(), following);
  }
  new ResizeObserver(() => { crop(); show(player.at()); }).observe(root);
  draw();
  watch("value", draw);

  glassbox.drawnWhenSet(root, ["penalty"]);
  document.addEventListener("glassbox:state", ({ detail }) => {
    if (detail.key !== glassbox.sceneOf(root) || !Number.isFinite(held())) return;
    const came = sent.indexOf(held());
    sent = sent.slice(came + 1);
    if (held() === penalty || timer || (came >= 0 && sent.length)) return; // what was set here later is on its way
    penalty = held();
    write();
    const best = winner(penalty);
    if (best !== null) player.go(shown.nodes[shown.ended[best].node].step);
  });
};
