// What a talk needs: a code of the link in view for phones, and the notes' window, which follows by the browser alone.
glassbox.talk = (() => {
  const { el } = glassbox;
  const LONGEST = 1200; // characters of a link, as in demos/kit/talk.py
  const ALONE = /^(localhost|127\.|\[::1\])/;
  const channel = window.BroadcastChannel ? new BroadcastChannel("glassbox") : null;
  const id = Math.random().toString(36).slice(2); // of this page, of which a browser may show two at a time
  const beside = (path) => new URL(path, location.origin + location.pathname).href;
  const key = () => glassbox.sceneOf(glassbox.scene());

  /** The address of the scene as it is seen; each phone has its own layout and colours. */
  function address() {
    const link = new URL(key() ? glassbox.links.address(key()) : location.href);
    for (const name of ["lecture", "__theme"]) link.searchParams.delete(name);
    return link.href;
  }

  /** The code of what is in view, as large as the window lets it be; Q once more, and it is gone. */
  function code() {
    const link = address(), long = link.length > LONGEST;
    const say = (text) => el("p", { role: "alert" }, text);
    const picture = long
      ? say(`This link is ${glassbox.whole(link.length)} characters long: too much for a code that a phone can read. ` +
          "Choose a preset, or copy the link.")
      : el("img", { src: beside(`code.svg?${new URLSearchParams({ text: link })}`), alt: `QR code of ${link}` });
    picture.addEventListener("error", () => picture.replaceWith(say("The app does not answer.")));
    const about = { class: "gb-help gb-code", "aria-label": "Code of this page", onclose: () => dialog.remove() };
    const dialog = el("dialog", about, el("div", { class: "gb-code-picture" }, picture),
      el("p", { class: "gb-code-link" }, link.split("?")[0].replace(/^https?:\/\/|\/$/g, "")),
      ALONE.test(location.hostname) && el("p", {}, "This address leads to this computer only: start the app with " +
        "--host 0.0.0.0 and open it by the computer’s own address, and phones find it."),
      el("form", { method: "dialog" }, el("button", { class: "gb-start" }, "Close")));
    dialog.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "q") return;
      event.stopPropagation(); // the page would open it again
      dialog.close();
    });
    document.body.append(dialog);
    dialog.showModal();
  }
  /** Take the code away, for who goes on with the talk. */
  const uncover = () => document.querySelector(".gb-code")?.close();

  const notes = () => window.open(beside("notes"), "glassbox-notes", "popup,width=960,height=680");
  const handout = () => key() && window.open(beside(`handout/${key().split("/")[0]}`), "_blank");

  /** Tell the notes what is in view: the scene, its walk-through, and where that is. */
  function tell() {
    const scene = glassbox.scene(), walk = scene?.querySelector(".gb-walk")?.walk;
    if (!scene || document.visibilityState !== "visible") return;
    const around = [document.querySelector("#gb-tabs"), scene.closest(".gb-scenes")];
    const names = around.map((one) => one?.querySelector('[role="tab"][aria-selected="true"]')?.textContent.trim());
    const chip = (slug) => slug && scene.querySelector(`.gb-chip[data-slug="${slug}"]`)?.textContent.trim();
    const steps = (walk?.steps || []).map(({ text, preset }) => ({ text, shows: chip(preset) || "" }));
    const title = names.filter(Boolean).join(" · ");
    channel.postMessage({ kind: "shows", from: id, title, steps, at: walk?.at() ?? -1 });
  }
  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(tell, 150);
  };
  if (channel) {
    for (const name of ["state", "arrive", "lecture", "told"]) document.addEventListener(`glassbox:${name}`, soon);
    document.addEventListener("visibilitychange", soon);
    window.addEventListener("pagehide", () => channel.postMessage({ kind: "gone", from: id }));
    channel.onmessage = ({ data }) => {
      if (document.visibilityState !== "visible" || (data?.to && data.to !== id)) return;
      if (data?.kind === "ask") tell();
      if (data?.kind === "turn" && [-1, 1].includes(data.by)) glassbox.remote.turn(data.by);
      if (data?.kind !== "turn" || !Number.isInteger(data.at)) return;
      uncover();
      const turned = new CustomEvent("glassbox:step", { detail: data.at });
      glassbox.scene()?.querySelector(".gb-walk")?.dispatchEvent(turned);
    };
  }
  return { id, code, uncover, notes, handout, address };
})();
