// The colour of a hint: a field of what can be shown at that lightness, colours used before, or written.
(() => {
  const { el } = glassbox;
  const REACH = 110, PIXELS = 111, MOST = 8, STEP = 6; // of a and b; of the field's side; colours kept; by arrow keys
  const recent = ["#e0592a", "#d9a184", "#8fb4dc", "#7a8a3a", "#a8623a", "#b02a1a", "#30307a", "#f2c84b"];

  function use(colour) {
    const at = recent.indexOf(colour);
    if (at >= 0) recent.splice(at, 1);
    recent.unshift(colour);
    recent.length = Math.min(recent.length, MOST);
  }

  function node() {
    const { shared, hear, alter, choose, remove } = glassbox.painting, { lab } = glassbox;
    const hint = () => shared.hints[shared.chosen];
    const canvas = el("canvas", { width: PIXELS, height: PIXELS, "aria-hidden": "true" });
    const mark = el("span", { class: "gb-field-mark", "aria-hidden": "true" });
    const field = el("div", {
      class: "gb-field", tabindex: 0, role: "application", "data-keys": "",
      "aria-label": "Colours at this lightness: a from green to red, b from blue to yellow; arrow keys choose",
    }, canvas, mark);
    const swatches = el("div", { class: "gb-swatches" });
    const written = el("input", {
      type: "text", class: "gb-hex", maxlength: 40, spellcheck: "false", "aria-label": "Colour, such as #e0592a",
    });
    const trouble = el("p", { class: "gb-note", role: "alert" });
    const title = el("b");
    const close = el("button", {
      type: "button", class: "gb-step", "aria-label": "Close", onclick: () => choose(-1),
    }, "×");
    const away = el("button", {
      type: "button", class: "gb-step gb-save", onclick: () => remove(shared.chosen),
    }, "Remove");
    const box = el("div", { class: "gb-picker", role: "group", "aria-label": "Colour of the hint", hidden: true },
      el("header", {}, title, close), field, swatches, el("div", { class: "gb-picker-foot" }, written, away), trouble);
    let lightness = null, painted = null, stroke = false;

    /** All colours of a screen at a lightness: a to the right, b upwards. */
    function paint() {
      if (painted === lightness) return;
      painted = lightness;
      const context = canvas.getContext("2d"), image = context.createImageData(PIXELS, PIXELS);
      for (let i = 0; i < PIXELS * PIXELS; i += 1) {
        const a = ((i % PIXELS) / (PIXELS - 1)) * 2 * REACH - REACH;
        const b = REACH - (Math.floor(i / PIXELS) / (PIXELS - 1)) * 2 * REACH;
        const colour = lab.shown([lightness, a, b]);
        if (colour) image.data.set([...colour, 255], 4 * i);
      }
      context.putImageData(image, 0, 0);
    }
    const here = () => {
      const [, a, b] = lab.from(lab.rgb(hint().colour));
      return lab.fit([lightness, a, b]);
    };
    function draw() {
      box.hidden = !hint();
      if (!hint()) return;
      lightness = Math.round(shared.lightness(hint()));
      paint();
      const [, a, b] = here();
      mark.style.cssText = `left:${(50 * (a + REACH)) / REACH}%;top:${(50 * (REACH - b)) / REACH}%;`
        + `--colour:${hint().colour}`;
      title.textContent = `Colours at L = ${lightness}`;
      if (document.activeElement !== written) written.value = hint().colour;
      trouble.textContent = "";
      swatches.replaceChildren(...recent.map((colour) => el("button", {
        type: "button", class: "gb-swatch-button", style: `--colour:${colour}`, "aria-label": colour, title: colour,
        "aria-pressed": String(colour === hint().colour),
        onclick: () => {
          alter(shared.chosen, { colour });
          written.value = colour;
        },
      })));
      stand();
    }
    /** Beside its hint, where there is room; below the picture on a phone (by its style). */
    function stand() {
      const dot = box.parentElement?.querySelector(".gb-dot.chosen");
      if (!dot) return;
      const all = box.parentElement.getBoundingClientRect(), at = dot.getBoundingClientRect();
      const right = at.right + 14 - all.left, left = at.left - 14 - all.left - box.offsetWidth;
      const x = right + box.offsetWidth <= all.width ? right : Math.max(0, left);
      const y = at.top - all.top - box.offsetHeight / 2;
      box.style.left = `${x}px`;
      box.style.top = `${Math.max(0, Math.min(all.height - box.offsetHeight, y))}px`;
    }
    function pick(a, b, step) {
      const colour = lab.hex(lab.to(lab.fit([lightness, a, b])));
      alter(shared.chosen, { colour }, { step });
    }
    const at = (event) => {
      const [x, y] = glassbox.over(canvas, event);
      return [(2 * x - 1) * REACH, (1 - 2 * y) * REACH];
    };
    field.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      field.setPointerCapture(event.pointerId);
      stroke = true;
      pick(...at(event), true);
    });
    field.addEventListener("pointermove", (event) => stroke && pick(...at(event), false));
    for (const end of ["pointerup", "pointercancel"]) {
      field.addEventListener(end, () => {
        if (stroke && hint()) use(hint().colour);
        stroke = false;
        draw();
      });
    }
    field.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (!way || glassbox.modified(event)) return;
      event.preventDefault();
      event.stopPropagation();
      const [, a, b] = here();
      pick(a + way[0] * STEP, b + way[1] * STEP, true);
    });
    written.addEventListener("change", () => {
      const colour = lab.read(written.value);
      if (!colour) {
        trouble.textContent = `“${written.value}” is not a colour; write #rrggbb.`;
        return;
      }
      use(colour);
      alter(shared.chosen, { colour });
      written.value = colour;
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") choose(-1);
    });
    for (const name of ["hints", "given", "chosen"]) hear(name, draw);
    new ResizeObserver(stand).observe(box);
    return box;
  }
  glassbox.hintPicker = { node, last: () => recent[0] };
})();
