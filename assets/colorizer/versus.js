// L1 alone beside L1 + GAN: one square by both, with its numbers, or the evaluation's numbers as bars.
// value: see `/versus` in demos/colorizer/versus; options.evaluation: {numbers, said}, or {} where there is none.
(() => {
  const { el, views } = glassbox;
  const TITLES = {
    grey: ["Grey", "all that both are shown"],
    mean_colour: ["One mean colour", ""],
    cifar_l1: ["L1 alone", "asked for a small distance"],
    cifar_gan: ["L1 + GAN", "has to convince a judge too"],
    truth: ["Truth", ""],
  };
  const PAINTED = ["grey", "cifar_l1", "cifar_gan"];
  // name, title, unit, decimals, and which end is better: low, high, or near the truth
  const MEASURES = [
    ["ab_error", "Error of a and b", "", 1, "low"],
    ["ciede2000", "CIEDE2000", "", 1, "low"],
    ["psnr", "PSNR", " dB", 1, "high"],
    ["ssim", "SSIM", "", 3, "high"],
    ["colourfulness", "Colourfulness", "", 1, "near"],
  ];
  const DISTANCE = ["frechet_distance", "Fréchet distance", "", 1, "low"];
  const WAYS = { low: "less is better", high: "more is better", near: "best near the truth’s" };
  const NO_ERROR = 120; // dB

  const text = (value, [name, , unit, digits]) =>
    name === "psnr" && value >= NO_ERROR ? "no error" : `${value.toFixed(digits)}${unit}`;

  /** Whose number is best of the painted ones, as far as its decimals tell. */
  function best(numbers, measure, names) {
    const [name, , , digits, way] = measure, truth = numbers.truth[name];
    const cost = (one) => ({ low: one, high: -one, near: Math.abs(one - truth) })[way];
    const costs = names.map((one) => Number(cost(numbers[one][name]).toFixed(digits)));
    const least = Math.min(...costs);
    return names.filter((_, i) => costs[i] === least);
  }

  function bars(numbers, measure) {
    const [name, title, , , way] = measure, names = Object.keys(numbers);
    const shown = (one) => !(name === "psnr" && numbers[one].psnr >= NO_ERROR);
    const most = Math.max(...names.filter(shown).map((one) => numbers[one][name]), 1e-9);
    const winners = best(numbers, measure, names.filter((one) => one !== "truth"));
    const rows = names.map((one) => {
      const value = numbers[one][name], bar = el("i", { class: one });
      bar.style.width = shown(one) ? `${Math.max(0.6, (100 * Math.max(0, value)) / most)}%` : "0";
      return el("div", { class: `gb-versus-bar${winners.includes(one) ? " best" : ""}` },
        el("span", {}, TITLES[one][0]), el("span", { class: "gb-versus-track" }, bar),
        el("b", {}, text(value, measure)));
    });
    return el("section", {}, el("h4", {}, title, " ", el("small", {}, WAYS[way])), rows);
  }

  views["colorizer/versus"] = ({ root, props, watch, options }) => {
    const evaluation = options.evaluation || {};
    const names = [...PAINTED, "truth"];
    const tiles = names.map((name) => {
      const image = el("img", { alt: TITLES[name][0], class: "gb-pixels", draggable: "false" });
      const [title, note] = TITLES[name];
      return { image, node: el("figure", {}, el("figcaption", {}, el("b", {}, title), note ? el("span", {}, note) : ""),
        image) };
    });
    const table = el("table", {});
    const said = el("p", { class: "gb-caption" });
    const one = el("div", { class: "gb-versus-one" },
      el("div", { class: "gb-versus-pictures" }, el("span", {}), tiles.map(({ node }) => node)), table, said);
    const all = el("div", { class: "gb-versus-all" }, evaluation.numbers
      ? [el("div", { class: "gb-versus-charts" },
          [...MEASURES, DISTANCE].map((measure) => bars(evaluation.numbers, measure))),
        el("p", { class: "gb-caption" }, evaluation.said)]
      : el("p", { class: "gb-caption" }, "The evaluation’s numbers are missing or damaged."));
    root.append(one, all);

    function show() {
      const many = glassbox.links.state(glassbox.sceneOf(root))?.show === "evaluation";
      one.hidden = many;
      all.hidden = !many;
    }

    function draw() {
      const { pictures, numbers, said: words } = props.value || {};
      if (!pictures) return;
      names.forEach((name, i) => { tiles[i].image.src = pictures[name]; });
      table.replaceChildren(
        el("caption", { class: "gb-spoken" }, "What is measured against the truth"),
        el("colgroup", {}, el("col"), names.map(() => el("col"))),
        el("thead", { class: "gb-spoken" },
          el("tr", {}, el("td"), names.map((name) => el("th", { scope: "col" }, TITLES[name][0])))),
        el("tbody", {}, MEASURES.map((measure) => {
          const winners = best(numbers, measure, PAINTED);
          return el("tr", {},
            el("th", { scope: "row", title: WAYS[measure[4]] }, measure[1],
              el("span", { "aria-hidden": "true" }, { low: " ↓", high: " ↑", near: "" }[measure[4]])),
            names.map((name) => el("td", { class: winners.includes(name) ? "best" : null },
              text(numbers[name][measure[0]], measure))));
        })),
      );
      said.textContent = words;
      show();
    }
    draw();
    show();
    watch("value", draw);
    document.addEventListener("glassbox:state", ({ detail }) => detail.key === glassbox.sceneOf(root) && show());
  };
})();
