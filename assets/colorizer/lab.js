// Lab colour in the browser, as models/colorizer/lab.py has it: CIE L*a*b* under D65, L in [0, 100], RGB in 0 to 255.
glassbox.lab = (() => {
  const TO_XYZ = [
    [0.412453, 0.35758, 0.180423],
    [0.212671, 0.71516, 0.072169],
    [0.019334, 0.119193, 0.950227],
  ];
  const TO_RGB = [
    [3.2404813432005266, -1.5371515162713185, -0.4985363261688878],
    [-0.9692549499965682, 1.8759900014898907, 0.0415559265582928],
    [0.0556466391351772, -0.2040413383665112, 1.0573110696453443],
  ];
  const WHITE = [0.95047, 1, 1.08883];
  const HALVINGS = 9, SLACK = 0.001;
  const times = (rows, v) => rows.map(([a, b, c]) => a * v[0] + b * v[1] + c * v[2]);
  const straight = (c) => (c > 0.04045 ? ((c + 0.055) / 1.055) ** 2.4 : c / 12.92);
  const bent = (c) => (c > 0.0031308 ? 1.055 * c ** (1 / 2.4) - 0.055 : 12.92 * c);
  const root = (t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 4 / 29);
  const cube = (f) => (f > 0.2068966 ? f ** 3 : (f - 4 / 29) / 7.787);

  /** [L, a, b] of a colour. */
  function from([red, green, blue]) {
    const [x, y, z] = times(TO_XYZ, [red, green, blue].map((c) => straight(c / 255))).map((v, i) => root(v / WHITE[i]));
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  }
  /** The colour before its gamma; channels may lie outside of [0, 1]. */
  const linear = ([L, a, b]) => {
    const y = (L + 16) / 116;
    return times(TO_RGB, [y + a / 500, y, y - b / 200].map((f, i) => cube(f) * WHITE[i]));
  };
  const inside = (lab) => linear(lab).every((c) => c > -SLACK / 12.92 && c < 1 + 2.2 * SLACK);
  /** The colour, its channels in 0 to 255, or null where a screen cannot show it. */
  const shown = (lab) => (inside(lab) ? to(lab) : null);
  const to = (lab) => linear(lab).map((c) => Math.round(255 * Math.max(0, Math.min(1, bent(c)))));

  /** The same hue at the same lightness, as strong as it is or as a screen can show it. */
  function fit([L, a, b]) {
    if (inside([L, a, b])) return [L, a, b];
    let low = 0, high = 1;
    for (let i = 0; i < HALVINGS; i += 1) {
      const middle = (low + high) / 2;
      if (inside([L, a * middle, b * middle])) low = middle;
      else high = middle;
    }
    return [L, a * low, b * low];
  }

  const hex = (rgb) => `#${rgb.map((c) => c.toString(16).padStart(2, "0")).join("")}`;
  const rgb = (text) => [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
  /** A colour as somebody wrote it, as #rrggbb; null where it is none. */
  function read(text) {
    const written = text.trim().replace(/^(?=[0-9a-f]{6}$)/i, "#");
    if (!CSS.supports("color", written) || /^(inherit|initial|unset|revert|currentcolor|transparent)/i.test(written)) {
      return null;
    }
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    context.fillStyle = written;
    context.fillRect(0, 0, 1, 1);
    return hex([...context.getImageData(0, 0, 1, 1).data].slice(0, 3));
  }
  return { from, to, shown, fit, hex, rgb, read };
})();
