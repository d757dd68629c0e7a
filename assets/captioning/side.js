// Captions of one photo side by side, in step. value: see `/side` in demos/captioning/side.
glassbox.views["captioning/side"] = ({ root, props, watch }) => {
  const { el, fixed } = glassbox;
  const lanes = el("div", { class: "gb-side-lanes" });
  const player = glassbox.transport({ count: 0, show, label: props.label, rate: 2, speeds: [0.5, 1, 2] });
  root.append(lanes, player.node);
  glassbox.drivable(root, player);

  let shown = { lanes: [] }, parts = [], src = "";
  const known = {}; // lanes by their writers' names: each stays, since a map's observers do
  let grown = -1, asked = false;

  function inspect(step) {
    asked = true;
    player.go(step);
    asked = false;
  }

  /** A lane's parts that stay, whatever it holds. */
  function lane({ name, title }) {
    const large = glassbox.mapLarge(`${title}: where it looked`);
    const bars = el("div", { class: "gb-side-bars" });
    const look = el("div", { class: "gb-side-look" }, el("div", { class: "gb-side-map" }, large.node), bars);
    const node = el("section", { class: "gb-side-lane", "data-name": name });
    return { node, large, bars, look, log: el("p", { class: "gb-side-log" }), words: [], items: [], held: "" };
  }

  /** The lane of this writer with what it holds now. */
  function filled(value) {
    known[value.name] ||= lane(value);
    const one = known[value.name], held = JSON.stringify(value), words = value.words || [];
    if (held === one.held) return one;
    const items = words.map((word, i) => el("button", {
      type: "button", class: `gb-side-word${word.given ? " given" : ""}`, onclick: () => inspect(i),
    }, word.end ? "end" : word.word));
    one.node.classList.toggle("failed", Boolean(value.error));
    one.node.replaceChildren(el("h3", {}, value.title), ...(words.length ? [
      el("p", { class: "gb-side-sentence" }, items.flatMap((item) => [item, " "])), one.look, one.log,
    ] : [
      el("p", { class: "gb-side-note", role: value.error ? "alert" : "status" }, value.error || value.note),
      value.share ? el("progress", { max: 1, value: value.share, "aria-label": `${value.title}: fetched` }) : "",
    ]));
    return Object.assign(one, { held, words, items });
  }

  function show(step) {
    grown = step === 0 && !asked ? 0 : Math.max(grown, step);
    for (const { words, items, large, bars, log } of parts) {
      if (!words.length) continue;
      const at = Math.min(step, words.length - 1), word = words[at];
      items.forEach((item, i) => {
        item.classList.toggle("ahead", i > grown);
        item.classList.toggle("at", i === at);
      });
      large.show(src, word.map, { alt: `where it looked for ${word.end ? "the end" : word.word}` });
      bars.replaceChildren(glassbox.wordBars(word.alternatives.slice(0, 4).map((rival) => ({
        ...rival, word: rival.word === "<end>" ? "" : rival.word,
        chosen: rival.word === "<end>" ? word.end : rival.word === word.word,
      }))));
      log.textContent = `log p up to here: ${fixed(word.log_probability)}`;
    }
    root.dataset.step = step;
  }

  function draw() {
    const value = props.value;
    if (!value?.lanes?.length) return;
    const other = value.run !== shown.run;
    const before = shown.lanes.filter(({ words }) => words).length;
    shown = value;
    if (value.src !== src) {
      src = value.src;
      const picture = new Image();
      picture.onload = () => root.style.setProperty("--ratio", picture.naturalWidth / picture.naturalHeight);
      picture.src = src;
    }
    root.classList.toggle("running", !value.done);
    root.dataset.run = value.run;
    root.style.setProperty("--lanes", value.lanes.length);
    parts = value.lanes.map(filled);
    glassbox.fill(lanes, ...parts.map(({ node }) => node));
    const count = Math.max(0, ...parts.map(({ words }) => words.length));
    const come = value.lanes.filter(({ words }) => words).length;
    if (other || come !== before) grown = count - 1;
    const lengths = parts.filter(({ words }) => words.length).map(({ words }) => words.length);
    const rest = lengths.length ? Math.max(0, Math.min(...lengths) - 2) : 0;
    player.resize(count, other ? rest : player.at(), other || player.at() === rest);
  }
  draw();
  watch("value", draw);
  glassbox.drawnWhenSet(root);
};
