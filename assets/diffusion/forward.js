// The forward process: x_t mixed in the browser from x_0 and epsilon at the t that is dragged to, and the way back
// from there.
(() => {
  const { el, fixed, views, number } = glassbox;
  const SIDE = 32,
    LEVELS = [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 999],
    LAST = 999;
  const PACE = 300; // ms between two values of t while it is dragged: browsers count address changes
  const floats = (text) =>
    new Float32Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);

  // What the scene's components share: where the slider stands, what is mixed, the way back.
  // `of` names the picture and its noise; `held` is the newest value of a way back, whichever picture it is of, and
  // `asked` has the pictures beside which one was asked for that has not come yet.
  const state = {
    t: 0,
    step: -1,
    rates: null,
    mixed: null,
    of: "",
    held: null,
    back: null,
    asked: new Set(),
    forgotten: null,
    missed: null,
    halt: null,
  };
  state.film = glassbox.runFilm((asked) => state.missed(asked));
  const listeners = new Set();
  const tell = () => listeners.forEach((listener) => listener());
  const follow = (listener) => {
    listeners.add(listener);
    listener();
  };

  /** The newest way back is shown beside its own picture only. */
  function settle() {
    const { held, of, forgotten } = state;
    state.back = held && held.of === of && held.run !== forgotten ? held : null;
    if (!state.back) state.step = -1;
    tell();
  }

  /** Draw numbers around 0 (3 x 32 x 32) on a canvas, -1 as black and 1 as white. */
  function paint(canvas, numbers) {
    [canvas.width, canvas.height] = [SIDE, SIDE];
    const image = new ImageData(SIDE, SIDE),
      plane = SIDE * SIDE;
    for (let i = 0; i < plane; i += 1) {
      for (let colour = 0; colour < 3; colour += 1) {
        const share = Math.min(1, Math.max(0, (numbers[colour * plane + i] + 1) / 2));
        image.data[4 * i + colour] = Math.round(255 * share);
      }
      image.data[4 * i + 3] = 255;
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  }
  /** x_t: the same formula as models/diffusion/forward.py `noised`. */
  function noised(t) {
    const { signal, noise } = state.rates,
      { x0, noise: drawn } = state.mixed;
    return x0.map((value, i) => signal[t] * value + noise[t] * drawn[i]);
  }
  /** The step of the way back that has come down to t: the last frame not below it (the face itself is at 0). */
  const stepAt = (t) =>
    Math.max(
      0,
      state.film.frames().findLastIndex((frame) => frame.t >= t),
    );

  views["diffusion/forward"] = ({ root, props, watch, options }) => {
    const curves = Object.fromEntries(
      Object.entries(options.schedule).map(([name, text]) => [name, floats(text)]),
    );
    state.rates = { signal: curves.signal_rate, noise: curves.noise_rate };
    const part = (kind, symbol, words) => {
      const canvas = el("canvas", { role: "img", "aria-label": words });
      return {
        canvas,
        node: el(
          "figure",
          { class: `gb-run-part ${kind}` },
          el("figcaption", {}, el("b", { html: symbol }), el("span", {}, words)),
          el("div", { class: "gb-face-sheet" }, canvas),
        ),
      };
    };
    const face = part("x0", "<i>x</i><sub>0</sub>", "The picture"),
      now = part("x", "<i>x</i><sub>t</sub>", "Under noise"),
      noise = part("noise", "<i>ε</i>", "The noise");
    const [words, title] = [now.node.querySelector("span"), now.node.querySelector("b")];
    const [rightTitle, rightWords] = [noise.node.querySelector("b"), noise.node.querySelector("span")];
    const equation = el("p", { class: "gb-run-equation", "aria-live": "off" });
    const numbers = el("p", { class: "gb-noising-numbers" });
    root.append(el("div", { class: "gb-run-parts" }, face.node, now.node, noise.node), equation, numbers);
    const rate = (value) => value.toFixed(2);

    function draw() {
      if (!state.mixed) return;
      const { t } = state,
        back = state.back && state.step >= 0;
      const frame = back ? state.film.frames()[state.step] : null;
      root.classList.toggle("back", Boolean(back));
      root.dataset.t = t;
      rightTitle.innerHTML = back ? "<i>x̂</i><sub>0</sub>" : "<i>ε</i>";
      rightWords.textContent = back ? "Its guess" : "The noise";
      words.textContent = back ? "On the way back" : "Under noise";
      title.innerHTML = `<i>x</i><sub>${back && frame.signal_rate === 1 ? 0 : "t"}</sub>`;
      if (back) {
        state.film.paint(now.canvas, "x", state.step);
        state.film.paint(noise.canvas, "x0", state.step);
      } else {
        paint(now.canvas, noised(t));
        paint(
          noise.canvas,
          state.mixed.noise.map((value) => value / 3),
        );
      }
      paint(face.canvas, state.mixed.x0);
      const stopped = back && state.back.stopped && state.step === state.film.frames().length - 1;
      const [signal, share, at] = back
        ? [frame.signal_rate, frame.noise_rate, frame.t]
        : [curves.signal_rate[t], curves.noise_rate[t], t];
      const [x0, eps] = back ? ["x̂", "ε̂"] : ["x", "ε"];
      const mixed = `<b>${rate(signal)}</b> <i>${x0}</i><sub>0</sub> + <b>${rate(share)}</b> <i>${eps}</i>`;
      const where = `<span>${stopped ? "stopped at" : "at"} t = ${number(at, 0)}</span>`;
      equation.innerHTML =
        back && signal === 1
          ? "<i>x</i><sub>0</sub>: no noise is left"
          : `<i>x</i><sub>t</sub> = ${mixed} ${where}`;
      if (back) {
        const { total } = state.back, how = stopped ? "stopped here" : "no fresh noise";
        numbers.textContent = `DDIM, step ${Math.min(state.step + 1, total)} of ${total}: ${how}`;
      } else {
        numbers.textContent = [
          `β ${curves.beta[t].toPrecision(2)}`,
          `signal rate ${curves.signal_rate[t].toFixed(4)}`,
          `noise rate ${curves.noise_rate[t].toFixed(4)}`,
          `log-SNR ${fixed(curves.log_snr[t])}`,
        ].join(" · ");
      }
    }
    function take() {
      const value = props.value;
      if (!value?.mixed) return;
      const other = state.of && state.of !== value.of;
      state.of = value.of;
      state.mixed = { x0: floats(value.mixed.x0), noise: floats(value.mixed.noise) };
      if (other) glassbox.forgetTheWayBack();
      else settle();
    }
    take();
    watch("value", take);
    follow(draw);
  };

  /** Another picture or other noise: the way back belonged to the last one. */
  glassbox.forgetTheWayBack = () => {
    if (state.back && !state.back.done) state.halt();
    state.forgotten = state.back?.run ?? state.forgotten;
    settle();
  };

  // The slider: t up to where the way back turns, and down again where there is one.
  views["diffusion/forward-timestep"] = ({ root, props, watch }) => {
    let turn = LAST,
      back = null,
      following = false,
      waiting = 0,
      written = props.value;
    const forget = el(
      "button",
      {
        type: "button",
        class: "gb-step gb-save",
        title: "Forget the way back",
        onclick: () => glassbox.forgetTheWayBack(),
      },
      "✕ back",
    );
    const player = glassbox.transport({
      count: LAST + 1,
      label: props.label,
      stride: 10,
      rate: 20,
      show,
      text: (step) => (step > turn ? `t = ${2 * turn - step} ↓` : `t = ${step}`),
    });
    player.node.append(forget);
    root.append(player.node);
    glassbox.drivable(root, player);

    function show(position) {
      // Stopped at its first step, the way back has not left the turn: there it is what is looked at.
      const only = back && state.back.stopped && state.film.frames().length === 1;
      const down = back && (position > turn || (only && position === turn));
      state.t = down ? 2 * turn - position : position;
      state.step = down ? stepAt(state.t) : -1;
      if (!down) write();
      tell();
    }
    /** Keep the value in step, not more often than addresses may change. */
    function write() {
      if (waiting || state.t === written) return;
      waiting = setTimeout(() => {
        waiting = 0;
        if (state.t === written || state.step >= 0) return;
        written = props.value = state.t;
      }, PACE);
    }
    function read() {
      if (props.value === written) return; // our own
      written = props.value;
      if (Number.isInteger(written) && written !== state.t) glassbox.goToTimestep(written);
    }
    /** Go to a t of the forward half; beyond the turn there is no way back any more. */
    glassbox.goToTimestep = (t) => {
      if (back && t > turn) glassbox.forgetTheWayBack();
      player.go(t);
    };
    /** Go to a t of the way back. */
    glassbox.goBackTo = (t) => player.go(2 * turn - t);
    follow(() => {
      forget.hidden = !state.back;
      if (state.back === back) return;
      const first = state.back && state.back.run !== back?.run;
      if (!state.back) [back, turn] = [null, LAST];
      else if (state.film.frames().length) [back, turn] = [state.back, Math.round(state.film.frames()[0].t)];
      if (state.back && !back) return;
      const at = player.at();
      if (first || (following && back && !player.playing())) {
        // While steps arrive the slider goes down with them; whoever takes hold of it looks where they like.
        const last = state.film.frames().at(-1);
        player.resize(2 * turn + 1, 2 * turn - Math.round(last.t));
      } else player.resize(back ? 2 * turn + 1 : LAST + 1, Math.min(at, back ? 2 * turn : LAST));
      if (first) following = true;
    });
    root.addEventListener("input", () => {
      following = false;
    });
    root.addEventListener("pointerdown", () => {
      following = false;
    });
    player.go(Number.isInteger(props.value) ? props.value : 0);
    watch("value", read);
  };

  // Levels of noise: forward, and under it the way back at the same levels.
  views["diffusion/forward-levels"] = ({ root, props, watch, server }) => {
    state.missed = server.missed;
    state.halt = () => root.closest(".gb-scene").querySelector(".gb-halt").click();
    const cell = (t, press) => {
      const canvas = el("canvas", { "aria-hidden": "true" });
      return {
        t,
        canvas,
        node: el(
          "button",
          { type: "button", "aria-label": `t = ${t}`, onclick: () => press(t) },
          canvas,
          el("span", {}, String(t)),
        ),
      };
    };
    const rows = {
      forward: LEVELS.map((t) => cell(t, (at) => glassbox.goToTimestep(at))),
      back: LEVELS.map((t) => cell(t, (at) => glassbox.goBackTo(at))),
    };
    const row = (name, words) =>
      el(
        "div",
        { class: `gb-noise-row ${name}` },
        el("p", {}, words),
        el(
          "div",
          {},
          rows[name].map(({ node }) => node),
        ),
      );
    const back = row("back", "← And back, by the network");
    root.append(row("forward", "Forward →"), back);
    let drawn = null,
      run = null;
    follow(() => {
      if (state.mixed && drawn !== state.mixed) {
        drawn = state.mixed;
        for (const { t, canvas } of rows.forward) paint(canvas, noised(t));
      }
      back.hidden = !state.back;
      if (state.back && run !== state.back) {
        const turn = state.film.frames()[0]?.t ?? -1,
          last = state.film.frames().at(-1)?.t;
        rows.back.forEach(({ t, canvas, node }) => {
          const there = t <= turn && ((state.back.done && !state.back.stopped) || t >= last);
          node.disabled = !there;
          if (there) state.film.paint(canvas, "x", stepAt(t));
          else [canvas.width, canvas.height] = [SIDE, SIDE];
        });
      }
      run = state.back;
      const nearest = LEVELS.reduce((best, t) =>
        Math.abs(t - state.t) < Math.abs(best - state.t) ? t : best,
      );
      for (const name of ["forward", "back"]) {
        const here = (name === "back") === state.step >= 0;
        for (const { t, node } of rows[name]) node.toggleAttribute("aria-current", here && t === nearest);
      }
    });
    async function take() {
      const value = props.value;
      if (!value?.frames) return;
      root.classList.toggle("running", !value.done);
      root.dataset.run = value.run;
      if (value.run === state.forgotten) return;
      const came = state.asked.delete(value.of);
      if (came && value.of !== state.of) {
        // Asked for beside a picture that is gone since: nobody will look at it.
        state.forgotten = value.run;
        if (!value.done) state.halt();
        return;
      }
      await state.film.take(value);
      state.held = value;
      settle();
    }
    document.addEventListener("click", ({ target }) => {
      const draw = target.closest?.(".gb-draw");
      if (draw && draw.closest(".gb-scene") === root.closest(".gb-scene")) state.asked.add(state.of);
    });
    take();
    watch("value", take);
  };

  // Charts of the schedules with a mark at t; pressing one goes there.
  // options: {charts: [{title, y, log, name}], schedules}
  views["diffusion/forward-schedules"] = ({ root, options }) => {
    const every = options.charts.map(({ name, ...about }) => {
      const names = [name].flat();
      const series = Object.entries(options.schedules).flatMap(([title, curves], i) =>
        names.map((one, color) => ({
          name: names.length > 1 ? `${one.replace("_rate", "")}${i ? `, ${title}` : ""}` : title,
          points: [...floats(curves[one])].map((y, x) => [x, y]),
          dashed: i > 0,
          color,
        })),
      );
      const chart = glassbox.chart({ label: about.title, pick: (x) => glassbox.goToTimestep(Math.round(x)) });
      chart.set({ x: "t", ...about, series });
      return chart;
    });
    root.classList.add("gb-curves");
    root.append(...every.map(({ node }) => node));
    follow(() => every.forEach((chart) => chart.point(state.t)));
  };
})();
