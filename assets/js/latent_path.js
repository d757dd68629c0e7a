// A path through latent space: mixed codes beside mixed pixels, every stop, and how far it is from the middle.
// value: see `/path` in demos/vae/paths.py
glassbox.views["latent-path"] = ({ root, props, watch, server }) => {
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
  const curve = el("div", { class: "gb-norms" });
  const map = glassbox.plane({ label: "The path on the latent plane" });
  const where = el("div", { class: "gb-path-plane", hidden: true }, map.node);
  const save = (form, text) => el("button", { type: "button", class: "gb-step gb-save", "data-form": form, onclick: () => load(form) }, text);
  const player = glassbox.transport({ count: 0, show, label: props.label, rate: 5 });
  player.node.append(save("gif", "GIF"), save("png", "PNG"));
  root.append(el("div", { class: "gb-path-pair" }, codes.node, pixels.node), player.node, caption, film, el("div", { class: "gb-path-facts" }, curve, where));
  glassbox.drivable(root, player);

  /** Ask for the path as a file, and hand it to the browser. */
  async function load(form) {
    const { model, a, b, kind } = value();
    const made = await server.film_for_page({ model, a: a.text, b: b.text, steps: count(), kind, form });
    if (made.error) return glassbox.toast(made.error);
    return el("a", { href: made.src, download: made.name }).click();
  }

  const SIDE = { left: 44, right: 12, top: 12, bottom: 34, width: 440, height: 210 };
  function plot() {
    const { norms, kind, typical } = value(), top = 1.08 * Math.max(typical, ...norms.linear, ...norms.slerp);
    const x = (share) => SIDE.left + share * (SIDE.width - SIDE.left - SIDE.right);
    const y = (norm) => SIDE.height - SIDE.bottom - (norm / top) * (SIDE.height - SIDE.top - SIDE.bottom);
    const line = (each) => `<polyline class="${each}${each === kind ? " chosen" : ""}" points="${norms[each].map((norm, i) => `${x(i / (count() - 1)).toFixed(1)},${y(norm).toFixed(1)}`).join(" ")}"/>`;
    const tick = top > 8 ? 4 : top > 3 ? 2 : 1;
    const grid = Array.from({ length: Math.floor(top / tick) + 1 }, (_, i) => `<text class="tick" x="${SIDE.left - 7}" y="${y(i * tick) + 4}" text-anchor="end">${i * tick}</text><path class="grid" d="M${SIDE.left} ${y(i * tick)}H${SIDE.width - SIDE.right}"/>`).join("");
    const other = kind === "linear" ? "slerp" : "linear";
    curve.innerHTML = `<h3>Distance from the middle, |z|</h3><svg viewBox="0 0 ${SIDE.width} ${SIDE.height}" role="img" aria-label="Distance from the origin along the straight line and along the arc">
      ${grid}<path class="typical" d="M${SIDE.left} ${y(typical)}H${SIDE.width - SIDE.right}"/>
      ${line(other)}${line(kind)}<circle class="${kind} chosen" r="6"/><text class="tick" x="${SIDE.left}" y="${SIDE.height - 10}">from</text><text class="tick" x="${SIDE.width - SIDE.right}" y="${SIDE.height - 10}" text-anchor="end">to</text></svg>
      <p class="gb-keys"><span class="linear">straight line</span><span class="slerp">arc</span><span class="typical">a usual draw, √${value().dimensions} = ${number(typical)}</span></p>`;
    curve.place = (step) => {
      const dot = curve.querySelector("circle");
      dot.setAttribute("cx", x(step / (count() - 1)));
      dot.setAttribute("cy", y(norms[kind][step]));
    };
  }

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
    if (now.offsetTop < film.scrollTop || now.offsetTop + now.offsetHeight > film.scrollTop + film.clientHeight) film.scrollTop = now.offsetTop;
    curve.place(step);
    if (dimensions === 2) map.set({ marker: z[step] });
  }

  const sheets = {};
  let wanted = "";
  async function plane() {
    const { model, dimensions, ways, kind } = value();
    where.hidden = dimensions !== 2;
    if (where.hidden) return;
    const other = kind === "linear" ? "slerp" : "linear";
    map.set({ paths: [{ at: ways[other], color: "rgb(255 255 255 / 45%)" }, { at: ways[kind] }], marks: [{ at: ways[kind][0], text: "from" }, { at: ways[kind].at(-1), text: "to" }] });
    const extent = Math.min(20, Math.max(3, Math.ceil(Math.max(...Object.values(ways).flat(2).map(Math.abs)))));
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
    film.replaceChildren(...images.map((src, i) => el("button", { type: "button", "aria-label": `Stop ${i + 1}`, onclick: () => player.go(i) },
      el("img", { src, alt: "", class: "gb-pixels" }), el("img", { src: mixed[i], alt: "", class: "gb-pixels" }))));
    plot();
    plane();
    player.resize(count(), player.at() < count() ? player.at() : 0);
    glassbox.ends.publish("vae/paths", model, { a, b });
  }
  draw();
  watch("value", draw);
};
