// A path through latent space: mixed codes beside mixed pixels, every stop, and how far it is from the middle.
// value: see `/path` in demos/vae/paths
glassbox.views["vae/paths"] = ({ root, props, watch, server }) => {
  const { el, number } = glassbox;
  const NAMES = { linear: "straight line", slerp: "arc" };
  const value = () => props.value || {};
  const count = () => value().images?.length || 0;
  const big = (title) => {
    const picture = el("img", { class: "gb-pixels", alt: "" });
    return { picture, node: el("figure", {}, picture, el("figcaption", {}, title)) };
  };
  const codes = big("Mixing codes"), pixels = big("Mixing pixels");
  const film = el("div", { class: "gb-film", role: "group", "aria-label": "Every stop: codes above, pixels below" });
  const caption = el("p", { class: "gb-caption", "aria-live": "polite" });
  const plot = el("div", { class: "gb-norms-plot" });
  const keys = el("p", { class: "gb-keys" });
  const curve = el("div", { class: "gb-norms" }, el("h3", {}, "Distance from the middle, |z|"), plot, keys);
  const map = glassbox.plane({ label: "The path on the latent plane" });
  const where = el("div", { class: "gb-path-plane", hidden: true }, map.node);
  const save = (form, text) =>
    el(
      "button",
      { type: "button", class: "gb-step gb-save", "data-form": form, onclick: () => load(form) },
      text,
    );
  const player = glassbox.transport({ count: 0, show, label: props.label, rate: 5 });
  player.node.append(save("gif", "GIF"), save("png", "PNG"));
  root.append(
    el("div", { class: "gb-path-pair" }, codes.node, pixels.node),
    film,
    player.node,
    el("div", { class: "gb-path-facts" }, caption, curve, where),
  );
  glassbox.drivable(root, player);

  /** Ask for the path as a file, and hand it to the browser. */
  async function load(form) {
    const { model, a, b, kind } = value();
    const made = await server.film_for_page({ model, a: a.text, b: b.text, steps: count(), kind, form });
    if (made.error) return glassbox.toast(made.error);
    return el("a", { href: made.src, download: made.name }).click();
  }

  const EDGE = { left: 2.6, right: 0.6, top: 0.8, bottom: 1.6 }; // in lines of text
  const STEPS = [0.5, 1, 2, 4, 5], MOST_TICKS = 4;
  let place = null; // puts the dot at a step of the curve that is drawn
  /** The curves, in the size that there is: from 0 to a round number, which is written at the top. */
  function curves() {
    const width = plot.clientWidth, height = plot.clientHeight;
    place = null;
    plot.replaceChildren();
    if (!count() || !width || !height) return;
    const { norms, kind, typical, dimensions } = value(), line = parseFloat(getComputedStyle(plot).fontSize);
    const most = Math.max(typical, ...norms.linear, ...norms.slerp);
    const tick = STEPS.find((one) => most / one <= MOST_TICKS) || 10, top = tick * Math.ceil(most / tick);
    const [left, right] = [EDGE.left * line, width - EDGE.right * line];
    const [high, low] = [EDGE.top * line, height - EDGE.bottom * line];
    const x = (share) => left + share * (right - left), y = (norm) => low - (norm / top) * (low - high);
    const at = (norm, i) => `${x(i / (count() - 1)).toFixed(1)},${y(norm).toFixed(1)}`;
    const way = (each) =>
      `<polyline class="${each}${each === kind ? " chosen" : ""}" points="${norms[each].map(at).join(" ")}"/>`;
    const grid = Array.from(
      { length: Math.round(top / tick) + 1 },
      (_, i) =>
        `<text class="tick" x="${left - 7}" y="${y(i * tick)}" dominant-baseline="middle" text-anchor="end">`
        + `${i * tick}</text><path class="grid" d="M${left} ${y(i * tick)}H${right}"/>`,
    ).join("");
    const spoken = "Distance from the origin along the straight line and along the arc";
    plot.innerHTML = `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${spoken}">
      ${grid}<path class="typical" d="M${left} ${y(typical)}H${right}"/>
      ${way(kind === "linear" ? "slerp" : "linear")}${way(kind)}<circle class="${kind} chosen" r="6"/>
      <text class="tick" x="${left}" y="${height - 3}">from</text>
      <text class="tick" x="${right}" y="${height - 3}" text-anchor="end">to</text></svg>`;
    keys.replaceChildren(el("span", { class: "linear" }, "straight line"), el("span", { class: "slerp" }, "arc"),
      el("span", { class: "typical" }, `a usual draw, √${dimensions} = ${number(typical)}`));
    const dot = plot.querySelector("circle");
    place = (step) => {
      dot.setAttribute("cx", x(step / (count() - 1)));
      dot.setAttribute("cy", y(norms[kind][step]));
    };
    place(Math.min(player.at(), count() - 1));
  }
  new ResizeObserver(curves).observe(plot);

  function show(step) {
    const { images, pixels: mixed, norms, kind, z, dimensions } = value();
    if (!images) return;
    codes.picture.src = images[step];
    pixels.picture.src = mixed[step];
    const share = Math.round((100 * step) / (count() - 1));
    codes.picture.alt = `decoded, ${share} % of the way`;
    pixels.picture.alt = `cross-faded, ${share} % of the way`;
    caption.textContent = `${share} % of the ${NAMES[kind]}, |z| = ${norms[kind][step].toFixed(2)}`;
    [...film.children].forEach((node, i) => node.setAttribute("aria-current", i === step ? "step" : "false"));
    const now = film.children[step];
    if (now.offsetTop < film.scrollTop || now.offsetTop + now.offsetHeight > film.scrollTop + film.clientHeight)
      film.scrollTop = now.offsetTop;
    if (now.offsetLeft < film.scrollLeft || now.offsetLeft + now.offsetWidth > film.scrollLeft + film.clientWidth)
      film.scrollLeft = now.offsetLeft - film.clientWidth / 2;
    place?.(step);
    if (dimensions === 2) map.set({ marker: z[step] });
  }

  let shown = false;
  const sheets = {};
  let wanted = "";
  async function plane() {
    const { model, dimensions, ways, kind } = value();
    where.hidden = dimensions !== 2;
    if (where.hidden) return;
    const other = kind === "linear" ? "slerp" : "linear";
    map.set({
      paths: [{ at: ways[other], color: "rgb(255 255 255 / 45%)" }, { at: ways[kind] }],
      marks: [
        { at: ways[kind][0], text: "from" },
        { at: ways[kind].at(-1), text: "to" },
      ],
    });
    const extent = Math.min(
      20,
      Math.max(3, Math.ceil(Math.max(...Object.values(ways).flat(2).map(Math.abs)))),
    );
    const key = `${model} ${extent}`;
    wanted = key;
    sheets[key] ||= server.sheet_for_page({ model, extent });
    const { src, error } = await sheets[key];
    if (error) delete sheets[key];
    else {
      const sheet = await glassbox.picture(src);
      if (wanted === key) map.set({ sheet, extent });
    }
  }

  function draw() {
    if (!count()) return;
    const { images, pixels: mixed, model, a, b } = value();
    film.replaceChildren(
      ...images.map((src, i) =>
        el(
          "button",
          { type: "button", "aria-label": `Stop ${i + 1}`, onclick: () => player.go(i) },
          el("img", { src, alt: "", class: "gb-pixels" }),
          el("img", { src: mixed[i], alt: "", class: "gb-pixels" }),
        ),
      ),
    );
    curves();
    plane();
    player.resize(count(), shown && player.at() < count() ? player.at() : Math.floor((count() - 1) / 2));
    shown = true; // it opens half way, where mixed codes and mixed pixels differ most
    glassbox.ends.publish("vae/paths", model, { a, b });
  }
  draw();
  watch("value", draw);
};
