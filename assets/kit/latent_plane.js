// A plane of latent points: decoded sheet behind, digits as coloured dots, and a marker to move.
(() => {
  const { el } = glassbox;
  /** Ten classes, told apart by hue and by lightness, on dark sheets and on paper. */
  const CLASSES = [
    "#e6550d",
    "#3b9ad9",
    "#2ca25f",
    "#d43d8b",
    "#f2c12e",
    "#8e6bd1",
    "#8c5a3c",
    "#17becf",
    "#9aa53b",
    "#e05252",
  ];
  const HALF_TURN = 2 * Math.PI;
  const ARMS = 1.55; // how far the marker's cross goes, in radii of its ring
  const SIDEWAYS = 12; // pixels that a finger goes sideways before it moves the marker: up and down it scrolls

  /**
   * A square canvas over [-extent, extent]².
   *
   * state: {sheet: image or null, points: {at: [[x, y], ...], labels: [int, ...]},
   *         ellipses: [{mean, deviation, color}], paths: [{at: [[x, y], ...], color}],
   *         marks: [{at, text, color}], marker: [x, y] or null, extent: another one}
   * move(point): called while the marker is dragged, clicked or moved with the arrow keys; without it nothing
   *              can be moved.
   */
  glassbox.plane = ({ label, extent = 3, move = null }) => {
    let state = { marker: null }, size = 0, frame = 0;
    const below = el("canvas", { "aria-hidden": "true" }), above = el("canvas", { "aria-hidden": "true" });
    const grip = move && el("span", { class: "gb-plane-grip", "aria-hidden": "true" }); // a finger on the marker
    const axis = (text, kind) => el("span", { class: `gb-axis ${kind}`, "aria-hidden": "true" }, text);
    const node = el(
      "div",
      {
        class: "gb-plane-map",
        tabindex: move ? 0 : null,
        role: move ? "application" : "img",
        "aria-label": label,
        "data-keys": move ? "" : null,
        "aria-roledescription": move ? "plane: move the marker with the arrow keys" : null,
    }, below, above, ...(move ? [grip] : []), ...["top", "bottom", "left", "right"].map((kind) => axis("", kind)));
    const scale = () => node.querySelectorAll(".gb-axis").forEach((one) => {
        one.textContent = one.matches(".bottom, .left") ? `−${extent}` : `${extent}`;
      });
    scale();

    const px = ([x, y]) => [((x + extent) / (2 * extent)) * size, ((extent - y) / (2 * extent)) * size];
    const inside = (value) => Math.max(-extent, Math.min(extent, value));

    function prepare(canvas) {
      const ratio = devicePixelRatio || 1;
      if (canvas.width !== Math.round(size * ratio)) canvas.width = canvas.height = Math.round(size * ratio);
      const context = canvas.getContext("2d");
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, size, size);
      return context;
    }

    function drawBelow() {
      const context = prepare(below);
      if (state.sheet) {
        context.imageSmoothingEnabled = true;
        context.imageSmoothingQuality = "high";
        context.drawImage(state.sheet, 0, 0, size, size);
      }
      context.strokeStyle = state.sheet
        ? "rgb(255 255 255 / 25%)"
        : getComputedStyle(node).getPropertyValue("--gb-line");
      context.lineWidth = 1;
      context.beginPath();
      for (const [from, to] of [[[-extent, 0], [extent, 0]], [[0, -extent], [0, extent]]]) {
        context.moveTo(...px(from));
        context.lineTo(...px(to));
      }
      context.stroke();
      const { at = [], labels = [] } = state.points || {};
      const radius = Math.max(2, size / 170);
      context.lineWidth = Math.max(0.6, radius / 4);
      context.strokeStyle = "rgb(12 17 26 / 75%)";
      at.forEach((point, i) => {
        if (Math.abs(point[0]) > extent || Math.abs(point[1]) > extent) return;
        context.beginPath();
        context.arc(...px(point), radius, 0, HALF_TURN);
        context.fillStyle = CLASSES[labels[i] % CLASSES.length];
        context.fill();
        context.stroke();
      });
    }

    function outlined(context, draw, color, width) {
      for (const [style, thick] of [["rgb(12 17 26 / 70%)", width + 2.5], [color, width]]) {
        context.strokeStyle = style;
        context.lineWidth = thick;
        context.beginPath();
        draw();
        context.stroke();
      }
    }

    function drawAbove() {
      const context = prepare(above), { ellipses = [], paths = [], marks = [], marker } = state;
      const mark = getComputedStyle(node).getPropertyValue("--gb-mark").trim();
      context.lineJoin = context.lineCap = "round";
      for (const { at, color } of paths) {
        outlined(
          context,
          () => at.forEach((point, i) => context[i ? "lineTo" : "moveTo"](...px(point))),
          color || mark,
          2.5,
        );
        for (const point of at) {
          context.beginPath();
          context.arc(...px(point), 3.5, 0, HALF_TURN);
          context.fillStyle = color || mark;
          context.fill();
        }
      }
      for (const { mean, deviation, color } of ellipses) {
        const radii = deviation.map((one) => Math.max(1.5, (one / (2 * extent)) * size));
        for (const times of [1, 2]) {
          outlined(
            context,
            () => context.ellipse(...px(mean), times * radii[0], times * radii[1], 0, 0, HALF_TURN),
            color || mark,
            times === 1 ? 2.5 : 1,
          );
        }
      }
      const held = marker && px(marker.map(inside)), radius = Math.max(9, size / 46);
      if (grip) grip.hidden = !held;
      if (held) {
        const [x, y] = held;
        const cross = () => {
          context.moveTo(x + radius, y);
          context.arc(x, y, radius, 0, HALF_TURN);
          for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
            context.moveTo(x + dx * radius * 0.55, y + dy * radius * 0.55);
            context.lineTo(x + dx * radius * ARMS, y + dy * radius * ARMS);
          }
        };
        outlined(context, cross, mark, 3);
        if (grip) [grip.style.left, grip.style.top] = [`${x}px`, `${y}px`];
      }
      for (const { at, text, color } of marks) {
        const [x, y] = px(at.map(inside)), dot = Math.max(5, size / 90);
        context.beginPath();
        context.arc(x, y, dot, 0, HALF_TURN);
        context.fillStyle = color || mark;
        context.fill();
        context.strokeStyle = "#0c111a";
        context.lineWidth = 2;
        context.stroke();
        if (!text) continue;
        context.font = `700 ${Math.max(13, size / 34)}px Montserrat, sans-serif`;
        context.textAlign = x > 0.85 * size ? "right" : "left";
        context.textBaseline = "middle";
        // Beside the marker's arms, where it lies in them
        const near = held && Math.hypot(x - held[0], y - held[1]) < ARMS * radius;
        const away = near ? ARMS * radius + 6 : dot + 5;
        const left = (near ? held[0] : x) + (x > 0.85 * size ? -away : away);
        context.lineWidth = 4;
        context.strokeText(text, left, y);
        context.fillText(text, left, y);
      }
    }

    function redraw() {
      size = node.clientWidth;
      if (!size) return;
      drawBelow();
      drawAbove();
    }
    new ResizeObserver(redraw).observe(node);
    document.addEventListener("glassbox:theme", redraw);

    function to(point) {
      const held = point.map((value) => Math.round(inside(value) * 1000) / 1000);
      state.marker = held;
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(drawAbove);
      move(held);
    }
    if (move) {
      const at = (event) => {
        const [x, y] = glassbox.over(node, event);
        return [(2 * x - 1) * extent, (1 - 2 * y) * extent];
      };
      let finger = null; // one that came down beside the marker: it may be about to scroll the page
      node.addEventListener("pointerdown", (event) => {
        if (event.button) return;
        if (event.pointerType === "touch" && event.target !== grip) {
          finger = { id: event.pointerId, x: event.clientX };
          return;
        }
        node.setPointerCapture(event.pointerId);
        to(at(event));
      });
      node.addEventListener("pointermove", (event) => {
        if (finger?.id === event.pointerId && Math.abs(event.clientX - finger.x) > SIDEWAYS) {
          finger = null;
          node.setPointerCapture(event.pointerId);
        }
        if (node.hasPointerCapture(event.pointerId)) to(at(event));
      });
      node.addEventListener("pointerup", (event) => {
        if (finger?.id === event.pointerId) to(at(event)); // a tap
        finger = null;
      });
      node.addEventListener("pointercancel", () => { finger = null; });
      node.addEventListener("keydown", (event) => {
        const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
        if (!way || glassbox.modified(event)) return;
        event.preventDefault();
        const step = (event.shiftKey ? 5 : 1) * (extent / 30), [x, y] = state.marker || [0, 0];
        to([x + way[0] * step, y + way[1] * step]);
      });
    }

    return {
      node,
      /** Change some of what is shown; the rest stays. */
      set(changes) {
        const base = ["sheet", "points", "extent"].some((one) => one in changes);
        state = { ...state, ...changes };
        if ("extent" in changes && changes.extent !== extent) {
          ({ extent } = changes);
          scale();
        }
        if (!size) redraw();
        else if (base) redraw();
        else drawAbove();
      },
      /** Where the marker is seen: on the edge, where the plane became smaller than its place. */
      marker: () => state.marker?.map(inside) ?? null,
    };
  };

  /** A decoded image of a data URI or address, ready to be drawn. */
  glassbox.picture = async (src) => {
    const image = new Image();
    image.src = src;
    await image.decode();
    return image;
  };

  /** The classes' colours as a legend. */
  glassbox.legend = (names) => el("div", { class: "gb-classes", "aria-hidden": "true" },
    names.map((name, i) => el("span", {}, el("i", { style: `background:${CLASSES[i % CLASSES.length]}` }), name)));
  glassbox.classColor = (label) => CLASSES[label % CLASSES.length];
})();
