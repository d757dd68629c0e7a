// Captions of one photo: how probable each is, word by word; and one of them by BLEU and CIDEr-D, written out.
// value: see `/wrong` in demos/captioning/wrong.py. Choosing raises `select` with {row} from 1, or {show}.
glassbox.views["captioning/wrong"] = ({ root, props, watch, trigger }) => {
  const { el, fixed, percent } = glassbox;
  const SHOWN = [["words", "Word by word"], ["bleu", "BLEU"], ["cider", "CIDEr-D"]];

  const picture = el("img", { class: "gb-wrong-photo", alt: "The photo" });
  const list = el("ol", { class: "gb-wrong-list" });
  const pills = el("div", { class: "gb-wrong-pills", role: "group", "aria-label": "Of the chosen caption" });
  const detail = el("div", { class: "gb-wrong-detail" });
  const sum = el("p", { class: "gb-wrong-sum", "aria-live": "polite" });
  root.append(
    el("div", { class: "gb-wrong-top" }, picture, list), el("div", { class: "gb-wrong-low" }, pills, detail, sum));

  const state = () => glassbox.links.state(glassbox.sceneOf(root)) || {};
  let row = 2, show = "words";
  const value = () => props.value || {};
  const captions = () => value().captions || [];
  const chosen = () => captions()[Math.min(row, captions().length) - 1];
  const spoken = (word) => (word ? `“${word}”` : "the end");
  /** A probability of any smallness: "1 in 1,200" where it is less than one in a thousand. */
  function tiny(logP) {
    if (logP > Math.log(0.001)) return percent(Math.exp(logP));
    const times = Math.exp(-logP);
    return `1 in ${times < 1e7 ? glassbox.whole(times) : `10^${(-logP / Math.LN10).toFixed(0)}`}`;
  }

  function drawList() {
    const all = captions();
    list.replaceChildren(...all.map((one, i) => {
      const words = one.words.map(({ word, log_probability: logP }) => el("span", {
        class: "gb-wrong-word", title: `${spoken(word)}: ${tiny(logP)}`,
      }, el("b", {}, word || "end"), el("i", { style: `--share:${Math.exp(logP)}`, "aria-hidden": "true" })));
      return el("li", {}, el("button", {
        type: "button", class: "gb-wrong-row", "aria-pressed": String(one === chosen()), "data-kind": one.kind,
        onclick: () => choose({ row: i + 1 }),
      }, el("span", { class: "gb-wrong-rank" }, String(one.rank)),
      el("span", { class: "gb-wrong-kind" }, one.kind),
      el("span", { class: "gb-wrong-words" }, words),
      el("span", { class: "gb-wrong-numbers" }, `log p ${fixed(one.log_probability, 1)}`),
      el("span", { class: "gb-wrong-numbers" }, `perplexity ${one.perplexity.toFixed(1)}`)));
    }));
  }

  function drawPills() {
    const known = value().references?.length;
    pills.replaceChildren(...SHOWN.map(([key, title]) => el("button", {
      type: "button", "aria-pressed": String(key === now()), disabled: key !== "words" && !known,
      title: key !== "words" && !known ? "There are no references for a photo of your own" : null,
      onclick: () => choose({ show: key }),
    }, title)));
  }
  const now = () => (value().references?.length ? show : "words");

  const gram = ({ gram: text }, worth, about, note) =>
    el("span", { class: `gb-wrong-gram${worth ? " there" : ""}`, title: note },
      text, about ? el("small", {}, about) : "");

  function drawWords(one) {
    const columns = one.words.map(({ word, log_probability: logP, likeliest, likeliest_probability: share }) =>
      el("li", { class: word === likeliest ? "same" : "" }, el("b", {}, word || "end"),
        el("i", { style: `--share:${Math.exp(logP)}`, "aria-hidden": "true" }), el("span", {}, tiny(logP)),
        el("small", {}, word === likeliest ? "likeliest" : `${likeliest || "end"} ${percent(share)}`)));
    detail.replaceChildren(el("ol", { class: "gb-wrong-each" }, columns));
    const parts = one.words.map(({ log_probability: logP }) => logP);
    const count = one.words.length;
    const addends = parts.map((logP) => `−${fixed(-logP)}`).join(" ");
    const log = one.log_probability.toFixed(2), perplexity = one.perplexity.toFixed(1);
    const as = Math.exp(-log / count).toFixed(1) === perplexity ? "=" : "≈"; // by the numbers that are written
    const total = `${glassbox.equals(parts, one.log_probability)} ${fixed(one.log_probability)}`;
    sum.textContent = `log p = ${addends} ${total}, over ` +
      `${count} words (the end is one): perplexity e^(${(-log).toFixed(2)} / ${count}) ${as} ${perplexity}. ` +
      `Rank ${one.rank} of ${captions().length}. Below each word: what would have been the likeliest there.`;
  }

  function drawBleu(one) {
    const { by_n: parts, brevity, length, closest, score } = one.bleu;
    detail.replaceChildren(...parts.map(({ right, total, grams }, i) => el("div", { class: "gb-wrong-order" },
      el("b", {}, total ? `${i + 1}: ${right} / ${total}` : `${i + 1}: none`),
      el("span", {}, grams.map((each) => gram(each, each.counts, each.said > 1 ? ` ${each.counts} of ${each.said}` : "",
        each.counts ? "a reference says it" : "no reference says it"))))));
    const fractions = parts.map(({ right, total }) => `${right}/${total}`).join(" · ");
    const penalty = brevity < 1 ? `e^(1 − ${closest}/${length}) = ${brevity.toFixed(2)}` : "1";
    sum.textContent = `BLEU-4 = brevity ${penalty} × (${fractions})^¼ = ${score.toFixed(3)}` +
      `${score ? "" : ": where an n has nothing in common, the product is 0"}. Shaded: said by one of ` +
      `${value().references.length} references.`;
  }

  function drawCider(one) {
    const { by_n: parts, score, photos, least } = one.cider;
    const totals = parts.map((grams) => grams.reduce((all, { share }) => all + share, 0));
    const every = photos.toLocaleString("en"), few = `; fewer than ${least} photos with it count as 1`;
    const formula = ({ photos: some, rarity }) =>
      `rarity: ln(${every} / ${some ? `${some.toLocaleString("en")} photos with it` : 1}) = ${rarity.toFixed(2)}` +
      (some ? "" : few);
    const most = Math.max(1e-9, ...parts.flat().map(({ share }) => share));
    detail.replaceChildren(...parts.map((grams, i) =>
      el("div", { class: "gb-wrong-order" }, el("b", {}, `${i + 1}: ${totals[i].toFixed(2)}`),
        el("span", {}, grams.map((each) => {
          const node = gram(each, each.share > 0, each.share > 0 ? ` ${each.share.toFixed(2)}` : "", formula(each));
          node.style.setProperty("--strong", each.share / most);
          return node;
        })))));
    const addends = totals.map((total) => total.toFixed(2)).join(" + ");
    sum.textContent = `CIDEr-D = ${addends} ${glassbox.equals(totals, score)} ${score.toFixed(2)} of 10, against ` +
      `${value().references.length} references; each n-gram weighs by its rarity among the captions of ${every} ` +
      "training photos.";
  }

  function drawDetail() {
    const one = chosen();
    if (!one) return;
    drawPills();
    ({ words: drawWords, bleu: drawBleu, cider: drawCider })[now()](one);
    [...list.children].forEach((node, i) =>
      node.firstChild.setAttribute("aria-pressed", String(captions()[i] === one)));
    root.dataset.show = now();
    root.dataset.row = captions().indexOf(one) + 1;
  }

  /** Take up what was chosen at once; the controls follow. */
  function choose(what) {
    ({ row = row, show = show } = what);
    drawDetail();
    trigger("select", { row, show });
  }

  function follow() {
    const { row: number, show: key } = state();
    if (Number(number)) row = Number(number);
    if (SHOWN.some(([one]) => one === key)) show = key;
    drawDetail();
  }

  function draw() {
    if (!captions().length) return;
    if (value().src !== picture.getAttribute("src")) picture.src = value().src;
    root.dataset.run = value().run;
    drawList();
    follow();
  }
  draw();
  watch("value", draw);
  document.addEventListener("glassbox:state", ({ detail: { key } }) => key === glassbox.sceneOf(root) && follow());
  glassbox.drawnWhenSet(root, ["row", "show"]);
};
