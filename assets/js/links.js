// The address of the page holds the state of the scene in view (demos/kit/links.py reads it back).
glassbox.links = (() => {
  const KEPT = ["lecture", "hide", "__theme"];
  const REST = 250; // ms without a change until the address is written
  let waiting = 0;
  let opened = false; // the link that the page came with must be read before it is written over
  const scenes = {}; // key -> {base, presets: encoded values by name; now; last: the preset last chosen}
  const early = {}; // key -> values of controls of scenes that are not known yet

  /** Objects with their keys in order, so that equal values are equal texts. */
  const ordered = (value) =>
    Array.isArray(value)
      ? value.map(ordered)
      : value && typeof value === "object"
        ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, ordered(value[key])]))
        : value;

  /** A control's value as text. A photo is its example's name, or "" where it is the user's own. */
  function encode(value) {
    if (value === null || value === undefined) return "";
    if (typeof value === "boolean") return value ? "1" : "0";
    if (typeof value === "object" && "path" in value) {
      const name = /^glassbox-(.+)\.webp$/.exec(value.orig_name || value.path.split("/").pop());
      return name ? name[1] : "";
    }
    return typeof value === "object" ? JSON.stringify(ordered(value)) : String(value);
  }

  const encoded = (values) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, encode(value)]));

  /** Make a scene known: its controls' defaults, and what its presets change of them. */
  function register({ key, defaults, presets }) {
    const base = encoded(defaults);
    scenes[key] = { base, now: scenes[key]?.now || base, presets: {} };
    for (const [slug, values] of Object.entries(presets)) {
      scenes[key].presets[slug] = { ...base, ...encoded(values) };
    }
    if (early[key]) hold(key, early[key]);
    else announce(key);
  }

  /** Tell the chips which preset the scene is in. */
  const announce = (key) =>
    document.dispatchEvent(new CustomEvent("glassbox:state", { detail: { key, preset: preset(key) } }));

  const same = (one, other) => Object.keys(one).every((name) => one[name] === other[name]);

  /** The preset that a scene is in, or undefined. */
  function preset(key) {
    const { presets, now } = scenes[key];
    return Object.keys(presets).find((slug) => same(presets[slug], now));
  }

  /** The controls of a scene have these values now. */
  function hold(key, values) {
    if (!scenes[key]) {
      early[key] = values; // a link may set controls before the scene's head is drawn
      return;
    }
    delete early[key];
    const names = Object.keys(scenes[key].base);
    scenes[key].now = Object.fromEntries(names.map((name, i) => [name, encode(values[i])]));
    scenes[key].last = preset(key) || scenes[key].last;
    announce(key);
    write();
  }

  /** The query for a scene as it is now: the preset it was last in, and what differs from that. */
  function query(key) {
    const [tab, scene] = key.split("/");
    const fields = new URLSearchParams({ tab, scene });
    const { base, now, presets, last } = scenes[key];
    const changes = (from) => Object.keys(now).filter((name) => now[name] !== from[name]);
    const near = last && changes(presets[last]).length < changes(base).length;
    if (near) fields.set("preset", last);
    for (const name of changes(near ? presets[last] : base)) {
      if (now[name] !== "") fields.set(name, now[name]);
    }
    return fields;
  }

  /** Write the scene in view into the address, once the controls rest: browsers refuse to do that too often. */
  function write() {
    if (!opened) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const key = glassbox.sceneOf(glassbox.scene());
      if (!key || !scenes[key]) return;
      const fields = query(key);
      const before = new URLSearchParams(location.search);
      for (const name of KEPT) if (before.has(name)) fields.set(name, before.get(name));
      const text = fields.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
      history.replaceState(history.state, "", `${location.pathname}?${text}`);
    }, REST);
  }

  /** A scene's controls as they are now, or as they are at first: encoded values by name. */
  const state = (key, first = false) => scenes[key]?.[first ? "base" : "now"];

  /** The address with the scene in view, to copy. */
  const address = (key) => `${location.origin}${location.pathname}?${query(key)}`;

  /** The link has been read: from now on the address follows the controls. */
  function open() {
    opened = true;
  }

  return { register, open, hold, write, address, preset, state };
})();
