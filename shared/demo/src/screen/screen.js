// Fills the screen in: one streamed request, a card for each part, and what became of it.
//
// `EventSource` cannot send `Authorization`, so the stream is read by `fetch` and a few lines of parser. What comes from a
// backend is set as text, never as markup.

// As the web BFF declares it; the bars are drawn against it.
const DEADLINE_MS = 300;

const money = (amount, currency) => new Intl.NumberFormat(undefined, { style: "currency", currency }).format(amount);
const day = (time) => new Date(time).toLocaleDateString(undefined, { dateStyle: "medium" });

const PARTS = {
  profile: {
    title: "Profile",
    backend: "users",
    show: (profile) => [
      element("p", { className: "big" }, profile.name),
      element("p", {}, profile.email),
      element("p", {}, element("small", {}, `${profile.city}, here since ${day(profile.memberSince)}`)),
      element("p", {}, `${profile.loyalty.tier}, ${profile.loyalty.points} points`),
    ],
  },
  orders: {
    title: "Orders",
    backend: "orders",
    show: (orders) => [rows(orders, (order) => [`${order.number}, ${day(order.placedAt)}`, money(order.total, order.currency)])],
  },
  picks: {
    title: "Picks",
    backend: "recommendations",
    show: (picks) => [rows(picks, (pick) => [pick.name, money(pick.price, pick.currency)])],
  },
};

const WHY = {
  timeout: "did not answer in time",
  connect: "could not be reached",
  breaker: "is left alone for a while",
  shed: "has too much to do",
  status: "answered with an error",
  shape: "answered what nobody understands",
  dependency: "was not asked: what it needs is missing",
};

const CHANGES = {
  usual: {},
  fails: { failure_rate: 1 },
  down: { down: true },
};

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function rows(items, columns) {
  if (!items.length) return element("p", {}, "None.");
  return element("ul", {}, ...items.map((item) => element("li", {}, ...columns(item).map((text) => element("span", {}, text)))));
}

const byId = (id) => document.getElementById(id);

// === The cards ===

for (const [path, part] of Object.entries(PARTS)) {
  const card = byId("card").content.cloneNode(true).firstElementChild;
  card.id = path;
  const heading = card.querySelector("h2");
  heading.textContent = part.title;
  heading.id = `${path}-title`;
  card.setAttribute("aria-labelledby", heading.id);
  card.querySelector("label span").textContent = `${part.backend} is`;
  part.card = card;
  part.select = card.querySelector("select");
  part.select.addEventListener("change", () => change(part).then(load, complain));
  part.bar = element("dd", {}, element("span", {}));
  byId("cards").append(card);
  byId("bars").append(element("dt", {}, part.title), part.bar);
}

function put(part, state, when, ...body) {
  part.card.dataset.state = state;
  part.card.setAttribute("aria-busy", String(state === "waiting"));
  part.card.querySelector(".when").textContent = when;
  part.card.querySelector(".body").replaceChildren(...body);
  part.bar.dataset.state = state;
}

function mark(part, took) {
  part.took = took;
  part.bar.firstElementChild.style.width = `${Math.min(100, (100 * took) / DEADLINE_MS)}%`;
  part.bar.title = `${took} ms`;
}

const bones = () => Array.from({ length: 4 }, () => element("span", { className: "bone" }));

// === The stream ===

// The events of a body in the format of server-sent events: `[name, data]`, data parsed.
async function* events(body) {
  let rest = "";
  let name = "message";
  let data = [];
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines.map((line) => line.replace(/\r$/, ""))) {
      if (line === "") {
        if (data.length) yield [name, JSON.parse(data.join("\n"))];
        [name, data] = ["message", []];
      } else if (!line.startsWith(":")) {
        const [, key, value] = /^([^:]*):? ?(.*)$/.exec(line);
        if (key === "event") name = value;
        if (key === "data") data.push(value);
      }
    }
  }
}

let loading;

