// Which is real? Two pictures, an answer by click or by the keys A and B, the next question by N.
// value: see `/quiz` in demos/colorizer/quiz; `answer` is there only after one was given. The tally stays here.
(() => {
  const { el, views, number } = glassbox;
  const LETTERS = ["A", "B"];
  const PAINTERS = { photo: "the photo network", cifar_gan: "L1 + GAN", cifar_l1: "L1 alone" };

  views["colorizer/quiz"] = ({ root, props, watch, trigger }) => {
    const given = new Map(); // answers of this visitor by question: whether they were right
    let waiting = "";
    const cards = LETTERS.map((letter) => {
      const image = el("img", { alt: `Picture ${letter}`, draggable: "false" });
      const verdict = el("span", { class: "gb-quiz-verdict" });
      const node = el("button", { type: "button", class: "gb-quiz-card", onclick: () => choose(letter) },
        el("span", { class: "gb-quiz-letter" }, letter), image, verdict);
      return { letter, image, verdict, node };
    });
    const said = el("p", { class: "gb-quiz-said", "aria-live": "polite" });
    const measured = el("p", { class: "gb-quiz-measured" });
    const tally = el("p", { class: "gb-quiz-tally" });
    const next = el("button", { type: "button", class: "gb-start", onclick: () => ahead() }, "Next (N)");
    root.append(el("div", { class: "gb-quiz-cards" }, cards.map(({ node }) => node)),
      el("div", { class: "gb-quiz-foot" }, el("div", {}, said, measured), el("div", {}, tally, next)));

    const value = () => props.value || {};
    const quiz = ({ painter, seed, own }) => `${painter} ${seed} ${own}`;
    const key = (one) => `${quiz(one)} ${one.number}`;

    function choose(letter) {
      if (!value().pictures || value().answer || waiting === key(value())) return;
      waiting = key(value());
      for (const card of cards) card.node.classList.toggle("chosen", card.letter === letter);
      const { painter, seed, number: at } = value();
      trigger("select", { choice: letter, painter, seed, number: at });
    }
    function ahead() {
      root.closest(".gb-scene")?.querySelector("button.gb-quiz-next")?.click();
    }

    function count() {
      const own = [...given].filter(([one]) => one.startsWith(`${quiz(value())} `));
      const right = own.filter(([, was]) => was).length;
      tally.textContent = own.length
        ? `${right} of ${own.length} right; by a coin ${number(own.length / 2, 1)} on average`
        : "No answer yet";
    }

    function draw() {
      const { pictures, answer, side, painter, number: at } = value();
      if (!pictures) return;
      if (waiting !== key(value()) || answer) waiting = "";
      const cell = (one) => number(answer.numbers.painted[one], one === "ssim" ? 3 : 1);
      for (const { letter, image, verdict, node } of cards) {
        if (image.getAttribute("src") !== pictures[letter]) image.src = pictures[letter];
        image.classList.toggle("small", side <= 64);
        node.disabled = Boolean(answer);
        const real = answer?.real === letter;
        node.classList.toggle("real", Boolean(answer) && real);
        node.classList.toggle("painted", Boolean(answer) && !real);
        node.classList.toggle("chosen", answer ? answer.chosen === letter : waiting !== "" &&
          node.classList.contains("chosen"));
        verdict.textContent = answer ? (real ? "real" : `painted by ${PAINTERS[painter]}`) : "";
        node.setAttribute("aria-label", answer ? `Picture ${letter}: ${verdict.textContent}` : `${letter} is real`);
      }
      said.replaceChildren(answer
        ? el("b", {}, answer.right ? `Right: ${answer.real} is real.` : `No: ${answer.real} is real.`)
        : `Question ${at}: which one has its true colours, A or B?`);
      measured.textContent = answer
        ? `The painting against the real one: error of a and b ${cell("ab_error")}, CIEDE2000 ${cell("ciede2000")}, ` +
          `PSNR ${cell("psnr")} dB, SSIM ${cell("ssim")}; colourfulness ${cell("colourfulness")} instead of ` +
          `${number(answer.numbers.real.colourfulness, 1)}.`
        : "";
      if (answer && !given.has(key(value()))) given.set(key(value()), answer.right);
      root.dataset.question = at;
      count();
    }
    root.dataset.ownKeys = "abn"; // the page's B waits
    document.addEventListener("keydown", (event) => {
      if (glassbox.modified(event) || event.defaultPrevented || event.repeat) return;
      if (!glassbox.visible(root) || glassbox.typing(event.key)) return;
      const pressed = event.key.toUpperCase();
      if (LETTERS.includes(pressed)) choose(pressed);
      else if (pressed === "N") ahead();
      else return;
      event.preventDefault();
    });
    draw();
    watch("value", draw);
  };
})();
