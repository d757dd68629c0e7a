// An image is numbers: a picture to zoom into until each pixel shows its value, and a map of where.
(() => {
  const { el, views, still } = glassbox;
  const FEWEST = 4; // pixels across at the deepest zoom

  // What the two views of the scene share: the picture, how it is looked at, and from where.
  const shared = { photo: null, look: "colour", place: { x: 0.5, y: 0.5, span: 1 }, seen: null };
  const { tell, hear } = glassbox.channel();
  const look = (value) => {
    shared.look = value;
    tell("look");
  };
  glassbox.pixels = { look };

  /** Where one looks from, moving smoothly; `limit` keeps a place inside the picture. */
  function camera(limit, moved) {
    let now = { ...shared.place }, from = now, to = now, start = 0, length = 0, timer = 0;
    function frame(time) {
      const passed = length ? Math.min(1, Math.max(0, (time - start) / length)) : 1;
      const eased = length > 800 ? passed * passed * (3 - 2 * passed) : 1 - (1 - passed) ** 3;
      const span = from.span * (to.span / from.span) ** eased;
      // Centres go along with the span, so that the point under the cursor stays where it is.
      const share = Math.abs(to.span / from.span - 1) > 1e-6 ? (span - from.span) / (to.span - from.span) : eased;
      now = limit({ span, x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share });
      timer = passed < 1 ? requestAnimationFrame(frame) : 0;
      moved();
    }
    function go(place, milliseconds = 0) {
      cancelAnimationFrame(timer);
      [from, to, length] = [now, { ...place }, still() ? 0 : milliseconds];
      start = performance.now();
      if (length) timer = requestAnimationFrame(frame);
      else frame(start);
    }
    return { go, now: () => now, to: () => to, again: () => timer || go(to) };
  }

  views["convolution/pixels"] = ({ root, props, watch }) => {
    const { NAMES, open, paint } = glassbox.pixelPaint; // asked for now, when all scripts are there
    const canvas = el("canvas", { "aria-hidden": "true" });
    const stage = el(
      "div",
      {
        class: "gb-stage gb-pixels-stage",
        tabindex: "0",
        role: "application",
        "aria-roledescription": "zoomable picture",
        "aria-label": `${props.label}. Plus and minus zoom, arrow keys go from pixel to pixel.`,
      },
      canvas,
    );
    const spoken = el("p", { class: "gb-unseen", "aria-live": "polite" });
    const readout = el("p", { class: "gb-pixels-read" });
    const facts = el("p", { class: "gb-caption" });
    const context = canvas.getContext("2d", { alpha: false });
    let size = { width: 0, height: 0 }, queued = 0, cursor = null, wheeled = null;

    const panels = () => {
      const names = shared.look === "planes" ? ["R", "G", "B"] : [shared.look];
      const gap = names.length > 1 ? 6 : 0, across = size.width >= 560;
      const width = across ? (size.width - gap * (names.length - 1)) / names.length : size.width;
      const height = across ? size.height : (size.height - gap * (names.length - 1)) / names.length;
      return names.map((name, i) => ({
        name,
        left: across ? i * (width + gap) : 0,
        top: across ? 0 : i * (height + gap),
        width,
        height,
      }));
    };
    /** Width on the screen of one pixel of the picture. */
    const scale = (span, panel = panels()[0]) =>
      Math.min(panel.width / shared.photo.width, panel.height / shared.photo.height) / span;

    function limit({ x, y, span }) {
      if (!shared.photo || !size.width) return { x, y, span };
      const { width, height } = shared.photo, panel = panels()[0];
      const inside = Math.max(Math.min(FEWEST / Math.max(width, height), 1), Math.min(1, span));
      const zoom = scale(inside, panel);
      const keep = (centre, all, part) =>
        part >= all ? 0.5 : Math.max(part / all / 2, Math.min(1 - part / all / 2, centre));
      return { span: inside, x: keep(x, width, panel.width / zoom), y: keep(y, height, panel.height / zoom) };
    }
    const view = camera(limit, () => redraw());

    /** A person moved the view: once it rests, the place goes into the link. */
    const moved = glassbox.resting(() => {
      const { x, y, span } = limit(view.to());
      shared.place = { x: Number(x.toFixed(4)), y: Number(y.toFixed(4)), span: Number(span.toFixed(4)) };
      tell("place");
    }, 300);
    function zoom(factor, at = null, milliseconds = 220) {
      if (!shared.photo) return;
      const { width, height } = shared.photo, now = view.now();
      const { span } = limit({ ...view.to(), span: view.to().span / factor });
      const point = at || (cursor ? offset(cursor) : { x: 0, y: 0 });
      // What lies under the cursor stays there: through a whole turn of the wheel the same point.
      const on =
        wheeled &&
        performance.now() - wheeled.time < 400 &&
        Math.hypot(wheeled.point.x - point.x, wheeled.point.y - point.y) < 3;
      const held = on
        ? wheeled.held
        : { x: now.x * width + point.x / scale(now.span), y: now.y * height + point.y / scale(now.span) };
      wheeled = at && milliseconds ? { point, held, time: performance.now() } : null;
      view.go(
        { span, x: (held.x - point.x / scale(span)) / width, y: (held.y - point.y / scale(span)) / height },
        milliseconds,
      );
      moved();
    }
    const whole = () => {
      view.go({ x: 0.5, y: 0.5, span: 1 }, 900);
      moved();
    };
    const dive = () => zoom(Math.max(1, (shared.look === "colour" ? 52 : 36) / scale(view.to().span)), null, 1400);

    /** Distance on the screen of a pixel's middle from the middle of its panel. */
    function offset({ row, column }) {
      const now = view.now(),
        zoomed = scale(now.span);
      return {
        x: (column + 0.5 - now.x * shared.photo.width) * zoomed,
        y: (row + 0.5 - now.y * shared.photo.height) * zoomed,
      };
    }
    function hit(event) {
      const box = canvas.getBoundingClientRect();
      const x = event.clientX - box.left,
        y = event.clientY - box.top;
      const panel = panels().find(
        (one) => x >= one.left && x < one.left + one.width && y >= one.top && y < one.top + one.height,
      );
      if (!panel || !shared.photo) return null;
      const point = { x: x - panel.left - panel.width / 2, y: y - panel.top - panel.height / 2 };
      const now = view.now(),
        zoomed = scale(now.span);
      const column = Math.floor(now.x * shared.photo.width + point.x / zoomed),
        row = Math.floor(now.y * shared.photo.height + point.y / zoomed);
      return {
        point,
        row,
        column,
        inside: row >= 0 && column >= 0 && row < shared.photo.height && column < shared.photo.width,
      };
    }

    function redraw() {
      if (!queued) queued = requestAnimationFrame(() => { queued = 0; draw(); });
    }
    function draw() {
      if (!size.width) return;
      const ratio = canvas.width / size.width;
      const style = getComputedStyle(stage);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.fillStyle = style.getPropertyValue("--gb-sunk");
      context.fillRect(0, 0, size.width, size.height);
      if (!shared.photo) return;
      stage.style.touchAction = view.to().span < 0.999 ? "none" : "pan-y"; // what is zoomed a finger moves
      const now = view.now(),
        font = style.getPropertyValue("--font-mono") || "monospace",
        tagged = shared.look === "planes";
      for (const at of panels()) {
        shared.seen = paint(context, shared.photo, at, {
          now,
          zoomed: scale(now.span, at),
          cursor,
          tagged,
          ratio,
          font,
        });
      }
      slider.value = String(-Math.log2(view.now().span));
      report();
    }
    /** What the pixel under the cursor holds, for the eye; and the picture's size in numbers. */
    function report() {
      const { photo } = shared, three = shared.look !== "grey";
      const count = photo.width * photo.height * (three ? 3 : 1);
      facts.textContent =
        `${photo.width} × ${photo.height} pixels${three ? " × 3 planes" : ""} = ` +
        `${glassbox.whole(count)} numbers from 0 (dark) to 255 (bright)` +
        (photo.exact ? "" : " · this browser alters what pages read from pictures, so they are not exact");
      tell("seen");
      if (!cursor?.inside) {
        readout.replaceChildren(el("span", { class: "gb-hint" }, "Point at a pixel, or tap it, to read it."));
        return;
      }
      const { R, G, B, grey: shade } = photo.values(cursor.row, cursor.column);
      const exact = 0.299 * R + 0.587 * G + 0.114 * B;
      const parts =
        shared.look === "grey"
          ? [
              el("b", {}, String(shade)),
              el("span", {}, `= 0.299 × ${R} + 0.587 × ${G} + 0.114 × ${B} = ${exact.toFixed(1)}`),
            ]
          : [
              el("b", { class: "gb-r" }, `R ${R}`),
              el("b", { class: "gb-g" }, `G ${G}`),
              el("b", { class: "gb-b" }, `B ${B}`),
            ];
      const swatch = el("i", { class: "gb-swatch" });
      swatch.style.background = shared.look === "grey" ? `rgb(${shade} ${shade} ${shade})` : `rgb(${R} ${G} ${B})`;
      readout.replaceChildren(swatch, el("span", {}, `row ${cursor.row}, column ${cursor.column}`), ...parts);
    }
    function speak() {
      const values = shared.photo.values(cursor.row, cursor.column);
      const names = shared.look === "grey" ? ["grey"] : ["R", "G", "B"];
      const read = names.map((name) => `${NAMES[name]} ${values[name]}`).join(", ");
      spoken.textContent = `Row ${cursor.row}, column ${cursor.column}: ${read}`;
    }

    /** Go to a pixel by keyboard; the view follows where it would leave the panel. */
    function step(rows, columns) {
      const { photo } = shared, now = view.now(), panel = panels()[0], zoomed = scale(now.span, panel);
      const stride = Math.max(1, Math.round(6 / zoomed));
      const at = cursor?.inside
        ? cursor
        : { row: Math.floor(now.y * photo.height), column: Math.floor(now.x * photo.width) };
      const keep = (value, most) => Math.max(0, Math.min(most - 1, value));
      cursor = {
        row: keep(at.row + rows * stride, photo.height),
        column: keep(at.column + columns * stride, photo.width),
        inside: true,
      };
      const { x, y } = offset(cursor);
      const over = (distance, half) =>
        Math.sign(distance) * Math.max(0, Math.abs(distance) - Math.max(0, half - zoomed));
      const [dx, dy] = [over(x, panel.width / 2), over(y, panel.height / 2)];
      if (dx || dy) {
        view.go({ ...now, x: now.x + dx / zoomed / photo.width, y: now.y + dy / zoomed / photo.height }, 120);
        moved();
      } else redraw();
      speak();
    }

    const fingers = new Map();
    let travelled = 0;
    stage.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      stage.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      travelled = 0;
    });
    stage.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (!before) {
        cursor = hit(event);
        return redraw();
      }
      const here = { x: event.clientX, y: event.clientY };
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      travelled += Math.hypot(here.x - before.x, here.y - before.y);
      fingers.set(event.pointerId, here);
      if (!shared.photo || travelled < 4) return undefined;
      const now = view.now(),
        zoomed = scale(now.span),
        share = other ? 0.5 : 1;
      view.go({
        ...now,
        x: now.x - (share * (here.x - before.x)) / zoomed / shared.photo.width,
        y: now.y - (share * (here.y - before.y)) / zoomed / shared.photo.height,
      });
      if (other) {
        const distance = (one) => Math.max(20, Math.hypot(one.x - other.x, one.y - other.y));
        const middle = hit({ clientX: (here.x + other.x) / 2, clientY: (here.y + other.y) / 2 });
        zoom(distance(here) / distance(before), middle?.point, 0);
      }
      return moved();
    });
    const lifted = (event) => {
      if (!fingers.delete(event.pointerId) || event.type !== "pointerup" || travelled >= 4 || !shared.photo) return;
      cursor = hit(event);
      if (cursor?.inside) speak();
      redraw();
    };
    stage.addEventListener("pointerup", lifted);
    stage.addEventListener("pointercancel", lifted);
    stage.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "mouse" || fingers.size) return;
      cursor = null;
      redraw();
    });
    stage.addEventListener("dblclick", (event) => zoom(2.5, hit(event)?.point, 400));
    stage.addEventListener("wheel", (event) => {
        const out = event.deltaY > 0;
        if (!shared.photo || (out && view.to().span >= 1)) return; // at the end the page scrolls on
        event.preventDefault();
        const pixels = event.deltaY * [1, 16, 100][event.deltaMode];
        zoom(2 ** (-Math.max(-240, Math.min(240, pixels)) / (event.ctrlKey ? 60 : 200)), hit(event)?.point);
    }, { passive: false });
    stage.addEventListener("keydown", (event) => {
      if (glassbox.modified(event) || !shared.photo) return;
      const far = event.shiftKey ? 10 : 1;
      const action = {
        ArrowUp: () => step(-far, 0),
        ArrowDown: () => step(far, 0),
        ArrowLeft: () => step(0, -far),
        ArrowRight: () => step(0, far),
        "+": () => zoom(1.5),
        "=": () => zoom(1.5),
        "-": () => zoom(1 / 1.5),
        _: () => zoom(1 / 1.5),
        0: whole,
        Home: whole,
        Enter: dive,
      }[event.key];
      if (!action) return;
      event.preventDefault();
      event.stopPropagation();
      action();
    });

    const button = (text, name, action) =>
      el(
        "button",
        { type: "button", class: "gb-step", "aria-label": name, title: name, onclick: action },
        text,
      );
    const slider = el("input", {
      type: "range",
      min: 0,
      max: 8,
      step: "any",
      value: 0,
      "aria-label": "Zoom",
      oninput: () => zoom(2 ** (Number(slider.value) + Math.log2(view.to().span)), null, 0),
    });
    const bar = el(
      "div",
      { class: "gb-transport" },
      button("−", "Zoom out (−)", () => zoom(1 / 1.6)),
      slider,
      button("+", "Zoom in (+)", () => zoom(1.6)),
      el("button", { type: "button", class: "gb-start", onclick: dive }, "To the numbers"),
      el("button", { type: "button", class: "gb-start", onclick: whole }, "Whole photo"),
    );
    root.append(stage, readout, bar, facts, spoken);

    function fit() {
      const box = stage.getBoundingClientRect();
      stage.classList.toggle("planes", shared.look === "planes");
      size = { width: stage.clientWidth, height: stage.clientHeight };
      if (!box.width) return;
      const ratio = Math.min(3, window.devicePixelRatio || 1);
      canvas.width = Math.round(size.width * ratio);
      canvas.height = Math.round(size.height * ratio);
      view.again();
      draw();
    }
    let latest = 0;
    async function load() {
      if (!props.value) return;
      latest += 1;
      const mine = latest;
      const photo = await open(props.value);
      if (mine !== latest) return;
      shared.photo = photo;
      slider.max = Math.log2(Math.max(1, Math.max(photo.width, photo.height) / FEWEST));
      if (cursor && (cursor.row >= photo.height || cursor.column >= photo.width)) cursor = null;
      tell("photo");
      view.again();
    }
    new ResizeObserver(fit).observe(stage);
    hear("look", fit);
    hear("go", () => view.go(shared.place, 900));
    hear("drag", () => {
      view.go(shared.place);
      moved();
    });
    document.addEventListener("glassbox:theme", redraw);
    document.fonts?.ready.then(redraw);
    load();
    watch("value", load);
  };

  // The whole photo, small, with the part in view marked; drag it to look elsewhere.
  views["convolution/pixels-place"] = ({ root, props, watch }) => {
    const picture = el("img", { alt: "The whole photo", draggable: "false" });
    const frame = el("div", { class: "gb-map-frame" });
    const map = el("div", { class: "gb-map" }, picture, frame);
    const where = el("p", { class: "gb-caption" });
    root.append(el("span", { class: "gb-map-title" }, props.label), map, where);
    let written = JSON.stringify(props.value);

    hear("photo", () => {
      picture.src = shared.photo.src;
      map.style.setProperty("--ratio", shared.photo.width / shared.photo.height);
    });
    hear("seen", () => {
      const { seen: { first, last }, photo } = shared;
      const percent = (part, all) => `${(100 * part) / all}%`;
      Object.assign(frame.style, {
        left: percent(first.column, photo.width), top: percent(first.row, photo.height),
        width: percent(last.column - first.column, photo.width), height: percent(last.row - first.row, photo.height),
      });
      where.textContent = `rows ${first.row}–${last.row - 1}, columns ${first.column}–${last.column - 1}`;
    });
    hear("place", () => {
      const text = JSON.stringify(shared.place);
      if (text === written) return;
      written = text;
      props.value = { ...shared.place };
    });
    const drag = (event) => {
      const [x, y] = glassbox.inside(picture, event);
      shared.place = { ...shared.place, x, y };
      tell("drag");
    };
    map.addEventListener("pointerdown", (event) => {
      map.setPointerCapture(event.pointerId);
      drag(event);
    });
    map.addEventListener("pointermove", (event) => event.buttons && drag(event));

    function go() {
      const text = JSON.stringify(props.value);
      if (!props.value || text === written) return;
      written = text;
      shared.place = { ...props.value };
      tell("go");
    }
    shared.place = { ...props.value };
    tell("go");
    watch("value", go);
  };
})();