async function load() {
  loading?.abort();
  const mine = (loading = new AbortController());
  byId("problem").hidden = true;
  byId("said").textContent = "Asking…";
  for (const part of Object.values(PARTS)) {
    put(part, "waiting", "waiting…", ...bones());
    mark(part, 0);
  }
  try {
    const { gateway, token } = await ask("pass", { signal: mine.signal });
    await fill(`${gateway}/web/home`, token, mine.signal);
  } catch (error) {
    if (!mine.signal.aborted) complain(error);
  }
}

async function fill(url, token, signal) {
  const started = performance.now();
  const took = () => Math.round(performance.now() - started);
  const headers = { Authorization: `Bearer ${token}`, Accept: "text/event-stream" };
  const answer = await fetch(url, { headers, signal, cache: "no-store" });
  if (!answer.ok) return refuse(await answer.json(), took());
  for await (const [name, data] of events(answer.body)) {
    if (name === "field") {
      const part = PARTS[data.path];
      mark(part, took());
      // Why it is null is said at the end.
      if (data.value === null) put(part, "missing", `after ${part.took} ms`, element("p", { className: "why" }, "Not there."));
      else put(part, "here", `after ${part.took} ms`, ...part.show(data.value));
    } else if (name === "end") {
      return finish(data.degraded, took());
    } else if (name === "error") {
      return refuse(data, took());
    }
  }
  throw new Error("the stream ended early");
}

function finish(degraded, took) {
  for (const { path, reason } of degraded) {
    const part = PARTS[path];
    const why = `${part.backend} ${WHY[reason] ?? "failed"} (${reason}).`;
    put(part, "missing", `after ${part.took} ms`, element("p", { className: "why" }, why), element("p", {}, "The screen does without."));
  }
  const missing = degraded.map(({ path, reason }) => `${path} (${reason})`).join(", ");
  byId("said").textContent = missing ? `Degraded after ${took} ms: without ${missing}.` : `Complete after ${took} ms.`;
}

// The whole answer failed: its problem says why, and which part it could not do without.
function refuse(problem, took) {
  for (const [path, part] of Object.entries(PARTS)) {
    if (part.card.dataset.state !== "waiting") continue;
    mark(part, took);
    const why = path === problem.field ? "There is no screen without it." : "Not sent.";
    put(part, "failed", `given up after ${took} ms`, element("p", { className: "why" }, why));
  }
  byId("said").textContent = `Failed after ${took} ms.`;
  const place = problem.field ? `, for want of ${problem.field}` : "";
  say(`${problem.status}: ${problem.title}${place}. Code ${problem.code}, request ${problem.requestId}.`);
}

function say(text) {
  byId("problem").textContent = text;
  byId("problem").hidden = false;
}

function complain(error) {
  byId("said").textContent = "";
  say(`${error.message}. Is the demo still running?`);
}

// === The backends ===

async function ask(path, options) {
  const answer = await fetch(path, { cache: "no-store", ...options });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}

const control = (part, knobs) =>
  ask(`control/${part.backend}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(knobs) });

function change(part) {
  const chosen = part.select.value;
  return control(part, { latency_ms: 0, failure_rate: 0, status: 503, down: false, ...(CHANGES[chosen] ?? { latency_ms: Number(chosen) }) });
}

// What a backend is told now, perhaps by somebody else: `other` where the list has no name for it.
function chosen({ latency_ms, failure_rate, down }) {
  if (down) return "down";
  if (failure_rate === 1 && !latency_ms) return "fails";
  if (failure_rate) return "other";
  if (!latency_ms) return "usual";
  return [50, 150, 1000].includes(latency_ms) ? String(latency_ms) : "other";
}

async function look() {
  await Promise.all(Object.values(PARTS).map(async (part) => { part.select.value = chosen(await ask(`control/${part.backend}`)); }));
}

async function mend() {
  await Promise.all(Object.values(PARTS).map((part) => control(part, { latency_ms: 0, failure_rate: 0, status: 503, down: false })));
  await look();
}

byId("load").addEventListener("click", load);
byId("mend").addEventListener("click", () => mend().then(load, complain));
await look().then(load, complain);
