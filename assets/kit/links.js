// The address of the page holds the state of the scene in view (demos/kit/links.py reads it back).
glassbox.links = (() => {
  const REST = 250; // ms without a change until the address is written
  const PATIENCE = 5000; // ms until what was asked of the server is given up
  let waiting = 0, due = ""; // the scene that is to be written then
  let opened = false; // the link that the page came with must be read before it is written over
  const scenes = {}; // key -> {base, presets: encoded values by name; now; last: the preset last chosen}
  let at = ""; // the scene of this entry of the history
  let chosen = {}; // scene (`key`) and preset (`slug`) that somebody chose
  let wishes = new URLSearchParams(location.search);
  let theme = wishes.get("__theme");
  const hidden = wishes.get("hide");
  const MOST_PAST = 40; // states of a scene to go back to
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

  /** Make a scene known: its controls' defaults, what presets change of them, and what moves on in any preset. */
  function register({ key, defaults, presets, passing = [] }) {
    const base = encoded(defaults);
    scenes[key] = { base, now: scenes[key]?.now || base, presets: {}, passing, past: [], rested: null, aims: [] };
    for (const [slug, values] of Object.entries(presets)) {
      scenes[key].presets[slug] = { ...base, ...encoded(values) };
    }
    const asked = new URLSearchParams(location.search);
    const slug = `${asked.get("tab")}/${asked.get("scene")}` === key && asked.get("preset");
    if (slug && presets[slug]) scenes[key].last = slug; // what the link changes of it may follow
    if (early[key]) hold(key, early[key]);
    else announce(key);
  }

  /** Tell the chips which preset the scene is in. */
  const announce = (key) =>
    document.dispatchEvent(new CustomEvent("glassbox:state", { detail: { key, preset: preset(key) } }));

  const same = (one, other, passing) =>
    Object.keys(one).every((name) => passing.includes(name) || one[name] === other[name]);

  /** The preset that a scene is in, or undefined; of several that are equal the one that was chosen. */
  function preset(key) {
    const { presets, now, passing, last } = scenes[key];
    const fits = Object.keys(presets).filter((slug) => same(presets[slug], now, passing));
    const wanted = key === chosen.key ? chosen.slug : null;
    return fits.find((slug) => slug === wanted) || fits.find((slug) => slug === last) || fits[0];
  }
  /** Whether a scene's controls have come to the preset that was chosen, if they have changed since or not. */
  const reached = (key) => key === chosen.key && (chosen.reached ||= preset(key) === chosen.slug);

  /** The controls of a scene have these values now. */
  function hold(key, values) {
    if (!scenes[key]) {
      early[key] = values; // a link may set controls before the scene's head is drawn
      return;
    }
    delete early[key];
    const names = Object.keys(scenes[key].base);
    scenes[key].now = Object.fromEntries(names.map((name, i) => [name, encode(values[i])]));
    const brought = (value) => value?.path && encode(value) === "";
    scenes[key].own = names.flatMap((name, i) => (brought(values[i]) ? [[name, values[i].path]] : []));
    scenes[key].last = preset(key) || scenes[key].last;
    reached(key);
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

  /** What the address keeps besides the scene: the mode of the page. */
  function mode(fields) {
    if (document.body.classList.contains("gb-lecture")) fields.set("lecture", "1");
    if (hidden) fields.set("hide", hidden);
    if (theme) fields.set("__theme", theme);
    return fields;
  }
  /** The page is dark or light by choice: reload and link remember it. */
  function paint(name) {
    theme = name;
    write();
  }
  const text = (fields) => fields.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");

  /**
   * Write the scene in view into the address, once the controls rest: browsers refuse to do that too often. Another
   * tab, scene or chosen preset is an entry of the history, to come back to; controls change the entry that there is.
   */
  function write() {
    document.dispatchEvent(new Event("glassbox:arrive"));
    if (!opened) return;
    leave();
    clearTimeout(waiting);
    due = seen();
    waiting = setTimeout(rest, REST, PATIENCE);
  }
  const seen = () => glassbox.sceneOf(glassbox.scene());
  /** What is still to be written of a scene that has gone out of view is: Back leads to what was seen last. */
  function leave() {
    if (scenes[due] && due !== seen() && (due === at || due === chosen.key)) put(due);
    due = "";
  }
  /** The controls have not changed for a while. Those of a preset that was chosen are waited for. */
  function rest(patience) {
    leave();
    const key = seen();
    if (!scenes[key]) return;
    if (patience > 0 && key === chosen.key && !reached(key)) {
      [due, waiting] = [key, setTimeout(rest, REST, patience - REST)];
    } else put(key);
  }
  function put(key) {
    settle(key);
    const next = `?${text(mode(query(key)))}`, now = scenes[key].now;
    const came = reached(key);
    const other = next !== location.search && ((at && at !== key) || came);
    // What a link cannot hold stays as it is.
    const state = { own: Object.keys(now).filter((name) => now[name] === "") };
    history[other ? "pushState" : "replaceState"](state, "", location.pathname + next);
    at = key;
    if (came) chosen = {};
  }
  /** The controls of a scene rest: the state where they rested before is one to go back to. */
  function settle(key) {
    const scene = scenes[key], before = scene.rested;
    scene.rested = scene.now;
    if (before && same(before, scene.now, scene.passing)) return; // what undo asked for may be on its way
    const came = scene.aims.findIndex((aim) => same(aim, scene.now, scene.passing));
    scene.aims = came < 0 ? [] : scene.aims.slice(came + 1);
    if (!before || came >= 0) return;
    scene.past = [...scene.past, before].slice(-MOST_PAST);
    announce(key);
  }
  /** What a scene is reset to: the preset that it was last in, or what it opens with. */
  const origin = ({ presets, last, base }) => presets[last] || base;
  const undoable = (key) => Boolean(scenes[key]?.past.length);
  const resettable = (key) => Boolean(scenes[key]) && !same(origin(scenes[key]), scenes[key].now, scenes[key].passing);

  // One journey at a time: Gradio forgets where to the last of several events went that came while it was busy.
  let under = 0, way = null, next = null;
  function travel(detail) {
    if (under) {
      next = detail;
      return;
    }
    way = detail;
    under = setTimeout(arrived, PATIENCE); // nothing was heard of it
    document.dispatchEvent(new CustomEvent("glassbox:travel", { detail }));
  }
  function arrived() {
    clearTimeout(under);
    const detail = next;
    [under, way, next] = [0, null, null];
    if (detail) travel(detail);
  }

  /** Set all controls of a scene: as the history of the browser does. `own`: what no link can set, and stays. */
  function set(key, fields, own) {
    const [tab, scene] = key.split("/");
    const query = `?${new URLSearchParams({ tab, scene, ...fields })}`;
    travel({ query, own });
  }
  function undo(key) {
    const scene = scenes[key];
    if (!undoable(key)) return;
    const aim = scene.past.pop(), held = Object.entries(aim);
    scene.aims.push(aim);
    set(key, Object.fromEntries(held.filter(([, value]) => value !== "")),
      held.filter(([, value]) => value === "").map(([name]) => name));
    announce(key);
  }
  function reset(key) {
    const { presets, last } = scenes[key];
    set(key, presets[last] ? { preset: last } : {}, []);
  }
  document.addEventListener("keydown", (event) => {
    const wanted = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key === "z";
    const key = wanted && !glassbox.typing("z") && seen();
    if (!key || !undoable(key)) return;
    event.preventDefault();
    undo(key);
  });

  /** Somebody chose a preset: the address where its state is there becomes an entry of the history. */
  function choose(key, slug) {
    chosen = { key, slug };
    if (!scenes[key] || !reached(key)) return;
    scenes[key].last = slug; // no control will change: it is there already
    announce(key);
    write();
  }
  /** The same from the slides menu, whose choice is `scene/preset`; handed on as it came. */
  function slide(tab, choice) {
    const [scene, slug] = choice.split("/");
    choose(`${tab}/${scene}`, slug);
    return choice;
  }
  window.addEventListener("popstate", ({ state }) => {
    clearTimeout(waiting);
    [opened, at, chosen, due] = [false, "", {}, ""]; // until the controls are what this entry says
    travel({ query: location.search, own: state?.own || [] });
  });

  /** A scene's controls as they are now, or as they are at first: encoded values by name. */
  const state = (key, first = false) => scenes[key]?.[first ? "base" : "now"];
  /** The photos that somebody brought along, by their controls' names: in a state one is like the other. */
  const own = (key) => scenes[key]?.own || [];

  /** The address with the scene in view as it is seen, to copy: with player's step, divider, dark and lecture. */
  function address(key) {
    const fields = mode(query(key)), scene = glassbox.scene();
    fields.delete("hide");
    if (document.body.classList.contains("dark")) fields.set("__theme", "dark");
    const player = [...(scene?.querySelectorAll("[data-player]") || [])].find(glassbox.visible);
    const control = player?.closest(".gb-control"); // its step is in the link already
    const moment = control ? null : player?.querySelector(".gb-transport")?.dataset.at;
    if (moment) fields.set("step", Number(moment) + 1);
    const split = [...(scene?.querySelectorAll("[data-split]") || [])].find(glassbox.visible)?.dataset.split;
    if (split && split !== "50") fields.set("split", split); // not where it stands by itself
    return `${location.origin}${location.pathname}?${text(fields)}`;
  }

  /** What the page's link wishes for a view of the scene that it names (`step`, from 1, or `split`), until one acts. */
  function wish(node, name) {
    const key = glassbox.sceneOf(node), value = Number(wishes?.get(name) ?? NaN);
    if (!key || !Number.isFinite(value)) return null;
    const [tab, scene] = key.split("/");
    const named = (wishes.get("tab") ?? tab) === tab && (wishes.get("scene") ?? scene) === scene;
    return named && (wishes.has("scene") || glassbox.visible(node)) ? value : null;
  }
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => { wishes = null; }, true);

  /** The scene that the address names; where it names none, the one in view. */
  function named() {
    const asked = new URLSearchParams(location.search);
    return asked.has("scene") ? `${asked.get("tab")}/${asked.get("scene")}` : seen();
  }
  /**
   * The controls are where a link has them, unless the page has gone on meanwhile. What it set is known at once
   * (`there`: of a scene by its `key` the `values`, but of controls that were `kept`): Gradio tells of it late, and
   * nothing that was before may be written then. Of a journey that failed one is told what the last one set.
   */
  function open(there) {
    setTimeout(arrived); // once Gradio is done with the event that tells of it
    if (next) return;
    if (there && there.key === named() && there.query === (way?.query ?? "")) {
      const kept = own(there.key).filter(([name]) => there.kept.includes(name));
      hold(there.key, there.values);
      if (scenes[there.key]) scenes[there.key].own = kept;
    }
    follow();
  }
  /** From now on the address follows the controls, once the scene that it names is there. */
  function follow(patience = 30) {
    const key = named(), there = key === seen();
    if (!there && patience > 0) {
      setTimeout(() => follow(patience - 1), 100);
      return;
    }
    [opened, at] = [true, key || ""];
    if (scenes[key] && !scenes[key].aims.length) scenes[key].rested = scenes[key].now;
    document.dispatchEvent(new Event("glassbox:arrive"));
    // Somebody was faster than the link: chose another scene or theme, or acted in this one.
    if (!there || theme !== new URLSearchParams(location.search).get("__theme") || !wishes) write();
  }

  return {
    register, open, opened: () => opened, hold, write, address, preset, state, own, choose, slide, paint, wish,
    undo, reset, undoable, resettable,
  };
})();
