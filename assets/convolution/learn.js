// A kernel that is learned: what it meets, its weights, its prediction, the difference, the loss; step by step.
// value: see `/learn` in demos/convolution/learn.py. A step's prediction is made here, of its weights.
glassbox.views["convolution/learn"] = ({ root, props, watch, options }) => {
  const { el, number, diverging } = glassbox;
  const HALF = 128; // levels of colour to each side of zero, as in models/convolution/display.py
  const STEPS_A_SECOND = 25;
  const COLOURS = levels(options.colours.map((one) => [1, 3, 5].map((i) => parseInt(one.slice(i, i + 2), 16))));

  let about = {}, frames = [], run = null, ready = Promise.resolve();
  let input = null; // {src, side, numbers: Float32Array} of the picture that is learned from
  let answer = null; // {side, values, limit} of what the unknown kernel made of it
  let cells = [];

  const panel = (name, title, words) => {
    const canvas = el("canvas", { role: "img", "aria-label": words, title: words });
    return { canvas, node: el("figure", { class: `gb-learn-panel ${name}` }, el("figcaption", {}, title), canvas) };
  };
  const panels = {
    input: panel("input", "Input", "What both kernels see"),
    answer: panel("answer", "Target", "What the unknown kernel makes of it"),
    prediction: panel("prediction", "Output", "What this kernel makes of it"),
    difference: panel("difference", "Difference", "Output less target"),
  };
  const shape = el("span", { class: "gb-learn-size" });
  const grid = el("div", { class: "gb-learn-grid", role: "img" });
  const key = el("p", { class: "gb-learn-key" });
  const kernel = el("figure", { class: "gb-learn-kernel" }, el("figcaption", {}, "The kernel ", shape), grid, key);
  const chart = glassbox.chart({ label: "Loss, step by step", pick: (x) => player.go(Math.round(x)) });
  const now = el("p", { class: "gb-learn-now" });
  const said = el("p", { class: "gb-learn-said", "aria-live": "polite" });
  const legend = el("p", { class: "gb-learn-legend" }, el("span"), el("i", { "aria-hidden": "true" }), el("span"));
  const player = glassbox.transport({
    count: 0, show, label: props.label, rate: STEPS_A_SECOND, text: (step, count) => `step ${step} of ${count - 1}`,
  });
  root.append(
    panels.input.node, panels.answer.node, kernel, panels.prediction.node, panels.difference.node,
    el("div", { class: "gb-learn-facts" }, now, chart.node, legend, said), player.node,
  );
  glassbox.drivable(root, player);
  legend.querySelector("i").style.background = `linear-gradient(to right, ${options.colours.join()})`;

  /** The colours of all levels from least to most, between the ones that are named. */
  function levels(named) {
    return Array.from({ length: 2 * HALF + 1 }, (_, level) => {
      const at = (level / (2 * HALF)) * (named.length - 1), low = Math.min(Math.floor(at), named.length - 2);
      return named[low].map((from, i) => Math.round(from + (at - low) * (named[low + 1][i] - from)));
    });
  }

  async function open(value) {
    const image = await glassbox.picture(value.input);
    const side = image.naturalWidth;
    const context = el("canvas", { width: side, height: side }).getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, side, side);
    const numbers = Float32Array.from({ length: side * side }, (_, i) => (data[4 * i] - value.mean) / value.deviation);
    const canvas = panels.input.canvas;
    [canvas.width, canvas.height] = [side, side];
    canvas.getContext("2d").drawImage(image, 0, 0);
    input = { side, numbers };
  }

  /** What a kernel (rows in one list) makes of the input where both kernels lie inside of it. */
  function convolve(weights, size) {
    const border = Math.floor(Math.max(size, about.unknown.length) / 2), from = border - Math.floor(size / 2);
    const { side, numbers } = input, out = side - 2 * border, values = new Float32Array(out * out);
    for (let i = 0; i < size; i += 1) {
      for (let j = 0; j < size; j += 1) {
        const weight = weights[i * size + j];
        for (let y = 0; y < out; y += 1) {
          const row = (y + from + i) * side + from + j;
          for (let x = 0; x < out; x += 1) values[y * out + x] += weight * numbers[row + x];
        }
      }
    }
    return { side: out, values };
  }

  function paint({ canvas }, { side, values }) {
    [canvas.width, canvas.height] = [side, side];
    const context = canvas.getContext("2d"), pixels = context.createImageData(side, side);
    values.forEach((value, i) => {
      const level = Math.max(-HALF, Math.min(HALF, Math.round((value * HALF) / answer.limit)));
      pixels.data.set([...COLOURS[level + HALF], 255], 4 * i);
    });
    context.putImageData(pixels, 0, 0);
  }

  /** A weight in the few characters that a cell has room for: of a large kernel without the 0 before the point. */
  function weight(value) {
    const size = Math.abs(value);
    if (size >= 1e4) return value.toExponential(0).replace("e+", "e").replace("-", "−");
    const text = value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
    const plain = Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
    return about.size > 5 ? plain.replace("0.", ".") : plain;
  }

  /** The grid's cells: the weight as it is now, and small below it the unknown kernel's there. */
  function build() {
    const { size, unknown } = about, shift = Math.floor((unknown.length - size) / 2);
    answer = convolve(unknown.flat(), unknown.length);
    answer.limit = answer.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    paint(panels.answer, answer);
    cells = Array.from({ length: size * size }, (_, i) => {
      const wanted = unknown[Math.floor(i / size) + shift]?.[(i % size) + shift] ?? 0;
      const held = el("b");
      return { held, node: el("span", { class: "gb-on-colour" }, held, el("small", {}, weight(wanted))) };
    });
    grid.style.setProperty("--size", size);
    grid.dataset.size = size;
    grid.replaceChildren(...cells.map(({ node }) => node));
    shape.textContent = `${size} × ${size}`;
    const name = about.target;
    key.replaceChildren(el("b", {}, "Large"), ": learned. ", el("small", {}, "Small"), `: unknown to it, “${name}”.`);
    const [low, , high] = legend.children;
    [low.textContent, high.textContent] = [-answer.limit, answer.limit].map((limit) => number(limit, 2));
  }

  function show(step) {
    const frame = frames[step];
    if (!frame || !input) return;
    const [loss, far, ...weights] = frame, most = Math.max(...about.unknown.flat().map(Math.abs));
    const made = convolve(weights, about.size);
    paint(panels.prediction, made);
    paint(panels.difference, { side: made.side, values: made.values.map((value, i) => value - answer.values[i]) });
    weights.forEach((value, i) => {
      const { held, node } = cells[i];
      held.textContent = weight(value);
      node.style.setProperty("--cell", diverging(value, 1.15 * most));
    });
    grid.setAttribute("aria-label", `Weights after step ${step}: ${weights.map((value) => number(value)).join(", ")}`);
    chart.set({
      x: "step", y: "loss", log: true, range: [0, Math.max(1, frames.length - 1)],
      series: [{ name: "loss", points: frames.slice(0, step + 1).map(([y], x) => [x, y]) }],
    });
    now.replaceChildren("step ", el("b", {}, String(step)), ": loss ", el("b", {}, short(loss)),
      ", furthest weight ", el("b", {}, short(far)), " off");
    said.textContent = about.done && step === frames.length - 1 ? about.said : "";
    said.classList.toggle("alert", Boolean(about.hopeless));
    root.dataset.step = step;
  }
  const short = (value) => (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)
    ? value.toExponential(1).replace("e+", "e").replace("-", "−") : number(value, 3));

  async function take(value) {
    const other = value.run !== run;
    if (other) await open(value);
    const before = frames.length, ranOut = !player.playing() && player.at() >= before - 1;
    about = value;
    if (other) [run, frames] = [value.run, []];
    value.frames.forEach((frame, i) => { frames[value.first + i] = frame; });
    if (!frames.length || !frames[0]) return;
    if (other) build();
    root.classList.toggle("running", !value.done);
    root.dataset.run = value.run;
    const last = frames.length - 1;
    const plays = value.run !== 0 && !glassbox.still() && glassbox.links.wish(root, "step") === null;
    if (!plays) player.resize(frames.length, other || ranOut ? last : player.at());
    else if (other) {
      player.pause();
      player.resize(frames.length, 0);
      player.toggle();
    } else {
      player.resize(frames.length, player.at());
      if (ranOut && player.at() < last) player.toggle();
    }
    show(player.at());
  }
  /** Values come one after another; each is taken in when the picture of the one before is there. */
  function draw() {
    const value = props.value;
    if (value?.frames) ready = ready.then(() => take(value));
  }
  draw();
  watch("value", draw);
  document.addEventListener("glassbox:theme", () => frames.length && show(player.at()));
  glassbox.drawnWhenSet(root);
};
