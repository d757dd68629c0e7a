// A digit's Gaussian: the ellipse on the plane, the point drawn from it, what is decoded, what it costs.
// value: see `/encode` in demos/vae/encode. `by-hand` holds what people set themselves, for the link.
(() => {
  const { el, fixed, views, number } = glassbox;
  const REST = 250; // ms without a move until the link is written
  const NOTHING = { marker: null, ellipses: [], marks: [] };
  const PARTS = ["mean", "deviation", "noise"];
  const SYMBOLS = { mean: "μ", deviation: "σ", noise: "ε" };
  const Z_COLOR = "#ffffff", MEAN_COLOR = "#f7c948"; // on the plane and in the close-up, in light and dark
  const MOST_DECIMALS = 4;

  // What the views of the scene share: what the server encoded, what is set by hand, what is shown.
  const shared = { base: null, hand: {}, mine: false, now: null };
  const { tell, hear } = glassbox.channel();
  const byHand = () => PARTS.some((part) => shared.hand[part]) && shared.hand.of === shared.base?.key;
  /** Set a part by hand (null: the encoder's again); the rest stays as it is. */
  function set(part, values) {
    const { of, ...others } = byHand() ? shared.hand : {};
    shared.hand = { ...others, [part]: values.map((value) => Math.round(value * 1e6) / 1e6), of: shared.base.key };
    shared.mine = true;
    tell("hand");
  }
  function release() {
    shared.hand = {};
    shared.mine = false;
    tell("hand");
  }
  const source = (name) => {
    for (const scene of document.querySelectorAll(".gb-scene:has(.gb-vae-encode)")) scene.dataset.source = name;
  };
  glassbox.posterior = { source };

  const aDigit = (label) => `${label === 8 ? "an" : "a"} ${label}`;
  const nats = (value) => fixed(value, 1);
  const vector = (values, digits = 2) =>
    `(${values.map((value) => fixed(value, digits)).join(", ")})`;
  /** How many times as large: two digits are enough. */
  const times = (value) => `${number(Number(value.toPrecision(2)), 1)}×`;
  /** Deviations, all with as many decimals as the smallest of them needs for two digits. */
  function sigmas(values) {
    const least = Math.min(...values.filter((value) => value > 0));
    const decimals = Math.max(0, Math.min(MOST_DECIMALS, 1 - Math.floor(Math.log10(least))));
    return values.map((value) => (value === 0 ? "0" : value.toFixed(decimals)));
  }
  const small = (values) => `(${sigmas(values).join(", ")})`;
  /** KL over all dimensions: the sum of what is written of each. */
  const summed = (kl) => kl.reduce((total, value) => total + Number(value.toFixed(2)), 0);
  /** Bars of nats, one a dimension, all on one scale; those that say nothing are hollow. */
  const bars = (kl, most, active, digits = 1) =>
    el(
      "div",
      {
        class: "gb-kl",
        role: "img",
        "aria-label": `KL in each dimension: ${kl.map((value) => value.toFixed(3)).join(", ")} nats`,
      },
      kl.map((value, i) =>
        el(
          "span",
          {
            class: active[i] ? null : "collapsed",
            title: `dimension ${i + 1}: ${value.toFixed(3)} nats${active[i] ? "" : ", collapsed"}`,
          },
          el("i", { style: `--share:${value / most}` }),
          el("small", {}, value.toFixed(digits)),
        ),
      ),
    );

  views["vae/encode"] = ({ root, props, watch, server }) => {
    const input = el("img", { alt: "", class: "gb-digit" }),
      output = el("canvas", { width: 28, height: 28, class: "gb-digit", role: "img" });
    const inputText = el("p", { class: "gb-shape" }),
      outputText = el("p", { class: "gb-shape" });
    const middle = el("div", { class: "gb-middle" }),
      near = el("div", { class: "gb-digit gb-lens" }),
      nearText = el("p", { class: "gb-shape" });
    const caption = el("p", { class: "gb-caption", role: "status" });
    const missing = el("p", { class: "gb-digit gb-missing", role: "status", hidden: true });
    const loss = lossView();
    const WIDE = 2.2; // of the close-up, in reaches
    const sizes = new ResizeObserver(() => shared.now && lens()); // as large as it is, so much it magnifies
    const planes = new Map(); // by model: canvas and what lies behind it
    sizes.observe(near);
    let busy = false, again = false;
    const figure = (name, title, ...inside) => el("figure", { class: name }, el("figcaption", {}, title), ...inside);
    root.append(
      el(
        "div",
        { class: "gb-flow" },
        el("div", { class: "gb-flow-side" }, figure("x", "Digit x", input, missing, inputText),
          figure("near", "q(z|x), close up", near, nearText)),
        middle,
        el("div", { class: "gb-flow-side" }, figure("out", "Decoded from z", output, outputText), loss.terms),
      ),
      loss.node,
      caption,
    );

    /** The plane of a model, its sheet and digits fetched once. */
    function planeOf(model) {
      if (!planes.has(model)) {
        const holder = { node: el("div", {}), map: null };
        planes.set(model, holder);
        holder.ready = server.plane_behind({ model }).then(async (found) => {
            if (found.error) throw new Error(found.error);
            const { extent, points, labels, sheet } = found;
            holder.map = glassbox.plane({
              label: "The Gaussian on the latent plane: drag its mean",
              extent,
              move: (point) => (shared.base ? set("mean", point) : holder.map.set(NOTHING)),
            });
            holder.map.set({ points: { at: points, labels } });
            holder.note = el("p", { class: "gb-note" });
            sizes.observe(holder.map.node);
            holder.node.replaceChildren(holder.map.node, glassbox.legend([...Array(10).keys()]), holder.note);
            holder.map.set({ sheet: await glassbox.picture(sheet) });
        }).catch((error) => {
            planes.delete(model);
            caption.textContent = error.message || "The plane could not be fetched.";
          });
      }
      return planes.get(model);
    }

    async function middleOf(base) {
      if (!base.plane) {
        middle.replaceChildren(el("div", { class: "gb-wide-kl" }));
        return place();
      }
      const holder = planeOf(base.model);
      glassbox.fill(middle, holder.node);
      await holder.ready;
      if (shared.base === base && holder.map) place();
      if (!shared.base) holder.map?.set(NOTHING); // there is no digit any more
    }

    /** Ellipse, mean and z where they are now. */
    function place() {
      const { base, now } = shared;
      if (!base) return;
      if (!base.plane) {
        const active = base.models.find(({ model }) => model === base.model).active,
          gone = active.filter((one) => !one).length;
        middle.firstChild?.replaceChildren(
          el("h4", {}, "KL in each of the 16 dimensions, in nats"),
          bars(now.kl, Math.max(...now.kl), active),
          el(
            "p",
            { class: "gb-shape" },
            `${gone} of ${active.length} have collapsed (dashes): their Gaussian is nearly the prior, whatever goes in`,
          ),
        );
        return;
      }
      const { map, note } = planes.get(base.model) || {};
      if (!map) return;
      const beyond = [now.mean, now.z].some((at) => at.some((one) => Math.abs(one) > base.extent));
      note.textContent = beyond
        ? `It lies beyond ±${number(base.extent)}, μ ${vector(now.mean, 1)}: cross and z are drawn at the edge`
        : "Cross: μ, to be dragged; rings: 1 σ and 2 σ; white: z";
      map.set({
        marker: now.mean,
        ellipses: now.deviation.some((one) => one > 0)
          ? [{ mean: now.mean, deviation: now.deviation, color: MEAN_COLOR }]
          : [],
        marks: [{ at: now.z, text: "z", color: Z_COLOR }],
      });
    }

    /** The Gaussian alone, so near that its rings can be seen: three deviations each way. */
    function lens() {
      const { base, now } = shared, figure = near.parentElement;
      figure.hidden = !base.plane;
      if (!base.plane) return;
      const widest = Math.max(...now.deviation),
        reach = 3 * widest || 1;
      const ring = (times) =>
        `<ellipse rx="${(times * now.deviation[0]) / reach}" ry="${(times * now.deviation[1]) / reach}"/>`;
      const [x, y] = now.z.map((value, i) => (value - now.mean[i]) / reach);
      const box = [-WIDE / 2, -WIDE / 2, WIDE, WIDE].join(" ");
      near.innerHTML = `<svg viewBox="${box}" role="img" aria-label="The Gaussian, close up">
        <path d="M-1.1 0H1.1M0 -1.1V1.1"/>${widest ? ring(1) + ring(2) : ""}<path class="way" d="M0 0L${x} ${-y}"/>
        <circle class="mean" r=".05"/><circle class="z" cx="${x}" cy="${-y}" r=".07"/></svg>`;
      const map = planes.get(base.model)?.map?.node.clientWidth, [own, all] = [near.clientWidth / WIDE, map / 2];
      const magnified = own && all ? ` · magnified ${times((own / reach) / (all / base.extent))}` : "";
      nearText.textContent = widest ? `σ = ${small(now.deviation)}${magnified}` : "σ = 0: one point";
    }

    async function show() {
      const { base, now } = shared, own = now;
      place();
      lens();
      loss.show(base, now);
      root.dataset.z = now.z.join(" ");
      root.dataset.extent = base.extent ?? "";
      outputText.textContent = now.z.length === 2 ? `z = ${vector(now.z)}` : `z: ${now.z.length} numbers`;
      output.setAttribute("aria-label", `Decoded from ${outputText.textContent}`);
      tell("now");
      const image = await glassbox.picture(now.image);
      if (shared.now !== own) return;
      output.getContext("2d").drawImage(image, 0, 0);
      root.dataset.shown = JSON.stringify(byHand() ? shared.hand : {});
    }

    /** What people set by hand, decoded: one request at a time, always for the newest. */
    async function ask() {
      again = true;
      if (busy) return;
      busy = true;
      while (again && shared.base) {
        again = false;
        const { base, hand } = shared;
        if (!byHand()) {
          caption.textContent = ""; // what it said was of what had been set
          shared.now = base.now;
          show();
          continue;
        }
        const answer = await server.by_hand({
          model: base.model,
          pixels: base.pixels,
          seed: base.seed,
          mean: hand.mean,
          deviation: hand.deviation,
          noise: hand.noise,
        });
        caption.textContent = answer.error ? `${answer.error} The picture is the last one decoded.` : "";
        if (base === shared.base && answer.now && byHand()) {
          shared.now = answer.now;
          await show();
        }
      }
      busy = false;
    }

    /** There is no digit: no number and no picture of another one stays. */
    function empty(value) {
      [shared.base, shared.now] = [null, null];
      missing.textContent = value.missing;
      if (value.plane) middleOf(value);
      else middle.replaceChildren();
      output.getContext("2d").clearRect(0, 0, 28, 28);
      inputText.textContent = outputText.textContent = nearText.textContent = caption.textContent = "";
      delete root.dataset.z;
      root.dataset.shown = "";
      tell("base");
    }

    function draw() {
      const nothing = Boolean(props.value?.missing);
      if (!nothing && !props.value?.now) return;
      root.classList.toggle("missing", nothing);
      [missing.hidden, input.hidden] = [!nothing, nothing];
      if (nothing) {
        empty(props.value);
        return;
      }
      shared.base = props.value;
      shared.now = shared.base.now;
      caption.textContent = "";
      input.src = shared.base.x;
      inputText.textContent =
        shared.base.label === null ? "yours, in MNIST's form" : `${aDigit(shared.base.label)}, held back`;
      input.alt = `The digit that is encoded: ${inputText.textContent}`;
      middleOf(shared.base);
      tell("base");
      if (shared.mine && !byHand()) release(); // what was set here was for another digit or model
      else if (byHand()) ask();
      else show();
    }
    draw();
    watch("value", draw);
    hear("hand", () => shared.base && ask());
  };

  /** What it costs now: the two terms of the loss. */
  function lossView() {
    const bar = el("div", { class: "gb-cost-bar", role: "img" }), sum = el("p", { class: "gb-loss-sum" });
    const terms = el("div", { class: "gb-own-kl" });
    const key = (name) => el("i", { class: name, "aria-hidden": "true" });
    /** What is written adds up: the sum is that of the numbers beside it. */
    function show(base, now) {
      const kl = now.kl && summed(now.kl);
      const reconstruction = Number(now.reconstruction.toFixed(1));
      const weighed = kl && Number((base.beta * Number(kl.toFixed(2))).toFixed(1));
      const plain = base.beta === 1, name = plain ? "KL " : "β KL ", weight = plain ? "" : `${number(base.beta)} × `;
      bar.replaceChildren(el("span", { class: "reconstruction", style: `flex:${now.reconstruction}` }),
        ...(now.kl ? [el("span", { class: "kl", style: `flex:${base.beta * kl}` })] : []));
      sum.replaceChildren("Loss: ", key("reconstruction"), "reconstruction ", el("b", {}, nats(reconstruction)),
        ...(now.kl
          ? [" + ", key("kl"), name + weight, el("b", {}, kl.toFixed(2)), ` = ${nats(reconstruction + weighed)} nats`]
          : [" nats, and no KL term: nothing keeps σ above 0"]));
      bar.setAttribute("aria-label", sum.textContent);
      const { active } = base.models.find(({ model }) => model === base.model);
      terms.replaceChildren(...(now.kl && base.plane
        ? [el("h4", {}, "KL per dimension, nats"), bars(now.kl, Math.max(5, ...now.kl), active, 2)] : []));
    }
    return { node: el("div", { class: "gb-loss" }, bar, sum), terms, show };
  }

  // The same digit in every model.
  views["vae/encode-costs"] = ({ root }) => {
    const table = el("div", { class: "gb-models", role: "table", "aria-label": "The same digit in every model" });
    const title = el("span", { class: "gb-map-title" });
    root.append(title, table);
    const name = () => {
      const what = byHand() ? "This digit as it is encoded, the seed's ε" : "This digit, this ε";
      title.textContent = `${what}, every model`;
    };

    function compare() {
      const { models, model } = shared.base;
      const cell = (...inside) => el("div", { role: "cell" }, ...inside);
      const most = Math.max(...models.flatMap(({ kl }) => kl || []));
      table.replaceChildren(
        el(
          "div",
          { role: "row", class: "head" },
          ["Model", "σ", "KL per dimension, nats", "Reconstruction", "KL"].map((text) =>
            el("div", { role: "columnheader" }, text),
          ),
        ),
        ...models.map((row) =>
          el(
            "div",
            { role: "row", "data-model": row.model, class: row.model === model ? "chosen" : null },
            cell(row.title),
            cell(
              row.deviation.length === 2
                ? small(row.deviation)
                : sigmas([Math.min(...row.deviation), Math.max(...row.deviation)]).join(" to "),
            ),
            cell(row.kl ? bars(row.kl, most, row.active, 2) : "no KL term"),
            cell(nats(row.reconstruction)),
            cell(row.kl ? summed(row.kl).toFixed(2) : "–"),
          ),
        ),
      );
    }
    const draw = () => {
      root.hidden = !shared.base;
      if (shared.base) compare();
    };
    hear("base", draw);
    hear("base", name);
    hear("hand", name);
    draw();
    name();
  };

  views["vae/encode-hand"] = ({ root, props, watch }) => {
    let written = "{}", rows = [];
    const back = el("button", { type: "button", class: "gb-start", onclick: release }, "Back to the encoder's");
    const grid = el("div", { class: "gb-hand-rows" });
    root.append(el("div", { class: "gb-hand-head" }, el("span", { class: "gb-map-title" }, props.label), back), grid);

    // σ spans powers of ten, so its slider holds the share of the way from the least to the most.
    const least = 0.001, most = () => shared.base.extent;
    const toShare = (value) => (value <= least ? 0 : Math.log(value / least) / Math.log(most() / least));
    const fromShare = (share) => (share <= 0 ? (shared.now.kl ? least : 0) : least * (most() / least) ** share);

    function build() {
      const { plane, extent } = shared.base, size = plane ? 2 : 0;
      const limits = { mean: [-extent, extent, extent / 200], deviation: [0, 1, 0.005], noise: [-3, 3, 0.01] };
      rows = [];
      grid.replaceChildren(...PARTS.flatMap((part) => Array.from({ length: size }, (_, i) => {
        const [low, high, step] = limits[part], name = `${SYMBOLS[part]}${"₁₂"[i]}`, value = el("output", {});
        const slider = el("input", { type: "range", min: low, max: high, step, "aria-label": name, oninput: () => {
                const values = [...shared.now[part]];
                values[i] = part === "deviation" ? fromShare(Number(slider.value)) : Number(slider.value);
                set(part, values);
        } });
            rows.push({ part, i, slider, value });
            return el("label", {}, el("span", {}, name), slider, value);
      })));
      root.hidden = !size;
    }
    function show() {
      if (!shared.now) return;
      const deviations = sigmas(shared.now.deviation);
      for (const { part, i, slider, value } of rows) {
        const held = shared.now[part][i];
        if (document.activeElement !== slider || !byHand())
          slider.value = part === "deviation" ? toShare(held) : held;
        value.textContent = part === "deviation" ? deviations[i] : fixed(held);
      }
      back.disabled = !byHand();
    }
    const write = glassbox.resting(() => {
      const text = JSON.stringify(shared.hand);
      if (text === written) return;
      written = text;
      props.value = { ...shared.hand };
    }, REST);
    function read() {
      const text = JSON.stringify(props.value || {});
      if (text === written) return;
      written = text;
      write.cancel();
      shared.hand = { ...props.value };
      shared.mine = false;
      tell("hand");
    }
    hear("hand", write);
    const rebuilt = () => {
      root.hidden = !shared.base;
      if (!shared.base) return;
      build();
      show();
    };
    hear("base", rebuilt);
    hear("now", show);
    watch("value", read);
    read();
    rebuilt();
  };
})();
