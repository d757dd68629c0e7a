// Three walks from one noise, scrubbed by their share of the way. value: see `/objectives`.
glassbox.views["diffusion/objectives"] = ({ root, props, watch, server }) => {
  const { el, number } = glassbox;
  const NAMES = { denoiser: "DDPM", next_state: "Next state", deblending: "Displacement" };
  // What each is trained to predict, as in the cards. The DDPM counts t down, the others up: that is said below.
  const root_of = (inside) => `√<span class="gb-root">${inside}</span>`;
  const [FACE, NOISE, LEFT] = ["<i>x</i><sub>0</sub>", "<i>ε</i>", "<i>ᾱ</i><sub>t</sub>"];
  const SHARE = "<sup>t+1</sup>∕<sub>T</sub>";
  const PREDICTS = {
    denoiser: `<i>v</i> = ${root_of(LEFT)} ${NOISE} − ${root_of(`1 − ${LEFT}`)} ${FACE}`,
    next_state: `<i>x</i><sub>t+1</sub> = ${SHARE} ${FACE} + (1 − ${SHARE}) ${NOISE}`,
    deblending: `<i>d</i> = ${FACE} − ${NOISE}`,
  };
  const lanes = Object.fromEntries(Object.entries(NAMES).map(([name, title]) => {
      const canvas = el("canvas", { role: "img", "aria-label": title });
      const sheet = el("div", { class: "gb-face-sheet" }, canvas);
      const missing = el("p", { class: "gb-trouble", role: "status", hidden: true });
      const facts = el("p", { class: "gb-lane-facts" });
      return [
        name,
        {
          canvas,
          sheet,
          missing,
          facts,
          film: null,
          node: el(
            "figure",
            { class: "gb-lane" },
            el("figcaption", {}, el("b", {}, title), el("span", { class: "gb-predicts", html: PREDICTS[name] })),
            sheet,
            missing,
            facts,
          ),
        },
      ];
    }),
  );
  const caption = el("p", { class: "gb-caption", "aria-live": "off" });
  const player = glassbox.transport({ count: 0, show, label: props.label, rate: 4 });
  root.append(
    el(
      "div",
      { class: "gb-objectives-grid" },
      Object.values(lanes).map(({ node }) => node),
    ),
    el("div", { class: "gb-objectives-foot" }, player.node, caption),
  );
  glassbox.drivable(root, player);
  let about = {}, run = null, shares = [];

  const NEAR = 1e-9; // shares are fractions of whole steps
  /** Where the noise began: the first step of a run may still be on its way, where others overtook it. */
  const from = ([first]) => (first ? `from ${number(first.t, 0)} ` : "");
  function show(at) {
    const share = shares[at];
    if (share === undefined) return;
    for (const [name, lane] of Object.entries(lanes)) {
      const frames = lane.film?.frames() || [], steps = about.steps[name];
      const step = frames.findLastIndex((frame, i) => frame && i / steps <= share + NEAR);
      if (step < 0) continue;
      lane.film.paint(lane.canvas, "x", step);
      lane.node.dataset.step = step;
      lane.node.classList.toggle("there", step === steps);
      const { t, level } = frames[step];
      const clock = name === "denoiser"
        ? `t = ${number(t, 0)}: it counts the noise, ${from(frames)}down to 0`
        : `t = ${level}: it counts the steps, from 0 up to ${steps}`;
      lane.facts.replaceChildren(el("b", {}, `Step ${step} of ${steps}`), `, ${clock}`);
    }
    caption.textContent = `${Math.round(100 * share)} % of the way${about.stopped ? "; the run was stopped" : ""}`;
    root.dataset.share = share;
  }

  async function draw() {
    const value = props.value;
    if (!value?.films) return;
    const other = value.run !== run;
    run = value.run;
    if (other) for (const lane of Object.values(lanes)) lane.film = glassbox.runFilm(server.missed);
    const taken = Object.entries(value.films).map(([name, film]) => (
      lanes[name].film.take({ ...film, run: `${run}/${name}`, done: value.done })
    ));
    await Promise.all(taken);
    if (value.run !== run) return;
    const following = other || player.at() >= shares.length - 1, before = shares[player.at()];
    about = value;
    const found = Object.entries(lanes).flatMap(([name, { film }]) =>
      film
        .frames()
        .map((_, i) => i / value.steps[name])
        .filter((share) => share <= 1),
    );
    shares = [...new Set(found.map((share) => Number(share.toFixed(9))))].sort(
      (one, another) => one - another,
    );
    const { sheet, missing, facts } = lanes.next_state;
    [missing.textContent, missing.hidden, sheet.hidden, facts.hidden] = [
      value.missing || "",
      !value.missing,
      Boolean(value.missing),
      Boolean(value.missing),
    ];
    root.classList.toggle("running", !value.done);
    root.dataset.run = value.run;
    player.resize(shares.length, following ? shares.length - 1 : Math.max(0, shares.indexOf(before)));
  }
  draw();
  watch("value", draw);
  glassbox.drawnWhenSet(root);
};
