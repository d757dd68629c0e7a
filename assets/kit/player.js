// Stepping through frames in the browser: the transport (buttons, scrubber, keys), and two users of it.
(() => {
  const { el, views } = glassbox;

  /**
   * Buttons and a scrubber over `count` steps; calls `show(step)` for each. Buttons, keys and playing go on by
   * `stride` steps; `text(step, count)` says where one is.
   * The element answers "glassbox:drive" events (back, ahead, toggle) when it carries data-player.
   */
  glassbox.transport = ({
    count,
    show,
    label,
    rate = 4,
    speeds = [0.5, 1, 2, 4],
    stride = 1,
    text = (step, steps) => `${step + 1} / ${steps}`,
  }) => {
    let at = 0,
      rest = null,
      total = count,
      playing = false,
      speed = 1,
      timer = 0,
      due = 0;
    const position = el("output", { class: "gb-count" });
    const scrub = el("input", {
      type: "range",
      min: 0,
      max: 0,
      value: 0,
      step: 1,
      "aria-label": `${label}: step`,
      oninput: () => {
        pause();
        go(Number(scrub.value));
      },
    });
    const button = (sign, name, action) =>
      el(
        "button",
        { type: "button", class: "gb-step", "aria-label": name, title: name, onclick: action },
        sign,
      );
    const play = button("▶\uFE0E", "Play", () => toggle());
    const pace = el(
      "select",
      {
        class: "gb-speed",
        "aria-label": "Speed",
        onchange: () => {
          speed = Number(pace.value);
        },
      },
      speeds.map((value) => el("option", { value, selected: value === 1 }, `${value}×`)),
    );
    const node = el(
      "div",
      { class: "gb-transport", role: "group", "aria-label": `${label}: player` },
      button("⇤", "First step", () => {
        pause();
        go(0);
      }),
      button("‹", "Step back", () => {
        pause();
        go(at - stride);
      }),
      play,
      button("›", "Step ahead", () => {
        pause();
        go(at + stride);
      }),
      scrub,
      position,
      pace,
    );

    function go(step) {
      rest = null;
      at = Math.max(0, Math.min(total - 1, step));
      if (total > 1) node.dataset.at = at;
      else delete node.dataset.at;
      scrub.value = at;
      position.textContent = total ? text(at, total) : "0 / 0";
      if (total) show(at);
    }
    function pause() {
      playing = false;
      cancelAnimationFrame(timer);
      play.textContent = "▶\uFE0E";
      play.setAttribute("aria-label", "Play");
    }
    function start() {
      if (total < 2) return;
      if (at >= total - 1 || at === rest) go(0);
      playing = true;
      play.textContent = "⏸\uFE0E";
      play.setAttribute("aria-label", "Pause");
      due = performance.now() + 1000 / (rate * speed);
      const tick = (now) => {
        if (!playing || !node.isConnected || !glassbox.visible(node)) return pause();
        if (now >= due) {
          go(at + stride);
          due = now + 1000 / (rate * speed);
          if (at >= total - 1) return pause();
        }
        timer = requestAnimationFrame(tick);
      };
      timer = requestAnimationFrame(tick);
    }
    const toggle = () => (playing ? pause() : start());
    const drive = (what) => {
      if (what === "toggle") return toggle();
      pause();
      return go(at + (what === "back" ? -stride : stride));
    };
    /**
     * The number of steps changed; stay where we are if that step still is. What `rests` at its step is all there
     * is to see, though not its last step: who plays it from there sees it from the first.
     */
    function resize(steps, step = at, rests = false) {
      total = steps;
      scrub.max = Math.max(0, steps - 1);
      for (const control of node.querySelectorAll("button, input, select")) control.disabled = steps < 2;
      const wished = glassbox.links.wish(node, "step"); // from 1
      const led = wished !== null && wished >= 1 && wished <= steps;
      const still = step === at ? rest : null;
      go(led ? wished - 1 : step);
      if (!led) rest = rests ? at : still;
    }
    resize(count, 0);
    return {
      node,
      go: (step) => {
        pause();
        go(step);
      },
      pause,
      toggle,
      drive,
      resize,
      at: () => at,
      playing: () => playing,
    };
  };

  /** Let the arrow keys and the space bar of the page drive a transport while `root` is in view. */
  glassbox.drivable = (root, transport) => {
    root.dataset.player = "";
    root.addEventListener("glassbox:drive", ({ detail }) => transport.drive(detail));
  };

  // StepPlayer: value {frames: [{src, caption, x, texts}], rate, parts, rows}; texts, [{title, lines}], stand beside
  // the picture; where there are `parts` or `rows`, the picture is a strip and is cut apart (strip.js); charts of
  // the same scene mark a frame's x, where it has one
  views.player = ({ root, props, watch }) => {
    const picture = el("img", { alt: "", class: "gb-frame" });
    const strip = glassbox.strip(root);
    const stage = el("div", { class: "gb-stage" });
    const caption = el("p", { class: "gb-caption", "aria-live": "polite" });
    const texts = el("div", { class: "gb-player-texts" });
    const written = ({ title, lines }) => el("section", {},
      title ? el("h4", {}, title) : "", el("ol", {}, lines.map((line) => el("li", {}, line))));
    const frames = () => props.value?.frames || [];
    const transport = glassbox.transport({
      count: frames().length,
      label: props.label,
      rate: props.value?.rate || 4,
      show: (step) => {
        const frame = frames()[step];
        if (!frame) return;
        const { src, caption: alt } = frame, { parts, rows } = props.value;
        if (parts || rows) {
          const words = frame.texts?.map(({ lines }) => lines[0].split(" "));
          glassbox.fill(stage, strip.node);
          strip.set({ src, alt, parts, rows, words });
        } else {
          glassbox.fill(stage, picture);
          picture.src = src;
          picture.alt = alt;
        }
        caption.textContent = alt;
        texts.replaceChildren(...(frame.texts || []).map(written));
        if ("x" in frame) document.dispatchEvent(new CustomEvent("glassbox:at", { detail: { root, x: frame.x } }));
      },
    });
    root.append(stage, caption, transport.node, texts);
    glassbox.drivable(root, transport);
    const resize = () => {
      root.classList.toggle("empty", !frames().length);
      transport.resize(frames().length);
    };
    resize();
    watch("value", resize);
  };
})();
