// A caption as it grows: words with their maps, one map large, its word's rivals as bars, and a player.
// value: see `/words` in demos/captioning/words; each value has all words so far.
// options.most: words that a sentence can begin with.
glassbox.views["captioning/words"] = ({ root, props, watch, trigger, options }) => {
  const { el, fixed } = glassbox;
  const SIDES = [132, 116, 104, 92, 80, 70, 60, 52, 48, 44, 36]; // pixels of a small map
  const IN_LINE = 44;
  const SHARE = 0.4; // of the height, at most, for the sentence

  const sentence = el("ol", { class: "gb-words-line", "aria-label": "The caption" });
  const before = el("p", { class: "gb-words-before", role: "note" });
  const large = glassbox.mapLarge("Where it looked");
  const title = el("h3", { class: "gb-words-title", "aria-live": "polite" });
  const bars = el("div", { class: "gb-words-bars" });
  const sum = el("p", { class: "gb-words-sum" });
  const how = el("p", { class: "gb-words-how" });
  const map = el("div", { class: "gb-words-map" }, large.node);
  const side = el("div", { class: "gb-words-side" }, title, bars, sum, how);
  const player = glassbox.transport({ count: 0, show, label: props.label, rate: 2, speeds: [0.5, 1, 2] });
  root.append(sentence, before, el("div", { class: "gb-words-low" }, map, side), player.node);
  glassbox.drivable(root, player);

  let shown = { words: [] }; // the value in view
  let src = "", old = null; // the photo; the sentence before this one, of the same photo
  let items = [], grown = -1; // as far as the sentence has grown in the player
  let asked = false; // a word was clicked

  const spoken = (words) => words.filter(({ end }) => !end).map(({ word }) => word);
  const text = (words) => spoken(words).join(" ").replaceAll(" 's", "'s");

  function item(word, index) {
    const thumb = glassbox.mapThumb();
    const button = el("button", {
      type: "button", class: "gb-words-item", onclick: () => inspect(index),
    }, el("span", { class: "gb-words-word" }, word.end ? "end" : word.word), thumb.node,
    el("i", { class: "gb-words-sure", style: `--share:${word.probability}`, "aria-hidden": "true" }));
    button.title = `${glassbox.percent(word.probability)}`;
    thumb.show(src, word.map);
    return el("li", {}, button);
  }

  /** Look at a word without taking back those after it. */
  function inspect(step) {
    asked = true;
    player.go(step);
    asked = false;
  }

  /** Look at one word; from the first on, the sentence grows anew. */
  function show(step) {
    const { words } = shown, word = words[step];
    if (!word) return;
    grown = step === 0 && !asked ? 0 : Math.max(grown, step);
    items.forEach((node, i) => {
      node.classList.toggle("ahead", i > grown);
      node.classList.toggle("at", i === step);
      node.firstChild.setAttribute("aria-pressed", String(i === step));
    });
    const name = word.end ? "the end" : `“${word.word}”`;
    large.show(src, word.map, { alt: `where it looked for ${name}` });
    title.textContent = word.given ? `${name} was given` : `What could have come at ${name}`;
    const start = spoken(words.slice(0, step)), room = start.length < options.most;
    bars.replaceChildren(glassbox.wordBars(word.alternatives.map((rival) => {
      const ends = rival.word === "<end>", chosen = ends ? word.end : rival.word === word.word;
      const leads = !ends && room && !chosen; // one can go on from it
      const note = rival.struck ? "would say the same words twice" : leads ? "go on from here" : "";
      return {
        ...rival, word: ends ? "" : rival.word, chosen, note,
        act: leads ? () => goOn([...start, rival.word]) : null,
      };
    })));
    if (!word.alternatives.some((rival) => (rival.word === "<end>" ? word.end : rival.word === word.word))) {
      const own = { word: word.end ? "" : word.word, probability: word.probability, chosen: true };
      bars.append(glassbox.wordBars([own]));
    }
    sum.textContent = `log p of the sentence up to here: ${fixed(word.log_probability)}`;
    crop();
    root.dataset.step = step;
  }

  /** On a stage as many rivals as there is room for, the word itself always. */
  function crop() {
    const rows = [...bars.querySelectorAll("li")], rivals = rows.filter((row) => !row.querySelector(".chosen"));
    for (const row of rows) row.hidden = false;
    if (!glassbox.bounded(root)) return;
    while (rivals.length && bars.scrollHeight > bars.clientHeight + 1) rivals.pop().hidden = true;
  }

  /** Let the sentence go on from a word that was not chosen: the control takes the beginning, and it is drawn. */
  function goOn(words) {
    willDraw();
    trigger("select", { begin: text(words.map((word) => ({ word }))) });
  }

  function compare() {
    const now = shown.words;
    before.replaceChildren();
    const lines = [...sentence.querySelectorAll(".gb-words-word")];
    for (const line of lines) line.classList.remove("new");
    before.hidden = !old || !shown.done;
    if (before.hidden) return;
    const changed = glassbox.changedWords(spoken(old.words), spoken(now));
    if (!changed.before.some(Boolean) && !changed.after.some(Boolean)) {
      before.textContent = `The same sentence as before (${old.how}).`;
      return;
    }
    lines.forEach((line, i) => line.classList.toggle("new", Boolean(changed.after[i])));
    before.append(el("span", {}, `Before (${old.how}): `), ...spoken(old.words).flatMap((word, i) =>
      [el(changed.before[i] ? "del" : "span", {}, word), " "]));
  }

  /** The largest small maps with which the sentence leaves room for the rest. */
  function fit() {
    if (!glassbox.bounded(root)) {
      root.style.removeProperty("--thumb");
      return crop();
    }
    let oneLine = false; // with maps of a fair size the sentence rather stays in one line
    const set = (size) => root.style.setProperty("--thumb", `${size}px`);
    let largest = SIDES.at(-1);
    for (const size of [...SIDES].reverse()) {
      set(size);
      const room = sentence.offsetHeight <= SHARE * root.clientHeight;
      const lines = Math.round(sentence.offsetHeight / (items[0]?.offsetHeight || 1));
      if (!room || (lines > 1 && largest >= IN_LINE && oneLine)) break;
      [largest, oneLine] = [size, lines === 1];
    }
    set(largest);
    return crop();
  }

  function draw() {
    const value = props.value;
    if (!value?.words?.length) return;
    const other = value.run !== shown.run;
    if (other) {
      const same = value.src === undefined || value.src === src;
      if (shown.done) old = same ? shown : null;
      grown = -1;
    }
    const following = other || player.at() >= shown.words.length - 1;
    if (value.src && value.src !== src) {
      src = value.src;
      const picture = new Image();
      picture.onload = () => {
        root.style.setProperty("--ratio", picture.naturalWidth / picture.naturalHeight);
        fit();
      };
      picture.src = src;
    }
    shown = value;
    root.classList.toggle("running", !value.done);
    root.dataset.run = value.run;
    items = value.words.map(item);
    sentence.replaceChildren(...items);
    how.textContent = `${value.how}${value.stopped ? " · stopped" : ""}`;
    const last = value.words.length - 1;
    const rest = value.done && value.words[last].end ? Math.max(0, last - 1) : last; // not the end itself
    player.resize(value.words.length, following ? rest : player.at(), following);
    if (value.done && following) {
      grown = last;
      show(player.at());
    }
    compare();
    fit();
  }
  new ResizeObserver(fit).observe(root);
  draw();
  watch("value", draw);

  const willDraw = glassbox.drawnWhenChosen(root);
};
