// A photo as its numbers: decoded once, and drawn at any size, from whole picture to single pixels.
(() => {
  const NAMES = { R: "red", G: "green", B: "blue", grey: "grey" };
  const LEGIBLE = { one: 13, three: 25 }; // width of a pixel on the screen from which numbers show

  const sheet = (width, height) => Object.assign(document.createElement("canvas"), { width, height });
  const grey = (r, g, b) => (19595 * r + 38470 * g + 7471 * b + 32768) >> 16; // Pillow's own rounding
  const LINEAR = Float32Array.from({ length: 256 }, (_, v) =>
    v <= 10 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4,
  );
  /** Whether black reads better than white on a colour (WCAG's contrast). */
  const light = (r, g, b) => 0.2126 * LINEAR[r] + 0.7152 * LINEAR[g] + 0.0722 * LINEAR[b] > 0.179;

  /** Decode a picture once: its numbers, and a sheet to draw from for each plane. */
  async function open({ src, width, height, sums }) {
    const image = new Image();
    image.src = src;
    await image.decode();
    const colour = sheet(width, height);
    const context = colour.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const planes = Object.fromEntries(Object.keys(NAMES).map((name) => [name, new ImageData(width, height)]));
    const found = [0, 0, 0];
    for (let i = 0; i < data.length; i += 4) {
      const [r, g, b] = [data[i], data[i + 1], data[i + 2]];
      found[0] += r;
      found[1] += g;
      found[2] += b;
      planes.R.data[i] = r;
      planes.G.data[i + 1] = g;
      planes.B.data[i + 2] = b;
      planes.grey.data.fill(grey(r, g, b), i, i + 3);
      for (const name in planes) planes[name].data[i + 3] = 255;
    }
    const sheets = { colour };
    for (const name in planes) {
      sheets[name] = sheet(width, height);
      sheets[name].getContext("2d").putImageData(planes[name], 0, 0);
    }
    const values = (row, column) => {
      const i = 4 * (row * width + column);
      return { R: data[i], G: data[i + 1], B: data[i + 2], grey: grey(data[i], data[i + 1], data[i + 2]) };
    };
    return { src, width, height, sheets, planes, data, values, exact: String(found) === String(sums) };
  }

  /**
   * Draw the part of a photo that falls into a panel: its pixels, and, where they are large enough, a grid and
   * the numbers. The last argument is how it is looked at: from where (`now`), how large a pixel is (`zoomed`),
   * the cursor, whether to name the plane.
   * Returns the first and the last row and column that are in sight.
   */
  function paint(context, photo, at, { now, zoomed, cursor, tagged, ratio, font }) {
    const left = at.left + at.width / 2 - now.x * photo.width * zoomed;
    const top = at.top + at.height / 2 - now.y * photo.height * zoomed;
    const first = {
      column: Math.max(0, Math.floor((at.left - left) / zoomed)),
      row: Math.max(0, Math.floor((at.top - top) / zoomed)),
    };
    const last = {
      column: Math.min(photo.width, Math.ceil((at.left + at.width - left) / zoomed)),
      row: Math.min(photo.height, Math.ceil((at.top + at.height - top) / zoomed)),
    };
    const part = { width: last.column - first.column, height: last.row - first.row };
    context.save();
    context.beginPath();
    context.rect(at.left, at.top, at.width, at.height);
    context.clip();
    context.imageSmoothingEnabled = zoomed * ratio < 1;
    context.imageSmoothingQuality = "high";
    context.drawImage(photo.sheets[at.name], first.column, first.row, part.width, part.height,
      left + first.column * zoomed, top + first.row * zoomed, part.width * zoomed, part.height * zoomed);
    if (zoomed >= 8) drawGrid(context, left, top, zoomed, first, last);
    const legible = at.name === "colour" ? LEGIBLE.three : LEGIBLE.one;
    if (zoomed >= legible)
      drawNumbers(context, photo, at.name, {
        left,
        top,
        zoomed,
        first,
        last,
        font,
        opacity: Math.min(1, (zoomed - legible) / (0.2 * legible) + 0.3),
      });
    if (cursor?.inside)
      drawCursor(context, at, left + cursor.column * zoomed, top + cursor.row * zoomed, Math.max(zoomed, 3));
    if (tagged) drawTag(context, at, font);
    context.restore();
    return { first, last };
  }
  function drawGrid(context, left, top, zoomed, first, last) {
    context.beginPath();
    for (let column = first.column; column <= last.column; column++) {
      context.moveTo(left + column * zoomed, top + first.row * zoomed);
      context.lineTo(left + column * zoomed, top + last.row * zoomed);
    }
    for (let row = first.row; row <= last.row; row++) {
      context.moveTo(left + first.column * zoomed, top + row * zoomed);
      context.lineTo(left + last.column * zoomed, top + row * zoomed);
    }
    context.lineWidth = 1;
    context.strokeStyle = `rgb(128 128 128 / ${Math.min(0.45, (zoomed - 8) / 20)})`;
    context.stroke();
  }
  function drawNumbers(context, photo, name, { left, top, zoomed, first, last, font, opacity }) {
    const { data } = photo.planes[name] || photo;
    const three = name === "colour", spot = { R: 0, G: 1, B: 2, grey: 0 }[name];
    const height = zoomed * (three ? 0.25 : Math.min(0.42, 0.4 + zoomed / 4000));
    context.font = `500 ${height}px ${font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.globalAlpha = opacity;
    for (const bright of [false, true]) {
      context.fillStyle = bright ? "#0c111a" : "#ffffff";
      for (let row = first.row; row < last.row; row++) {
        const y = top + (row + 0.53) * zoomed;
        for (let column = first.column; column < last.column; column++) {
          const i = 4 * (row * photo.width + column);
          if (light(data[i], data[i + 1], data[i + 2]) !== bright) continue;
          const x = left + (column + 0.5) * zoomed;
          if (!three) context.fillText(data[i + spot], x, y);
          else for (let k = 0; k < 3; k++) context.fillText(data[i + k], x, y + (k - 1) * 0.29 * zoomed);
        }
      }
    }
    context.globalAlpha = 1;
  }
  /** Frame a pixel, and its row and column: along their edges, so that no number is struck out. */
  function drawCursor(context, panel, x, y, width) {
    const edges = width >= 8 ? [0, width] : [width / 2];
    const [right, bottom] = [panel.left + panel.width, panel.top + panel.height];
    const cross = new Path2D();
    for (const edge of edges) {
      for (const [from, to] of [[panel.left, x], [x + width, right]]) {
        cross.moveTo(from, y + edge);
        cross.lineTo(to, y + edge);
      }
      for (const [from, to] of [[panel.top, y], [y + width, bottom]]) {
        cross.moveTo(x + edge, from);
        cross.lineTo(x + edge, to);
      }
    }
    const box = new Path2D();
    box.rect(x, y, width, width);
    for (const [path, style, thick] of [
      [cross, "rgb(12 17 26 / 55%)", 3],
      [cross, "rgb(255 255 255 / 90%)", 1],
      [box, "#0c111a", 5],
      [box, "#f7c948", 3],
    ]) {
      [context.strokeStyle, context.lineWidth] = [style, thick];
      context.stroke(path);
    }
  }
  function drawTag(context, panel, font) {
    const text = NAMES[panel.name];
    context.font = `600 14px ${font}`;
    const width = context.measureText(text).width + 20;
    context.fillStyle = "rgb(12 17 26 / 78%)";
    context.beginPath();
    context.roundRect(panel.left + 10, panel.top + 10, width, 26, 13);
    context.fill();
    context.fillStyle = "#ffffff";
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillText(text, panel.left + 20, panel.top + 24);
  }

  glassbox.pixelPaint = { NAMES, open, paint };
})();
