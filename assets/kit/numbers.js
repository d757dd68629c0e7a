// How numbers are written, and coloured by their sign (the colours themselves: palette.css).
(() => {
  /** A number as people write it: whole numbers without decimals, others with at most `digits`. */
  function number(value, digits = 2) {
    if (!Number.isFinite(value)) return "–";
    const rounded = Number(value.toFixed(digits));
    return String(Object.is(rounded, -0) ? 0 : rounded).replace("-", "−");
  }

  /** One of several that stand beside each other: each with `digits` decimals. What rounds to zero has no sign. */
  const fixed = (value, digits = 2) => value.toFixed(digits).replace(/^-(?=[0.]+$)/, "").replace("-", "−");

  /** A whole number with its thousands parted, everywhere in the page as Python's `:,` parts them. */
  const whole = (value) => Math.round(value).toLocaleString("en").replace("-", "−");

  /** The diverging colour of a value: blue below zero, orange above, paper at zero. */
  function diverging(value, limit) {
    const strength = limit > 0 ? Math.min(1, Math.abs(value) / limit) : 0;
    const hue = value < 0 ? "var(--gb-minus)" : "var(--gb-plus)";
    return `color-mix(in oklab, ${hue} ${Math.round(100 * strength)}%, var(--gb-zero))`;
  }

  Object.assign(glassbox, { number, fixed, whole, diverging });
})();
