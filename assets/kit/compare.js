// Pictures of one thing in one frame, side by side, with dividers that one drags or moves by arrow keys.

/**
 * The frame alone, for views that lay more over it: {stage, show(pictures), splits(), set(divider, per cent)}.
 * tap(x, y): called with a place in [0, 1] that was clicked or tapped; the divider then moves only once it is dragged.
 * at: where the dividers of so many pictures stand first, in per cent; evenly where it says nothing of that many.
 */
glassbox.compare = ({ root, label, tap = null, at: places = null }) => {
  const { el } = glassbox;
  const STEP = 5; // per cent
  const NEAR = 18; // pixels from a divider that mean it, and that a finger may tremble within
  const stage = el("div", { class: "gb-stage gb-split" });
  let images = [], handles = [], tags = [], splits = [], held = -1, pressed = null;

  /** Move a divider, as far as its neighbours let it. */
  function set(divider, percent) {
    const [low, high] = [splits[divider - 1] ?? 0, splits[divider + 1] ?? 100];
    splits[divider] = Math.max(low, Math.min(high, percent));
    const handle = handles[divider];
    [handle, images[divider].parentElement].forEach((node) => node.style.setProperty("--split", `${splits[divider]}%`));
    handle.setAttribute("aria-valuenow", Math.round(splits[divider]));
    handle.setAttribute("aria-valuetext", `${Math.round(splits[divider])} % ${images[divider].alt}`);
    if (splits.length === 1) stage.dataset.split = Math.round(splits[0]); // for a copied link
    place();
  }

  /** Each name stands where its picture begins, the last one at its end; not where there is no room for it. */
  function place() {
    tags.forEach((tag, i) => {
      const [from, to] = [splits[i - 1] ?? 0, splits[i] ?? 100];
      if (i > 0 && i < tags.length - 1) tag.style.left = `calc(${from}% + 12px)`;
      tag.hidden = tags.length > 2 && ((to - from) / 100) * stage.clientWidth < tag.textContent.length * 8 + 32;
    });
  }

  function build(count) {
    images = Array.from({ length: count }, () => el("img", { alt: "", draggable: "false" }));
    splits = places?.[count] ? [...places[count]] : images.slice(1).map((_, i) => (100 * (i + 1)) / count);
    if (count === 2) splits = [glassbox.links.wish(root, "split") ?? splits[0]];
    handles = splits.map((_, i) => el("div", {
      class: "gb-handle", role: "slider", tabindex: "0", "aria-valuemin": 0, "aria-valuemax": 100,
      "aria-label": `${label}: divider${count > 2 ? ` ${i + 1} of ${count - 1}` : ""}`,
      onkeydown: (event) => key(event, i),
    }));
    tags = images.map((_, i) => el("span", { class: `gb-tag ${i && i === count - 1 ? "right" : "left"}` }));
    const covering = images.slice(0, -1).map((image) => el("div", { class: "gb-over" }, image)).reverse();
    stage.replaceChildren(images[count - 1], ...covering, ...handles, ...tags);
    images.forEach((image) => image.addEventListener("load", fit));
  }

  function key(event, divider) {
    const moves = { ArrowLeft: -STEP, ArrowRight: STEP, Home: -100, End: 100 };
    if (!(event.key in moves) || glassbox.modified(event)) return;
    event.preventDefault();
    event.stopPropagation();
    set(divider, splits[divider] + moves[event.key]);
  }

  const at = (event) => 100 * glassbox.over(stage, event)[0];
  /** Take hold of the divider that is nearest; of those that lie on one another, the one that can move there. */
  function hold(percent) {
    const far = splits.map((split) => Math.abs(split - percent)), nearest = Math.min(...far);
    held = percent < splits[far.indexOf(nearest)] ? far.indexOf(nearest) : far.lastIndexOf(nearest);
    return (nearest / 100) * stage.clientWidth;
  }
  stage.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    const away = hold(at(event));
    if (held < 0 && !tap) return;
    pressed = tap && (held < 0 || away > NEAR) ? event : null;
    stage.setPointerCapture(event.pointerId);
    if (!pressed) set(held, at(event));
  });
  stage.addEventListener("pointermove", (event) => {
    if (!event.buttons || held < 0) return;
    if (pressed && Math.abs(event.clientX - pressed.clientX) < NEAR) return;
    pressed = null;
    set(held, at(event));
  });
  stage.addEventListener("pointerup", (event) => {
    if (pressed) tap(...glassbox.inside(stage, pressed), event);
    [pressed, held] = [null, -1];
  });
  stage.addEventListener("pointercancel", () => { [pressed, held] = [null, -1]; });

  function fit() {
    if (!images.length) return;
    const [first, last] = [images[0], images.at(-1)];
    if (first.naturalWidth) stage.style.setProperty("--ratio", first.naturalWidth / first.naturalHeight);
    stage.classList.toggle("small", last.naturalWidth > 0 && last.naturalWidth < stage.clientWidth / 2);
    place();
  }

  /** Show pictures: [{src, label}, ...], from left to right. */
  function show(shown) {
    if (shown.length !== images.length) build(shown.length);
    shown.forEach(({ src, label: name }, i) => {
      if (images[i].src !== src) images[i].src = src;
      images[i].alt = tags[i].textContent = name;
    });
    splits.forEach((split, i) => set(i, split));
  }
  new ResizeObserver(fit).observe(stage);
  return { stage, show, set, splits: () => splits, images: () => images };
};

// value: {pictures: [{src, label}, ...], caption}, or of two {before, after, labels: [before, after], caption}
// Gives the frame, to views that lay more over it and are told what was tapped.
glassbox.views.compare = ({ root, props, watch, tap = null }) => {
  const compare = glassbox.compare({ root, label: props.label, tap });
  const caption = glassbox.el("p", { class: "gb-caption" });
  const pictures = (value) => value.pictures
    || [value.before, value.after].map((src, i) => ({ src, label: value.labels[i] }));

  function draw() {
    const value = props.value;
    if (!value) return;
    compare.show(pictures(value));
    caption.textContent = value.caption || "";
  }
  root.append(compare.stage, caption);
  draw();
  watch("value", draw);
  return compare;
};
