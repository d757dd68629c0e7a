// The discriminator's opinion of three pictures, patch by patch, and the terms of the objective with their numbers.
// value: see `/judge` in demos/colorizer/judge. A drag in the chart raises `select` with {saturation}.
(() => {
  const { el, fixed, views, number } = glassbox;
  const PARTS = ["truth", "painted", "grey"];
  const PAUSE = 80; // ms
  const COIN = 2 * Math.log(0.5);
  const percent = (share) => `${Math.round(100 * share)} %`;

  views["colorizer/judge"] = ({ root, props, watch, trigger }) => {
    const panels = PARTS.map((name) => {
      const title = el("b", {}), mean = el("span", {}), box = el("div", { class: "gb-view gb-overlay" });
      const node = el("figure", {}, el("figcaption", {}, title, " ", mean), box);
      return { name, title, mean, box, node };
    });
    let wished = null, timer = 0;
    const chart = glassbox.chart({ label: "The mean answer by saturation", pick: wish });
    const legend = el("span", { class: "gb-judge-legend" },
      el("span", {}, "made"), el("i", { "aria-hidden": "true" }), el("span", {}, "real"));
    const terms = el("div", { class: "gb-judge-terms" });
    const said = el("p", { class: "gb-caption" });
    root.append(
      el("div", { class: "gb-judge-pictures" }, panels.map(({ node }) => node),
        el("figure", { class: "gb-judge-chart" },
          el("figcaption", {}, el("b", {}, "Drag the saturation")), chart.node)),
      terms, said);

    /** A drag comes to many places: the newest is told now and then, and the last one always. */
    function wish(x) {
      const saturation = Math.round(20 * x) / 20;
      if (saturation === wished) return;
      wished = saturation;
      if (timer) return;
      timer = setTimeout(() => { timer = 0; trigger("select", { saturation: wished }); }, PAUSE);
    }

    /** A picture under its answers: the kit's own view, which gets its values from here. */
    function mounted(panel) {
      let redraw = () => {};
      const own = { value: props.value.overlays[panel.name], label: panel.name };
      views.overlay({
        root: panel.box, props: own, watch: (_, draw) => { redraw = draw; },
        trigger: (_, { row, column }) => {
          for (const one of panels) one.set({ ...props.value.overlays[one.name], chosen: { row, column } });
        },
      });
      panel.box.addEventListener("glassbox:look", ({ detail }) => {
        for (const { box } of panels) {
          if (box !== panel.box) box.dispatchEvent(new CustomEvent("glassbox:see", { detail }));
        }
      });
      panel.set = (value) => { own.value = value; redraw(); };
    }

    /** A term: its symbol, its number, and what it says. */
    const term = (symbol, value, words, digits = 2) => el("div", { class: "gb-judge-term" },
      el("span", { class: "symbol" }, symbol),
      el("b", {}, fixed(value, digits)),
      el("small", {}, words));
    const sign = (text) => el("span", { class: "sign", "aria-hidden": "true" }, text);

    function draw() {
      const value = props.value;
      if (!value?.overlays) return;
      const { means, believed, terms: its, saturation, curve, patch, size } = value;
      const [height, width] = size, made = saturation === 1 ? "G(L)" : `${number(saturation)} G(L)`;
      const names = {
        truth: "Truth", painted: saturation === 1 ? "Painted" : `Painted × ${number(saturation)}`, grey: "Grey",
      };
      for (const panel of panels) {
        panel.title.textContent = names[panel.name];
        panel.mean.textContent = `D = ${means[panel.name].toFixed(2)}`;
        if (!panel.set) mounted(panel);
        else panel.set(value.overlays[panel.name]);
      }
      chart.set({
        x: "saturation", y: "mean D", range: [0, curve.at(-1)[0]],
        series: [
          { name: "truth", color: 2, points: curve.map(([at, , truth]) => [at, truth]) },
          { name: "painted", color: 1, points: curve.map(([at, painted]) => [at, painted]) },
        ],
      });
      chart.point(saturation);
      if (!timer) wished = saturation;
      const [distance, loss] = [its.distance, its.generator_loss].map((number) => Number(number.toFixed(3)));
      const fooling = Number(its.fooling.toFixed(2)); // as they are written
      terms.replaceChildren(
        el("div", { class: "gb-judge-line" },
          el("span", { class: "who" }, "D makes large, G small"),
          term("E[log D(L, ab)]", its.log_real, "the truth: 0 were certainly real"), sign("+"),
          term(`E[log(1 − D(L, ${made}))]`, its.log_made, "the painting: 0 were certainly made"),
          sign(glassbox.equals([its.log_real, its.log_made], its.value)),
          term("V(D, G)", its.value, `${number(COIN)} where D cannot tell`)),
        el("div", { class: "gb-judge-line" }, el("span", { class: "who" }, "G was trained on"),
          term(`|ab − ${made}|`, its.distance, "the distance, L1", 3), sign(`+ ${its.weight} ·`),
          term(`E[−log D(L, ${made})]`, its.fooling, "less where D is fooled"),
          sign(glassbox.equals([distance, its.weight * fooling], loss, 4)), // a product of two decimals by two
          term("loss of G", its.generator_loss, "at this saturation", 3)));
      const shares = PARTS.map((name) => percent(believed[name]));
      const sees = patch < Math.min(width, height)
        ? `An answer has seen ${patch} × ${patch} of these ${width} × ${height} pixels`
        : `Each answer can see ${patch} × ${patch} pixels, where the picture has ${width} × ${height}`;
      said.replaceChildren(legend, `D takes ${shares[0]} of the truth’s patches rather for real than for made, ` +
        `${shares[1]} of the painting’s and ${shares[2]} of grey’s. ${sees}; beyond the border it sees padding.`);
    }
    draw();
    watch("value", draw);
  };
})();
