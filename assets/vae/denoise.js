// Noise on a digit and off again. value: see `/denoise` in demos/vae/denoise.py
glassbox.views["vae/denoise"] = ({ root, props, watch }) => {
  const { el, number } = glassbox;
  const decibel = (value) => (value === null ? "identical" : `${value.toFixed(1)} dB`);
  const tile = (title) => {
    const picture = el("img", { class: "gb-pixels", alt: title }), note = el("figcaption");
    return { picture, note, node: el("figure", {}, el("h3", {}, title), picture, note) };
  };
  const tiles = {
    original: tile("Digit"),
    noisy: tile("Under noise"),
    clean: tile("Denoised"),
    beside: tile("A plain VAE"),
  };
  const verdict = el("p", { class: "gb-verdict", role: "status" });
  const levels = el("div", {
    class: "gb-levels",
    role: "group",
    "aria-label": "Levels of noise from weak to strong: under noise above, denoised below",
  });
  root.append(
    el(
      "div",
      { class: "gb-denoise-tiles" },
      Object.values(tiles).map(({ node }) => node),
    ),
    verdict,
    el("h3", { class: "gb-levels-title" }, "The same noise, weak to strong: σ, and dB when denoised"),
    levels,
  );

  /** Whether a picture came nearer to the digit, and by how much. */
  function gain({ before, after }) {
    if (before === null) return ["worse", "there was no noise to take off"];
    const won = after - before;
    return won > 0
      ? ["better", `${won.toFixed(1)} dB nearer to the digit`]
      : ["worse", `${(-won).toFixed(1)} dB further from the digit than the noisy picture`];
  }

  function draw() {
    if (!props.value?.shown) return;
    const { digit, shown, beside, trained, levels: all } = props.value;
    const put = (name, src, note) => {
      tiles[name].picture.src = src;
      tiles[name].note.textContent = note;
    };
    put("original", digit.src, digit.label);
    put("noisy", shown.noisy, `σ = ${number(shown.level)} · ${decibel(shown.before)}`);
    put("clean", shown.clean, decibel(shown.after));
    put("beside", beside.clean, `${decibel(beside.after)}, never saw noise`);
    const [kind, words] = gain(shown);
    const where =
      shown.level > trained
        ? `More noise than the ${number(trained)} it was trained at: do not trust it.`
        : shown.level < trained
          ? `Less noise than the ${number(trained)} it was trained at.`
          : "The noise it was trained at.";
    verdict.className = `gb-verdict ${kind}`;
    verdict.replaceChildren(el("b", {}, words[0].toUpperCase() + words.slice(1) + "."), " ", where);
    // The level that is set stands among them, also where it lies between two of the nine.
    const others = all.filter(({ level }) => Math.abs(level - shown.level) > 1e-6);
    const row = [...others, shown].sort((one, other) => one.level - other.level);
    levels.replaceChildren(
      ...row.map((each) =>
        el(
          "figure",
          { class: gain(each)[0], "aria-current": each === shown ? "step" : null },
          el("img", { class: "gb-pixels", src: each.noisy, alt: `noise ${number(each.level)}` }),
          el("img", { class: "gb-pixels", src: each.clean, alt: `denoised from ${number(each.level)}` }),
          el(
            "figcaption",
            {},
            el("b", {}, number(each.level)),
            el("span", {}, each.after === null ? "=" : each.after.toFixed(1)),
            each.level === trained ? el("em", {}, "trained") : null,
          ),
        ),
      ),
    );
    glassbox.ends.publish("vae/denoise", "digits_16d", { digit });
  }
  draw();
  watch("value", draw);
};
