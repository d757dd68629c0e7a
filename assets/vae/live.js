// A VAE while it learns: its plane, what it decodes there, its losses; and a player through all of it afterwards.
// value: one frame, see demos/vae/live/view.py. Frames of one run are kept here, as they come.
glassbox.views["vae/live"] = ({ root, props, trigger, server, watch }) => {
  const { el, number } = glassbox;
  const WAY = 260; // milliseconds that the dots take from one frame to the next
  const PATIENCE = 1500; // milliseconds until a press that brought nothing may be repeated
  const SIDE = 15; // pictures along the sheet
  const KEPT = "glassbox:live"; // of the tab's own storage: what this page trained, for the page after it
  const ICONS = { go: '<path d="M7 4.5v15l12-7.5z"/>', pause: '<path d="M6 5h4v14H6zM14 5h4v14h-4z"/>' };
  const WORDS = { new: "Start training", running: "Pause", paused: "Resume", finished: "Train again" };
  let frames = [], run = null, past = new Set(), shown = null, tween = 0, pressed = 0;

  const main = el("button", { type: "button", class: "gb-live-main", onclick: () => press() });
  const again = el("button", { type: "button", class: "gb-start", onclick: () => startOver() }, "Start over");
  const player = glassbox.transport({ count: 0, show, label: props.label, rate: 8 });
  const facts = el("p", { class: "gb-live-facts" }),
    trouble = el("p", { class: "gb-trouble", role: "alert", hidden: true });
  const bar = el("i"),
    progress = el("div", { class: "gb-live-progress", "aria-hidden": "true" }, bar);
  const dots = glassbox.plane({ label: "Where held-back digits lie; drag the marker", move });
  const sheet = glassbox.plane({ label: "What is decoded where; drag the marker", move });
  const picture = el("canvas", {
    class: "gb-decoded",
    width: 28,
    height: 28,
    role: "img",
    "aria-label": "The digit decoded at the marker",
  });
  const place = el("p", { class: "gb-z" }),
    source = el("p", { class: "gb-note" });
  const charts = ["Reconstruction", "KL divergence"].map((title) => ({
    title,
    chart: glassbox.chart({ label: `${title}: training and validation` }),
  }));
  const part = (title, ...inside) => el("section", {}, el("h3", {}, title), ...inside);
  root.append(
    el("div", { class: "gb-live-bar" }, main, again, player.node), progress, facts, trouble,
    el("div", { class: "gb-live-stage" },
      part("500 held-back digits", dots.node, glassbox.legend([..."0123456789"])),
      part("Decoded plane", sheet.node),
      el("div", { class: "gb-live-here" }, picture, el("div", {}, place, source)),
      el("section", { class: "gb-live-losses" }, charts.map(({ chart }) => chart.node))));
  glassbox.drivable(root, player);
  const lost = before();
  const last = () => frames[frames.length - 1];

  /** A training belongs to the page it was begun in: what to say where this page was loaded anew. */
  function before() {
    const seen = Number(sessionStorage.getItem(KEPT));
    sessionStorage.removeItem(KEPT);
    const [entry] = performance.getEntriesByType("navigation");
    if (!seen || entry?.type === "navigate") return "";
    return `The training that was here, ${seen.toLocaleString("en")} digits, ended when the page was loaded anew. `;
  }

  function press() {
    const { phase } = last();
    if (phase === "running") return pause();
    hold();
    return trigger(phase === "paused" ? "submit" : "play");
  }
  /** Where the stream broke off no frame tells of the pause: after a while it is one, to be resumed or begun anew. */
  async function pause() {
    const of = run;
    hold();
    const { error } = await server.pause({ run: of });
    trouble.textContent = error || "";
    trouble.hidden = !error;
    setTimeout(() => {
      if (run !== of || last().phase !== "running") return;
      last().phase = "paused";
      release();
      buttons();
    }, PATIENCE);
  }
  async function startOver() {
    hold();
    if (last().phase === "running") await server.pause({ run });
    trigger("play");
  }
  /** A press has been taken: no other one until something comes of it. */
  function hold() {
    trouble.hidden = true;
    main.disabled = again.disabled = true;
    clearTimeout(pressed);
    pressed = setTimeout(release, PATIENCE);
  }
  function release() {
    clearTimeout(pressed);
    main.disabled = again.disabled = false;
  }

  function buttons() {
    const { phase } = last();
    const icon = ICONS[phase === "running" ? "pause" : "go"];
    if (main.textContent !== WORDS[phase])
      main.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${icon}</svg><span>${WORDS[phase]}</span>`;
    root.dataset.phase = phase;
    again.hidden = phase === "new" || phase === "finished";
  }

  function receive() {
    const frame = props.value;
    if (!frame || !frame.points || past.has(frame.run)) return;
    if (frame.run !== run) {
      if (run) past.add(run);
      [run, frames, shown] = [frame.run, [], null];
    }
    const following = player.at() >= frames.length - 1 && !player.playing();
    if (frames.length && last().step === frame.step)
      frames[frames.length - 1] = { ...frame, train: frame.train || last().train };
    else frames.push(frame);
    if (run) sessionStorage.setItem(KEPT, frame.seen);
    release();
    buttons();
    curves();
    player.resize(frames.length, following ? frames.length - 1 : player.at());
  }

  function curves() {
    const turned = frames.filter((frame, i) => i && frame.beta !== frames[i - 1].beta);
    const marks = turned.map(({ seen, beta }) => ({ x: seen, text: `β = ${number(beta)}` }));
    const of = (part, key) =>
      frames.filter((frame) => frame[part]).map((frame) => [frame.seen, frame[part][key]]);
    ["reconstruction", "kl"].forEach((key, i) =>
      charts[i].chart.set({
        title: charts[i].title,
        x: "digits seen",
        y: "nats a digit",
        log: key === "reconstruction",
        marks,
        range: [0, Math.max(1000, last().seen)],
        series: [
          { name: "training", points: of("train", key), dashed: true, color: 1 },
          { name: "validation", points: of("validation", key), color: 0 },
        ],
      }),
    );
  }

  /** Let the dots walk from where they are seen to where they are now. */
  function wander(to, labels, extent) {
    cancelAnimationFrame(tween);
    const from = shown?.length === to.length && !glassbox.still() && glassbox.visible(root) ? shown : to,
      start = performance.now();
    const step = (now) => {
      const share = from === to ? 1 : Math.min(1, (now - start) / WAY);
      shown = to.map(([x, y], i) => [from[i][0] + share * (x - from[i][0]), from[i][1] + share * (y - from[i][1])]);
      dots.set({ points: { at: shown, labels }, extent });
      if (share < 1) tween = requestAnimationFrame(step);
    };
    step(start);
  }

  async function show(at) {
    const frame = frames[at];
    if (!frame) return;
    wander(frame.points, frame.labels, frame.extent);
    const sigma = frame.deviation.map((one) => number(one, one < 0.1 ? 3 : 2)).join(" and ");
    const time = frame.of ? `${Math.min(frame.seconds, frame.of).toFixed(1)} of ${number(frame.of)} s · ` : "";
    facts.textContent = frame.seen
      ? `${frame.seen.toLocaleString("en")} digits seen · ${time}β = ${number(frame.beta)} · mean σ ${sigma}`
      : `${run ? "" : lost}Nothing is learned yet: random weights, every digit in one heap, ` +
        "every place decodes to the same grey.";
    bar.style.width = frame.of ? `${Math.min(100, (100 * frame.seconds) / frame.of)}%` : "0";
    charts.forEach(({ chart }) => chart.point(at < frames.length - 1 ? frame.seen : null));
    const image = await glassbox.picture(frame.sheet);
    if (frames[player.at()] !== frame) return;
    sheet.set({ sheet: image, extent: frame.extent });
    sheet.image = image;
    here();
  }

  function move(marker) {
    dots.set({ marker });
    sheet.set({ marker });
    here();
  }

  /** The digit at the marker: from the network where the newest frame is shown, else from the sheet. */
  function here() {
    const frame = frames[player.at()], marker = dots.marker();
    if (!frame || !sheet.image) return;
    place.textContent = `z = (${marker.map((one) => number(one)).join(", ")})`;
    if (run && frame === last()) return ask(marker);
    const side = sheet.image.width / SIDE,
      cell = (value) => Math.max(0, Math.min(SIDE - 1, Math.floor(value * SIDE)));
    const column = cell((marker[0] + frame.extent) / (2 * frame.extent)),
      row = cell((frame.extent - marker[1]) / (2 * frame.extent));
    picture.getContext("2d").drawImage(sheet.image, column * side, row * side, side, side, 0, 0, 28, 28);
    source.textContent = "the nearest of the sheet";
  }

  let asking = false, wanted = null;
  async function ask(marker) {
    wanted = marker;
    if (asking) return;
    asking = true;
    while (wanted) {
      const point = wanted, of = run;
      wanted = null;
      const found = await server.look({ run: of, point });
      if (of !== run) continue;
      trouble.hidden = !found.error;
      trouble.textContent = found.error || "";
      source.textContent = found.error ? "" : "decoded by the network as it is now";
      if (found.src) picture.getContext("2d").drawImage(await glassbox.picture(found.src), 0, 0, 28, 28);
    }
    asking = false;
  }

  move([2, -1]);
  receive();
  watch("value", receive);
};
