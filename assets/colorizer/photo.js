// A photo in grey, painted and true, and hints of colour over it: set by a tap, dragged, removed, undone.
// value: see `/photo` in demos/colorizer/photo. `photo-hints` holds the hints for the link.
(() => {
  const { el, views } = glassbox;
  const MOST = 64, STEP = 0.02, WAIT = 60; // hints; of a share by arrow keys; ms until controls set together rest
  const EXAMPLE = "example-"; // what the key of an example's photo begins with; after it comes its name in links
  const NAMES = { grey: "grey", painted: "painted", truth: "true" };

  // What the scene's views share: the hints, which of them is chosen, what was set before, and how it is looked at.
  const shared = {
    hints: [], chosen: -1, before: [], saturation: 1, look: "one frame", known: false, lightness: () => 50,
  };
  const { tell, hear } = glassbox.channel();
  const text = (hints) => JSON.stringify(hints);
  const share = (value) => Math.round(Math.max(0, Math.min(1, value)) * 1e4) / 1e4;

  /** Change the hints; `step` begins something that can be undone. */
  function put(hints, { step = true, chosen = shared.chosen } = {}) {
    if (step) shared.before.push(shared.hints);
    [shared.hints, shared.chosen] = [hints, Math.min(chosen, hints.length - 1)];
    tell("hints");
  }
  const alter = (i, change, options) =>
    put(shared.hints.map((hint, at) => (at === i ? { ...hint, ...change } : hint)), { chosen: i, ...options });
  const choose = (i) => {
    shared.chosen = i;
    tell("chosen");
  };
  const remove = (i) => put(shared.hints.filter((_, at) => at !== i), { chosen: -1 });
  function undo() {
    if (!shared.before.length) return;
    put(shared.before.pop(), { step: false, chosen: -1 });
  }
  function add(x, y) {
    if (shared.hints.length >= MOST) {
      glassbox.toast(`At most ${MOST} hints can be set: remove one first.`);
      return;
    }
    const colour = glassbox.hintPicker.last();
    put([...shared.hints, { x: share(x), y: share(y), colour }], { chosen: shared.hints.length });
  }
  glassbox.painting = {
    look: (look) => {
      shared.look = look;
      tell("look");
    },
    saturate: (saturation) => {
      shared.saturation = saturation;
      tell("saturation");
    },
    save: (file) => file && el("a", { href: file.url, download: file.orig_name || "painted.png" }).click(),
    ...{ shared, hear, alter, choose, remove },
  };

  /** A dot for each hint, over a picture. */
  function dots() {
    const layer = el("div", { class: "gb-dots" });
    let held = null;
    const made = [];
    const at = (event) => {
      const [x, y] = glassbox.inside(layer, event).map(share);
      return { x, y };
    };
    function dot(i) {
      const node = el("button", { type: "button", class: "gb-dot", "data-keys": "" });
      node.addEventListener("pointerdown", (event) => {
        event.stopPropagation();
        if (event.button) return;
        node.setPointerCapture(event.pointerId);
        held = { i, from: [event.clientX, event.clientY], moved: false };
      });
      node.addEventListener("pointermove", (event) => {
        if (held?.i !== i) return;
        if (!held.moved && Math.hypot(event.clientX - held.from[0], event.clientY - held.from[1]) < 5) return;
        alter(i, at(event), { step: !held.moved });
        held.moved = true;
      });
      for (const end of ["pointerup", "pointercancel"]) {
        node.addEventListener(end, (event) => {
          event.stopPropagation();
          if (held && !held.moved && end === "pointerup") choose(shared.chosen === i ? -1 : i);
          held = null;
        });
      }
      node.addEventListener("click", (event) => {
        event.stopPropagation();
        if (event.detail === 0) choose(i); // by a key
      });
      node.addEventListener("keydown", (event) => {
        const { x, y } = shared.hints[i];
        const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
        if (glassbox.modified(event)) return;
        if (!way && !["Delete", "Backspace", "Escape"].includes(event.key)) return;
        event.preventDefault();
        event.stopPropagation();
        if (way) alter(i, { x: share(x + way[0] * STEP), y: share(y + way[1] * STEP) });
        else if (event.key === "Escape") choose(-1);
        else remove(i);
      });
      return node;
    }
    function draw() {
      while (made.length > shared.hints.length) made.pop().remove();
      while (made.length < shared.hints.length) {
        made.push(dot(made.length));
        layer.append(made.at(-1));
      }
      shared.hints.forEach(({ x, y, colour }, i) => {
        made[i].style.cssText = `left:${100 * x}%;top:${100 * y}%;--colour:${colour}`;
        made[i].classList.toggle("chosen", i === shared.chosen);
        made[i].setAttribute("aria-label", `Hint ${i + 1}, ${colour}: arrow keys move it, Delete removes it`);
      });
    }
    for (const name of ["hints", "given", "chosen"]) hear(name, draw);
    draw();
    return layer;
  }

  views["colorizer/photo"] = ({ root, props, watch, trigger, server }) => {
    const layer = dots();
    const compare = glassbox.compare({ root, label: props.label, tap: add, at: { 2: [25], 3: [22, 78] } });
    const row = el("div", { class: "gb-three" });
    const caption = el("p", { class: "gb-caption", role: "status" });
    const picker = glassbox.hintPicker.node();
    const frame = el("div", { class: "gb-painting" }, compare.stage, row, picker);
    root.append(frame, caption);
    let value = null, painted = "", sent = "", busy = false, again = false, figures = [];
    let mine = null, name = ""; // the hints that belong to the photo in view, and that photo's name

    const state = () => glassbox.links.state(glassbox.sceneOf(root)) || {};

    /** The grey picture's lightness at a place: what colours there are to choose from. */
    const grey = document.createElement("canvas");
    async function measure(src) {
      const image = await glassbox.picture(src);
      [grey.width, grey.height] = [image.naturalWidth, image.naturalHeight];
      const context = grey.getContext("2d", { willReadFrequently: true });
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, grey.width, grey.height);
      shared.lightness = ({ x, y }) => {
        const cell = (place, count) => Math.min(count - 1, Math.floor(place * count));
        const at = 4 * (cell(y, grey.height) * grey.width + cell(x, grey.width));
        return glassbox.lab.from([data[at], data[at + 1], data[at + 2]])[0];
      };
      tell("chosen");
    }

    function figure(part) {
      const image = el("img", { alt: NAMES[part], draggable: "false" });
      const box = el("div", { class: "gb-three-box gb-stage" }, image);
      if (part !== "truth") {
        box.addEventListener("click", (event) => add(...glassbox.over(box, event)));
      }
      return { part, image, box, node: el("figure", {}, box, el("figcaption", {}, NAMES[part])) };
    }

    function draw() {
      if (!value) return;
      const parts = ["grey", "painted", "truth"].filter((part) => part !== "truth" || value.truth);
      const src = { ...value, painted };
      const apart = shared.look === "side by side";
      [compare.stage.hidden, row.hidden] = [apart, !apart];
      if (apart) {
        if (figures.length !== parts.length) {
          figures = parts.map(figure);
          row.replaceChildren(...figures.map(({ node }) => node));
        }
        row.style.setProperty("--count", parts.length);
        for (const { part, image } of figures) if (image.src !== src[part]) image.src = src[part];
      } else compare.show(parts.map((part) => ({ src: src[part], label: NAMES[part] })));
      row.style.setProperty("--ratio", value.width / value.height);
      const under = apart ? figures[1].box : compare.stage;
      if (layer.parentElement !== under) under.append(layer);
      caption.textContent = value.caption;
      frame.style.setProperty("--ratio", value.width / value.height);
    }
    /** What is being given a colour is to be seen painted. */
    function uncover() {
      const hint = shared.hints[shared.chosen], splits = compare.splits();
      if (!hint || !splits.length) return;
      if (100 * hint.x < splits[0] + 4) compare.set(0, 100 * hint.x - 12);
      else if (splits.length > 1 && 100 * hint.x > splits[1] - 4) compare.set(1, 100 * hint.x + 12);
    }

    const asked = () => ({ key: value.key, hints: shared.hints, saturation: shared.saturation });
    /** One request at a time, always for the newest hints. */
    async function ask() {
      if (!value || !shared.known || text(asked()) === sent) return;
      again = true;
      if (busy) return;
      busy = true;
      while (again) {
        again = false;
        const now = asked();
        sent = text(now);
        const answer = await server.repaint(now);
        if (now.key !== value.key) continue;
        if (answer.forgotten) trigger("select", {});
        else if (answer.error) caption.textContent = answer.error;
        else {
          [painted, value] = [answer.painted, { ...value, ...answer }];
          draw();
          root.dataset.painted = text(answer.hints);
          root.dataset.count = Number(root.dataset.count || 0) + 1;
        }
      }
      busy = false;
    }

    /** A photo that somebody changes keeps no hints of the one before; one that came with hints does. */
    function take() {
      if (!props.value?.key) return;
      const other = value && value.key !== props.value.key;
      value = props.value;
      if (other && text(shared.hints) === mine && mine !== "[]") {
        [shared.before, painted, mine] = [[], value.grey, "[]"];
        put([], { step: false, chosen: -1 });
      } else [painted, mine] = [value.painted, text(value.hints)];
      if (other) shared.before = [];
      name = value.key.startsWith(EXAMPLE) ? value.key.slice(EXAMPLE.length) : "";
      layer.hidden = false;
      if (painted === value.painted) sent = text({ key: value.key, hints: value.hints, saturation: value.saturation });
      root.dataset.photo = value.key;
      root.dataset.painted = painted === value.painted ? text(value.hints) : "";
      measure(value.grey);
      draw();
      ask();
    }
    hear("hints", () => {
      uncover();
      ask();
    });
    hear("own", () => { mine = text(shared.hints); });
    // Where the photo was set too, it comes painted by these hints, and till then the old one stays as it is.
    hear("given", () => setTimeout(() => {
      layer.hidden = state().photo !== name;
      if (layer.hidden) return;
      mine = text(shared.hints);
      ask();
    }, WAIT));
    hear("saturation", ask);
    hear("look", draw);
    hear("chosen", uncover);
    take();
    watch("value", take);
  };

  // The hints as chips on the desk; holds them for the link
  views["colorizer/photo-hints"] = ({ root, props, watch }) => {
    const list = el("div", { class: "gb-hint-chips" });
    const words = el("p", { class: "gb-note" });
    const button = (label, onclick) => el("button", { type: "button", class: "gb-step gb-save", onclick }, label);
    const back = button("Undo", undo), clear = button("Remove all", () => put([], { chosen: -1 }));
    const title = el("b", {}, props.label), tools = el("div", { class: "gb-hint-tools" }, title, back, clear);
    root.append(tools, list, words);
    let written = "";
    const write = glassbox.resting(() => {
      if (text(shared.hints) === written) return;
      written = text(shared.hints);
      props.value = shared.hints;
    }, 250);

    function draw() {
      list.replaceChildren(...shared.hints.map(({ colour }, i) => el("button", {
        type: "button", class: `gb-hint-chip${i === shared.chosen ? " chosen" : ""}`, style: `--colour:${colour}`,
        "aria-label": `Hint ${i + 1}, ${colour}`, onclick: () => choose(i),
      })));
      words.textContent = shared.hints.length
        ? "Drag a dot to move it; choose it for its colour, or to remove it."
        : "Click or tap a place in the photo to tell its colour.";
      back.disabled = !shared.before.length;
      clear.disabled = !shared.hints.length;
    }
    /** The control was set: by a link, a preset, or the slides menu. */
    function read() {
      const now = text(props.value || []);
      if (now === written && shared.known) return;
      written = now;
      write.cancel();
      shared.before = [];
      [shared.hints, shared.chosen, shared.known] = [props.value || [], -1, true];
      draw();
      tell("given");
    }
    // What was changed by hand goes into the control once it rests.
    hear("hints", () => {
      draw();
      tell("own");
      write();
    });
    hear("chosen", draw);
    watch("value", read);
    read();
    draw();
  };
})();
