// L, a and b of a photo as pictures, every pixel as a point of the ab plane, and one brush over all of them.
// value: see `/planes` in demos/colorizer/planes. `planes-brush` holds the brush for the link.
(() => {
  const { el, views, number } = glassbox;
  const REACH = 110, DOTS = 440, MIDDLE = 65; // Lab's units; pixels of the plane's canvas; L of the scales of a and b
  const STEP = { picture: 0.02, plane: 4 }, LEAST = 3; // by arrow keys; pixels that are a drag

  // What the scene's two views share: the brush.
  const shared = { brush: null };
  const { tell, hear } = glassbox.channel();
  const round = (value) => Math.round(value * 1e3) / 1e3;
  function set(brush) {
    shared.brush = brush;
    tell("brush");
  }

  /** The numbers of a plane, out of the two bytes of each pixel. */
  async function numbers(src) {
    const image = await glassbox.picture(src), canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const { length } = data;
    return Float32Array.from({ length: length / 4 }, (_, i) => (256 * data[4 * i] + data[4 * i + 1] - 32768) / 100);
  }
  const ramp = (of, count = 64) => Array.from({ length: count }, (_, i) => of(i / (count - 1)));
  const css = (rgb) => `rgb(${rgb.join(" ")})`;

  views["colorizer/planes"] = ({ root, props, watch }) => {
    const { lab } = glassbox;
    let value = null, L = [], a = [], b = [], colours = [], limit = 50, size = 0;

    /** A picture with its name and its scale; all of them take the brush. */
    function panel(part, title) {
      const canvas = el("canvas", { role: "img", "aria-label": title });
      const rest = el("canvas", { class: "gb-brushed", "aria-hidden": "true" });
      const box = el("div", { class: "gb-planes-box gb-stage" }, canvas, rest);
      const bar = el("i", { "aria-hidden": "true" }), ends = [el("span"), el("span")];
      const role = el("span", { class: "gb-tag right" });
      box.append(role);
      const node = el("figure", { class: `gb-planes-panel ${part}` }, el("figcaption", {}, el("b", {}, title)), box,
        el("div", { class: "gb-planes-scale" }, ends[0], bar, ends[1]));
      brushing(box, "picture", title);
      return { part, node, canvas, rest, box, bar, ends, role };
    }
    const panels = [
      ["photo", "All three"], ["L", "L: lightness"], ["a", "a: green to red"], ["b", "b: blue to yellow"],
    ].map(([part, title]) => panel(part, title));
    const dots = el("canvas", { width: DOTS, height: DOTS, role: "img", "aria-label": "Every pixel as a point" });
    const lines = el("canvas", { class: "gb-brushed", "aria-hidden": "true" });
    const plane = el("div", { class: "gb-planes-box gb-planes-ab gb-stage" }, dots, lines);
    const names = [["top", "b: yellow"], ["bottom", "blue"], ["left", "green"], ["right", "a: red"]].map(([at, text]) =>
      el("span", { class: `gb-axis ${at}`, "aria-hidden": "true" }, text));
    plane.append(...names);
    const told = el("p", { class: "gb-planes-told", role: "status" });
    const caption = el("p", { class: "gb-caption" });
    const grid = el("div", { class: "gb-planes-grid" }, ...panels.map(({ node }) => node));
    root.append(grid, el("div", { class: "gb-planes-right" }, plane), told, caption);
    brushing(plane, "plane", "The plane of a and b");

    /** Let a rectangle be dragged over a box; arrow keys move it, with Shift they change its size. */
    function brushing(box, on, title) {
      let from = null;
      Object.entries({
        tabindex: 0, role: "application", "data-keys": "",
        "aria-label": `${title}: drag to choose; arrow keys move what is chosen, with Shift they widen it`,
      }).forEach(([name, text]) => box.setAttribute(name, text));
      const at = (event) => {
        const [x, y] = glassbox.inside(box, event);
        return on === "picture" ? [x, y] : [(2 * x - 1) * REACH, (1 - 2 * y) * REACH];
      };
      const between = (one, two) => {
        const [left, right] = [one[0], two[0]].sort((p, q) => p - q);
        const [low, high] = [one[1], two[1]].sort((p, q) => p - q);
        const [top, bottom] = on === "picture" ? [low, high] : [high, low];
        return { on, left: round(left), top: round(top), right: round(right), bottom: round(bottom) };
      };
      box.addEventListener("pointerdown", (event) => {
        if (event.button) return;
        box.setPointerCapture(event.pointerId);
        from = { point: at(event), x: event.clientX, y: event.clientY, moved: false };
      });
      box.addEventListener("pointermove", (event) => {
        if (!from) return;
        from.moved ||= Math.hypot(event.clientX - from.x, event.clientY - from.y) > LEAST;
        if (from.moved) set(between(from.point, at(event)));
      });
      box.addEventListener("pointerup", () => {
        if (from && !from.moved) set(null);
        from = null;
      });
      box.addEventListener("pointercancel", () => { from = null; });
      box.addEventListener("keydown", (event) => {
        const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
        if (glassbox.modified(event) || !(way || event.key === "Escape")) return;
        event.preventDefault();
        event.stopPropagation();
        if (!way) {
          set(null);
          return;
        }
        const [low, high] = on === "picture" ? [0, 1] : [-REACH, REACH], step = STEP[on];
        const middle = (low + high) / 2, wide = (high - low) / 10;
        const now = shared.brush?.on === on ? shared.brush
          : between([middle - wide, middle - wide], [middle + wide, middle + wide]);
        // All of it stops at the border; by itself the corner that Shift moves.
        const keep = (by, ...ends) => {
          const moved = event.shiftKey ? ends.slice(1) : ends;
          return Math.max(low - Math.min(...moved), Math.min(high - Math.max(...moved), by));
        };
        const dx = keep(way[0] * step, now.left, now.right);
        const dy = keep(way[1] * step * (on === "picture" ? 1 : -1), now.top, now.bottom);
        const first = event.shiftKey ? [now.left, now.top] : [now.left + dx, now.top + dy];
        set(between(first, [now.right + dx, now.bottom + dy]));
      });
    }

    /** Of each pixel whether it is chosen; null where nothing is. */
    function chosen() {
      const { brush } = shared;
      if (!brush || !value) return null;
      const { width, height } = value, found = new Uint8Array(width * height);
      for (let i = 0; i < found.length; i += 1) {
        if (brush.on === "plane") {
          found[i] = a[i] >= brush.left && a[i] <= brush.right && b[i] >= brush.bottom && b[i] <= brush.top;
        } else {
          const x = ((i % width) + 0.5) / width, y = (Math.floor(i / width) + 0.5) / height;
          found[i] = x >= brush.left && x <= brush.right && y >= brush.top && y <= brush.bottom;
        }
      }
      return found;
    }

    function paint(canvas, of) {
      const { width, height } = value;
      [canvas.width, canvas.height] = [width, height];
      const context = canvas.getContext("2d"), image = context.createImageData(width, height);
      for (let i = 0; i < width * height; i += 1) image.data.set(of(i), 4 * i);
      context.putImageData(image, 0, 0);
    }
    const scales = () => ({
      photo: null,
      L: { low: 0, high: 100, of: (v) => lab.to([v, 0, 0]), plane: L },
      a: { low: -limit, high: limit, of: (v) => lab.to(lab.fit([MIDDLE, v, 0])), plane: a },
      b: { low: -limit, high: limit, of: (v) => lab.to(lab.fit([MIDDLE, 0, v])), plane: b },
    });

    function draw() {
      root.style.setProperty("--ratio", value.width / value.height);
      const all = scales();
      for (const { part, canvas, bar, ends, role } of panels) {
        const scale = all[part];
        if (!scale) {
          paint(canvas, (i) => [...colours[i], 255]);
          continue;
        }
        const { low, high, of, plane: values } = scale;
        const steps = ramp((share) => of(low + share * (high - low)), 201);
        paint(canvas, (i) => {
          const share = Math.max(0, Math.min(1, (values[i] - low) / (high - low)));
          return [...steps[Math.round(200 * share)], 255];
        });
        const stops = ramp((share) => css(of(low + share * (high - low))));
        bar.style.background = `linear-gradient(90deg, ${stops.join(",")})`;
        [ends[0].textContent, ends[1].textContent] = [number(low, 0), number(high, 0)];
        if (part === "L") {
          const context = canvas.getContext("2d");
          for (const [column, row, first, second] of value.told) {
            context.fillStyle = css(lab.to(lab.fit([MIDDLE, first, second])));
            context.fillRect(column, row, 1, 1);
          }
        }
        role.textContent = value.source === "network" ? (part === "L" ? "given" : "said") : "";
      }
      caption.textContent = value.caption;
      shade();
    }

    /** The points, those that are chosen before the others; and what is chosen in the pictures. */
    function shade() {
      if (!value) return;
      const mask = chosen(), { brush } = shared;
      const context = dots.getContext("2d"), image = context.createImageData(DOTS, DOTS);
      const spot = (i, alpha) => {
        const x = Math.round(((a[i] + REACH) / (2 * REACH)) * (DOTS - 1));
        const y = Math.round(((REACH - b[i]) / (2 * REACH)) * (DOTS - 1));
        for (const [dx, dy] of [[0, 0], [1, 0], [0, 1], [1, 1]]) {
          const at = 4 * (Math.min(DOTS - 1, y + dy) * DOTS + Math.min(DOTS - 1, x + dx));
          image.data.set([...colours[i], alpha], at);
        }
      };
      let count = 0;
      const sums = [0, 0, 0];
      for (let i = 0; i < a.length; i += 1) if (!mask?.[i]) spot(i, mask ? 26 : 255);
      for (let i = 0; mask && i < a.length; i += 1) {
        if (!mask[i]) continue;
        spot(i, 255);
        count += 1;
        [sums[0], sums[1], sums[2]] = [sums[0] + L[i], sums[1] + a[i], sums[2] + b[i]];
      }
      context.clearRect(0, 0, DOTS, DOTS);
      context.putImageData(image, 0, 0);
      for (const { rest } of panels) {
        rest.hidden = !mask;
        if (mask) paint(rest, (i) => (mask[i] ? [0, 0, 0, 0] : [12, 17, 26, 190]));
      }
      const lightness = count ? sums[0] / count : 50;
      ring(lightness, Boolean(count));
      root.dataset.count = mask ? count : "";
      const mean = ["L", "a", "b"].map((name, i) => `${name} ${number(sums[i] / count, 0)}`).join(", ");
      const all = glassbox.whole(a.length);
      const beyond = `${number(100 * value.beyond, 1)} % have a colour that no screen can show at their lightness`;
      told.textContent = !mask
        ? `${all} pixels${value.source === "network" ? `; ${beyond}` : ""}`
        : `${glassbox.whole(count)} of ${all} pixels`
          + `${count ? `; on average ${mean}` : " lie there"}`;
      for (const { box } of panels) frame(box, brush?.on === "picture" ? brush : null);
      frame(plane, brush?.on === "plane" ? {
        left: (brush.left + REACH) / (2 * REACH), right: (brush.right + REACH) / (2 * REACH),
        top: (REACH - brush.top) / (2 * REACH), bottom: (REACH - brush.bottom) / (2 * REACH),
      } : null);
    }
    function frame(box, at) {
      let node = box.querySelector(".gb-brush");
      if (!at) {
        node?.remove();
        return;
      }
      if (!node) box.append(node = el("span", { class: "gb-brush", "aria-hidden": "true" }));
      node.style.cssText = `left:${100 * at.left}%;top:${100 * at.top}%;`
        + `width:${100 * (at.right - at.left)}%;height:${100 * (at.bottom - at.top)}%`;
    }

    /** The axes, and how far colours go: at any lightness, and at the mean one of what is chosen. */
    function ring(lightness, some) {
      size = plane.clientWidth;
      if (!size) return;
      const ratio = devicePixelRatio || 1, context = lines.getContext("2d");
      lines.width = lines.height = Math.round(size * ratio);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, size, size);
      const px = ([x, y]) => [((x + REACH) / (2 * REACH)) * size, ((REACH - y) / (2 * REACH)) * size];
      const way = (points, color, width, dash = []) => {
        context.beginPath();
        points.forEach((point, i) => context[i ? "lineTo" : "moveTo"](...px(point)));
        [context.strokeStyle, context.lineWidth] = [color, width];
        context.setLineDash(dash);
        context.stroke();
      };
      const style = getComputedStyle(plane);
      const soft = style.getPropertyValue("--gb-soft").trim(), line = style.getPropertyValue("--gb-line").trim();
      way([[-REACH, 0], [REACH, 0]], line, 1);
      way([[0, -REACH], [0, REACH]], line, 1);
      way([...value.outline, value.outline[0]], soft, 1.5);
      if (!some) return;
      const at = ramp((share) => lab.fit([lightness, 140 * Math.cos(2 * Math.PI * share),
        140 * Math.sin(2 * Math.PI * share)]).slice(1), 73);
      way(at, soft, 1, [4, 4]);
    }

    async function take() {
      const next = props.value;
      if (!next?.L) return;
      const planes = await Promise.all([next.L, next.a, next.b].map(numbers));
      if (next !== props.value) return;
      [value, [L, a, b]] = [next, planes];
      colours = Array.from(L, (one, i) => lab.to(lab.fit([one, a[i], b[i]])));
      const furthest = a.reduce((most, one, i) => Math.max(most, Math.abs(one), Math.abs(b[i])), 0);
      limit = Math.max(10, Math.min(REACH, Math.ceil(furthest / 10) * 10));
      draw();
      root.dataset.source = value.source;
    }
    hear("brush", shade);
    document.addEventListener("glassbox:theme", () => value && shade());
    new ResizeObserver(() => plane.clientWidth !== size && value && shade()).observe(plane);
    take();
    watch("value", take);
  };

  // What is chosen, in words, and a button to choose nothing
  views["colorizer/planes-brush"] = ({ root, props, watch }) => {
    const words = el("p", { class: "gb-note" });
    const none = () => set(null);
    const clear = el("button", { type: "button", class: "gb-step gb-save", onclick: none }, "Choose nothing");
    root.append(el("div", { class: "gb-hint-tools" }, el("b", {}, props.label), clear), words);
    let written = JSON.stringify(null);
    function draw() {
      const { brush } = shared;
      clear.disabled = !brush;
      words.textContent = !brush ? "Nothing: all pixels are shown." : brush.on === "plane"
        ? `Colours with a from ${number(brush.left, 0)} to ${number(brush.right, 0)}, `
          + `b from ${number(brush.bottom, 0)} to ${number(brush.top, 0)}.`
        : `A part of the picture, ${number(100 * (brush.right - brush.left), 0)} % of its width, `
          + `${number(100 * (brush.bottom - brush.top), 0)} % of its height.`;
    }
    const write = glassbox.resting(() => {
      const now = JSON.stringify(shared.brush);
      if (now === written) return;
      written = now;
      props.value = shared.brush;
    }, 250);
    hear("brush", () => {
      draw();
      write();
    });
    function read() {
      const now = JSON.stringify(props.value ?? null);
      if (now === written) return;
      written = now;
      write.cancel();
      set(props.value ?? null);
    }
    watch("value", read);
    read();
    draw();
  };
})();
