// Before and after in one picture, with a divider that one drags or moves by arrow keys.
// value: {before, after: image addresses; labels: [before, after]; caption}
glassbox.views.compare = ({ root, props, watch }) => {
  const { el } = glassbox;
  const before = el("img", { alt: "", draggable: "false" });
  const after = el("img", { alt: "", draggable: "false" });
  const handle = el("div", { class: "gb-handle", role: "slider", tabindex: "0", "aria-label": `${props.label}: divider`, "aria-valuemin": 0, "aria-valuemax": 100 });
  const tags = [el("span", { class: "gb-tag left" }), el("span", { class: "gb-tag right" })];
  const caption = el("p", { class: "gb-caption" });
  const stage = el("div", { class: "gb-stage gb-split" }, after, el("div", { class: "gb-over" }, before), handle, tags);
  let split = 0;
  function set(percent) {
    split = Math.max(0, Math.min(100, percent));
    stage.style.setProperty("--split", `${split}%`);
    handle.setAttribute("aria-valuenow", Math.round(split));
    handle.setAttribute("aria-valuetext", `${Math.round(split)} % before`);
  }
  const follow = (event) => {
    const box = stage.getBoundingClientRect();
    set((100 * (event.clientX - box.left)) / box.width);
  };
  stage.addEventListener("pointerdown", (event) => {
    stage.setPointerCapture(event.pointerId);
    follow(event);
  });
  stage.addEventListener("pointermove", (event) => event.buttons && follow(event));
  handle.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: -5, ArrowRight: 5, Home: -100, End: 100 };
    if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation();
    set(split + moves[event.key]);
  });
  const draw = () => {
    const value = props.value;
    if (!value) return;
    before.src = value.before;
    after.src = value.after;
    before.alt = value.labels[0];
    after.alt = value.labels[1];
    tags.forEach((tag, i) => { tag.textContent = value.labels[i]; });
    caption.textContent = value.caption || "";
  };
  before.addEventListener("load", () => {
    stage.style.setProperty("--ratio", before.naturalWidth / before.naturalHeight);
    stage.classList.toggle("small", after.naturalWidth < stage.clientWidth / 2);
  });
  root.append(stage, caption);
  set(50);
  draw();
  watch("value", draw);
};
