// The same characters by a VAE and by diffusion: two sheets, the cell that is looked at marked in both, and bars.
// value: see `/blur` in demos/vae/blur.
glassbox.views["vae/blur"] = ({ root, props, watch }) => {
  const { el, number } = glassbox;
  const NAMES = { vae: "VAE", diffusion: "Diffusion", real: "Real faces" };
  let at = -1; // the face that is looked at, or -1 for all

  function sheet(part) {
    const image = el("img", { alt: "", draggable: "false" });
    const cell = el("span", { class: "gb-blur-cell", "aria-hidden": "true", hidden: true });
    const box = el("div", {
      class: "gb-blur-box", tabindex: 0, role: "application", "data-keys": "",
      "aria-roledescription": "sheet of faces: arrow keys look at one",
    }, image, cell);
    const under = (event) => {
      const { columns, names } = props.value, rows = Math.ceil(names.length / columns);
      const [x, y] = glassbox.over(box, event);
      const found = Math.floor(y * rows) * columns + Math.floor(x * columns);
      return x >= 0 && x < 1 && y >= 0 && y < 1 && found < names.length ? found : -1;
    };
    for (const kind of ["pointermove", "pointerdown"]) box.addEventListener(kind, (event) => look(under(event)));
    box.addEventListener("pointerleave", () => look(-1));
    box.addEventListener("blur", () => look(-1));
    box.addEventListener("keydown", (event) => {
      const { columns, names } = props.value;
      const way = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
      if (!way || glassbox.modified(event)) return;
      event.preventDefault();
      event.stopPropagation();
      const next = at < 0 ? 0 : at + way;
      if (next >= 0 && next < names.length) look(next);
    });
    return { part, image, box, cell, node: el("figure", {}, el("figcaption", {}, NAMES[part]), box) };
  }

  const sheets = ["vae", "diffusion"].map(sheet);
  const bars = Object.keys(NAMES).map((part) => {
    const [bar, told] = [el("i", { "aria-hidden": "true" }), el("output")];
    const node = el("div", { class: `gb-blur-bar ${part}` }, el("span", {}, NAMES[part]), el("b", {}, bar), told);
    return { part, bar, told, node };
  });
  const who = el("p", { class: "gb-blur-who", "aria-live": "polite" });
  root.append(
    el("div", { class: "gb-blur-pair" }, sheets.map(({ node }) => node)),
    el("div", { class: "gb-blur-edges" }, who, bars.map(({ node }) => node)),
  );

  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  function look(cell) {
    const { edges, names, columns } = props.value || {};
    if (!names) return;
    at = cell < names.length ? cell : -1;
    const rows = Math.ceil(names.length / columns);
    for (const { cell: mark } of sheets) {
      mark.hidden = at < 0;
      if (at < 0) continue;
      const [left, top] = [(100 * (at % columns)) / columns, (100 * Math.floor(at / columns)) / rows];
      mark.style.cssText = `left:${left}%;top:${top}%;width:${100 / columns}%;height:${100 / rows}%`;
    }
    who.textContent = `Edges of ${at < 0 ? "all of them" : names[at]}, in grey levels from pixel to pixel`;
    const values = bars.map(({ part }) => (at < 0 ? mean(edges[part]) : edges[part][at]));
    const most = Math.max(...values), real = values.at(-1);
    bars.forEach(({ bar, told }, i) => {
      bar.style.width = `${(100 * values[i]) / most}%`;
      told.textContent = `${values[i].toFixed(1)} · ${number((100 * values[i]) / real, 0)} %`;
    });
  }

  function draw() {
    const { value } = props;
    if (!value?.names) return;
    const rows = Math.ceil(value.names.length / value.columns);
    root.style.setProperty("--ratio", value.columns / rows);
    for (const { part, image, box } of sheets) {
      if (image.src !== value[part]) image.src = value[part];
      image.alt = `${NAMES[part]}: ${value.names.join(", ")}`;
      box.setAttribute("aria-label", `${NAMES[part]}'s faces`);
    }
    look(at);
  }
  draw();
  watch("value", draw);
};
