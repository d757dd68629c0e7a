// A pad to draw a digit on, by mouse, pen or finger. Its value: strokes, lists x, y, x, y, ... from 0 to 280.
glassbox.views["vae/encode-pad"] = ({ root, props, watch }) => {
  const { el } = glassbox;
  const SIDE = 280, BRUSH = 36, APART = 5, MOST = 500; // as models/vae/drawing.py draws them
  const PACE = 350; // ms between two values while a stroke is under way: browsers count address changes
  const canvas = el("canvas", {
    width: 2 * SIDE,
    height: 2 * SIDE,
    role: "img",
    "aria-label": `${props.label}: draw here with the mouse or a finger`,
  });
  const undo = el(
    "button",
    { type: "button", class: "gb-start", onclick: () => put(strokes.slice(0, -1)) },
    "Undo",
  );
  const clear = el("button", { type: "button", class: "gb-start", onclick: () => put([]) }, "Clear");
  const stage = el("div", { class: "gb-pad" }, canvas, el("p", { "aria-hidden": "true" }, "Draw a digit here"));
  let strokes = [], written = "[]", waiting = 0, pen = null; // the pointer that draws
  root.append(stage, el("div", { class: "gb-pad-tools" }, undo, clear));

  function draw() {
    const context = canvas.getContext("2d");
    context.setTransform(2, 0, 0, 2, 0, 0);
    context.clearRect(0, 0, SIDE, SIDE);
    context.strokeStyle = context.fillStyle = "#fff";
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = BRUSH;
    for (const stroke of strokes) {
      context.beginPath();
      context.moveTo(stroke[0], stroke[1]);
      for (let i = 0; i < stroke.length; i += 2) context.lineTo(stroke[i], stroke[i + 1]);
      if (stroke.length === 2) context.lineTo(stroke[0] + 0.01, stroke[1]);
      context.stroke();
    }
    stage.classList.toggle("empty", !strokes.length);
    undo.disabled = clear.disabled = !strokes.length;
  }
  function write() {
    clearTimeout(waiting);
    waiting = 0;
    const text = JSON.stringify(strokes);
    if (text === written) return;
    written = text;
    props.value = strokes.map((stroke) => [...stroke]);
  }
  function put(next) {
    strokes = next;
    draw();
    write();
  }
  const at = (event) => glassbox.inside(canvas, event).map((share) => Math.round(share * SIDE));
  const room = () => strokes.reduce((sum, stroke) => sum + stroke.length / 2, 0) < MOST;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || !room() || pen !== null) return; // a palm beside the pen draws nothing
    pen = event.pointerId;
    canvas.setPointerCapture(event.pointerId);
    strokes.push(at(event));
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pen || !strokes.length || !room()) return;
    const stroke = strokes[strokes.length - 1], [x, y] = at(event);
    if (Math.hypot(x - stroke[stroke.length - 2], y - stroke[stroke.length - 1]) < APART) return;
    stroke.push(x, y);
    draw();
    waiting ||= setTimeout(write, PACE);
  });
  for (const end of ["pointerup", "pointercancel"])
    canvas.addEventListener(end, (event) => {
      if (event.pointerId === pen) pen = null;
      write();
    });
  function read() {
    const text = JSON.stringify(props.value || []);
    if (text === written && strokes.length) return;
    written = text;
    strokes = (props.value || []).map((stroke) => [...stroke]);
    draw();
  }
  watch("value", read);
  read();
};
