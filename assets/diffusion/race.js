// Samplers side by side. race-lanes: who races, [[sampler, steps], ...]; race: their lanes in step, see `/race`.
(() => {
  const { el, number, views } = glassbox;

  views["diffusion/race-lanes"] = ({ root, props, watch, options }) => {
    const lanes = () => (Array.isArray(props.value) ? props.value : []);
    let written = "";
    function set(next) {
      props.value = next;
      draw();
    }
    const replaced = (at, part, value) =>
      set(lanes().map((lane, i) => (i === at ? (part ? [lane[0], value] : [value, lane[1]]) : lane)));
    function lane([sampler, steps], at) {
      const choose = el(
        "select",
        { "aria-label": `Lane ${at + 1}: sampler`, onchange: (event) => replaced(at, 0, event.target.value) },
        options.samplers.map(([name, title]) =>
          el("option", { value: name, selected: name === sampler }, title),
        ),
      );
      const many = el("input", {
        type: "number", min: 1, max: options.steps, step: 1, value: steps, "aria-label": `Lane ${at + 1}: steps`,
        onchange: () => {
          const asked = Math.round(Number(many.value));
          many.value =
            Number.isFinite(asked) && many.value !== "" ? Math.min(options.steps, Math.max(1, asked)) : steps;
          if (Number(many.value) !== steps) replaced(at, 1, Number(many.value));
        },
      });
      const remove = el(
        "button",
        {
          type: "button",
          class: "gb-lane-remove",
          "aria-label": `Remove lane ${at + 1}`,
          title: "Remove",
          disabled: lanes().length <= options.fewest,
          onclick: () => set(lanes().filter((_, i) => i !== at)),
        },
        "×",
      );
      return el(
        "div",
        { class: "gb-lane-head", role: "group", "aria-label": `Lane ${at + 1}` },
        el("b", {}, at + 1),
        choose,
        el("label", {}, many, "steps"),
        remove,
      );
    }
    function draw() {
      if (JSON.stringify(lanes()) === written) return;
      written = JSON.stringify(lanes());
      const add = el(
        "button",
        {
          type: "button",
          class: "gb-step gb-lane-add",
          "aria-label": "Add a lane",
          title: "Add a lane",
          onclick: () => set([...lanes(), ["ddim", 10]]),
        },
        "+",
      );
      root.replaceChildren(...lanes().map(lane), lanes().length < options.most ? add : "");
    }
    draw();
    watch("value", draw);
  };

  const PARTS = [
    ["x", "<i>x</i><sub>t</sub>: the picture, with its noise"],
    ["x0", "<i>x̂</i><sub>0</sub>: the face taken to be in there"],
  ];
  const PLACES = ["first", "second", "third", "fourth"];

  views["diffusion/race"] = ({ root, props, watch, server }) => {
    let films = [], nodes = [], positions = [], about = {}, run = null, part = "x";
    const grid = el("div", { class: "gb-race-grid" });
    const caption = el("p", { class: "gb-caption", "aria-live": "off" });
    const player = glassbox.transport({ count: 0, show, label: props.label, rate: 10 });
    const pills = PARTS.map(([name, title]) =>
      el("button", {
        type: "button",
        class: "gb-choice",
        "aria-pressed": String(name === part),
        html: title,
        onclick: () => {
          part = name;
          pills.forEach((pill, i) => pill.setAttribute("aria-pressed", String(PARTS[i][0] === part)));
          show(player.at());
        },
      }),
    );
    root.append(
      grid,
      el(
        "div",
        { class: "gb-race-foot" },
        caption,
        el("div", { class: "gb-choices", role: "group", "aria-label": "What is shown" }, pills),
      ),
      player.node,
    );
    glassbox.drivable(root, player);

    function rebuild(value) {
      films = value.lanes.map(() => glassbox.runFilm(server.missed));
      nodes = value.lanes.map(({ title, steps }, i) => {
        const canvas = el("canvas", { role: "img", "aria-label": `Lane ${i + 1}: ${title}, ${steps} steps` });
        const bar = el("span", { class: "gb-lane-bar" }, el("i")), facts = el("p", { class: "gb-lane-facts" });
        const name = el("figcaption", {}, el("b", {}, title), ` ${steps} step${steps === 1 ? "" : "s"}`);
        const node = el(
          "figure",
          { class: "gb-lane" },
          name,
          el("div", { class: "gb-face-sheet" }, canvas),
          bar,
          facts,
        );
        return { canvas, bar, facts, node };
      });
      root.style.setProperty("--lanes", nodes.length);
      grid.replaceChildren(...nodes.map(({ node }) => node));
    }

    const held = (film) => film.frames().filter(Boolean);
    const finished = (i) => held(films[i]).length > about.lanes[i].steps;
    /** Lanes in the order in which they finished. */
    const order = () => films.map((_, i) => i).filter(finished).sort((one, other) => end(one) - end(other));
    const end = (i) => held(films[i]).at(-1).evaluations;

    function show(at) {
      const evaluations = positions[at];
      if (evaluations === undefined) return;
      const ranks = order().map(end);
      nodes.forEach(({ canvas, bar, facts, node }, i) => {
        const frames = films[i].frames(),
          step = frames.findLastIndex((frame) => frame && frame.evaluations <= evaluations);
        if (step < 0) return;
        films[i].paint(canvas, part, step);
        const { t, seconds, evaluations: asked } = frames[step], { steps } = about.lanes[i];
        const there = finished(i) && step === frames.length - 1;
        node.classList.toggle("there", there);
        node.dataset.step = step;
        bar.firstChild.style.width = `${(100 * step) / steps}%`;
        const place = PLACES[ranks.indexOf(end(i))];
        const spent = `${asked}\u00a0evaluation${asked === 1 ? "" : "s"}, ${seconds.toFixed(1)}\u00a0s`;
        facts.innerHTML = there
          ? `<b>There ${place}</b>, after ${spent}`
          : `<b>t = ${number(t, 0)}</b> · step ${step} of ${steps} · ${spent}`;
      });
      const stopped = about.stopped ? "; the race was stopped" : "";
      const times = `${evaluations} evaluation${evaluations === 1 ? "" : "s"}`;
      caption.textContent = `After ${times} of the network for each face${stopped}`;
      root.dataset.evaluations = evaluations;
    }

    async function draw() {
      const value = props.value;
      if (!value?.lanes) return;
      const other = value.run !== run;
      if (other) rebuild(value);
      run = value.run;
      const own = films;
      const taken = Object.entries(value.films).map(([i, film]) => (
        own[i].take({ ...film, run: `${value.run}/${i}`, done: value.done })
      ));
      await Promise.all(taken);
      if (own !== films) return;
      const following = other || player.at() >= positions.length - 1;
      const before = positions[player.at()];
      about = value;
      positions = [...new Set(films.flatMap((film) => held(film).map((frame) => frame.evaluations)))].sort(
        (one, another) => one - another,
      );
      root.classList.toggle("running", !value.done);
      root.dataset.run = value.run;
      player.resize(positions.length, following ? positions.length - 1 : Math.max(0, positions.indexOf(before)));
    }
    draw();
    watch("value", draw);
    glassbox.drawnWhenSet(root, ["shows"]);
  };
})();
