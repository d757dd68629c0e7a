// A square frame over a photo, to drag and to size. value: [left, top, side] in percent, or [] for the photo's own.
(() => {
  const { el, views } = glassbox;
  const LEAST = 10, ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const under = { value: null, listeners: new Set() };

  views["diffusion/edit-frame-photo"] = ({ props, watch }) => {
    const take = () => {
      if (!props.value?.src) return;
      under.value = props.value;
      under.listeners.forEach((listener) => listener());
    };
    take();
    watch("value", take);
  };

  views["diffusion/edit-frame"] = ({ root, props, watch }) => {
    const image = el("img", { alt: "The photo", draggable: "false" });
    const corner = el("i", { "aria-hidden": "true" });
    const frame = el("div", {
      class: "gb-crop", tabindex: 0, role: "slider", "data-keys": true, "aria-valuetext": "",
      "aria-label": "The frame: arrow keys move it, plus and minus size it",
    }, corner);
    const box = el("div", { class: "gb-crop-box" }, image, frame);
    root.append(el("p", { class: "gb-crop-title" }, props.label), box);
    let held = null, now = [0, 0, 100];

    const shape = () => {
      const { naturalWidth: width, naturalHeight: height } = image;
      return width && height ? [Math.min(width, height) / width, Math.min(width, height) / height] : [1, 1];
    };
    /** The frame inside the photo: whole percents, as links and the models have them. */
    function inside([left, top, side]) {
      const size = Math.round(Math.max(LEAST, Math.min(100, side))), parts = shape();
      const at = (value, axis) => Math.round(Math.max(0, Math.min(100 - size * parts[axis], value)));
      return [at(left, 0), at(top, 1), size];
    }
    function draw() {
      const [left, top, side] = now, [wide, high] = shape();
      frame.style.cssText = `left:${left}%;top:${top}%;width:${side * wide}%;height:${side * high}%`;
      frame.setAttribute("aria-valuetext", `${left} % from the left, ${top} % from the top, ${side} % of the photo`);
    }
    const put = (next) => { now = inside(next); draw(); };
    let last = null; // photo and frame, as the scene's state had them
    function write() {
      if (JSON.stringify(props.value) === JSON.stringify(now)) return;
      props.value = now;
      if (last) last.frame = JSON.stringify(now);
    }
    const read = () => put(props.value?.length === 3 ? props.value : under.value?.frame || now);

    box.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      frame.focus({ preventScroll: true });
      box.setPointerCapture(event.pointerId);
      held = { x: event.clientX, y: event.clientY, from: now, sizing: event.target === corner };
    });
    box.addEventListener("pointermove", (event) => {
      if (!held) return;
      const { width, height } = box.getBoundingClientRect(), [left, top, side] = held.from, [wide] = shape();
      const [dx, dy] = [(100 * (event.clientX - held.x)) / width, (100 * (event.clientY - held.y)) / height];
      put(held.sizing ? [left, top, Math.min(side + dx / wide, (100 - left) / wide, (100 - top) / shape()[1])]
        : [left + dx, top + dy, side]);
    });
    for (const end of ["pointerup", "pointercancel"])
      box.addEventListener(end, () => { if (held) write(); held = null; });
    frame.addEventListener("keydown", (event) => {
      const move = ARROWS[event.key], size = { "+": 4, "-": -4 }[event.key], [left, top, side] = now;
      if (glassbox.modified(event) || !(move || size)) return;
      event.preventDefault();
      event.stopPropagation();
      put(move ? [left + 2 * move[0], top + 2 * move[1], side] : [left, top, side + size]);
      write();
    });
    image.addEventListener("load", read);
    const lay = () => { if (under.value) image.src = under.value.src; };
    under.listeners.add(lay);
    lay();
    document.addEventListener("glassbox:state", ({ detail: { key } }) => {
      if (key !== glassbox.sceneOf(root)) return;
      const { photo: name, frame } = glassbox.links.state(key), photo = JSON.stringify([name, glassbox.links.own(key)]);
      // Another photo: a frame that was dragged over the last one means nothing here. One that came with it does.
      if (last && last.photo !== photo && last.frame === frame && props.value?.length) props.value = [];
      last = { photo, frame };
    });
    watch("value", read);
    read();
  };
})();
