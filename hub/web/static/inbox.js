// Keeps the list up to date: asks every two seconds whether anything changed, and if so fetches the
// list. Says in words whether it is live. The page works without this: it then reloads itself.
const list = document.getElementById("list");
const live = document.getElementById("live");
const liveWords = document.getElementById("live-words");
const notLive = document.getElementById("not-live");
const everyMs = 2_000;
const banner = 30_000;
let lastAnswer = performance.now();
let lastAsked = "";
let handsOnUntil = 0;
let waitedSince = 0;

function words(state, text) {
  if (live.dataset.state !== state || state !== "live") live.dataset.state = state;
  if (liveWords.textContent !== text) liveWords.textContent = text;
}

async function ask(path) {
  // A session that has ended answers with a redirect to the sign-in page.
  const answer = await fetch(path, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(10_000) });
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw new Error("signed out");
  if (!answer.ok) throw new Error("not answered");
  return answer;
}

// A list that somebody is about to click stays still, but never for longer than ten seconds.
function mustWait() {
  const now = performance.now();
  if (now > handsOnUntil) return false;
  waitedSince ||= now;
  return now - waitedSince < 10_000;
}

async function refresh() {
  const { version, asked_at: askedAt } = await (await ask("/inbox/version")).json();
  lastAsked = askedAt;
  if (version !== list.dataset.version && !mustWait()) {
    const text = await (await ask(`/inbox/list?shows=${list.dataset.shows}`)).text();
    show(text);
  }
  lastAnswer = performance.now();
  words("live", `Live. Last update ${askedAt}.`);
  notLive.hidden = true;
}

function show(text) {
  const focused = document.activeElement?.id;
  list.innerHTML = text;
  const body = document.getElementById("list-body");
  list.dataset.version = body.dataset.version;
  waitedSince = 0;
  for (const counter of document.querySelectorAll("[data-count]")) {
    counter.textContent = body.dataset[counter.dataset.count];
  }
  const waiting = Number(body.dataset.waiting);
  document.title = `${waiting ? `${waiting} waiting – ` : ""}Inbox – Safeguarding Hub`;
  if (focused && list.querySelector(`#${CSS.escape(focused)}`)) document.getElementById(focused).focus();
}

function lost(error) {
  if (error.message === "signed out") {
    words("lost", "Not live.");
    notLive.textContent = "You have been signed out. This list is no longer live. Load the page again to sign in.";
    notLive.hidden = false;
    return;
  }
  words("lost", `Reconnecting. Last update ${lastAsked || "when this page was opened"}.`);
  if (performance.now() - lastAnswer > banner) {
    notLive.textContent = `This list is not live. Alerts since ${lastAsked || "it was opened"} are not shown.`;
    notLive.hidden = false;
  }
}

let timer = 0;
async function turn() {
  clearTimeout(timer);
  try { await refresh(); } catch (error) { lost(error); }
  timer = setTimeout(turn, everyMs);
}

for (const kind of ["pointermove", "keydown"]) {
  list.addEventListener(kind, () => { handsOnUntil = performance.now() + 1_500; }, { passive: true });
}
document.addEventListener("visibilitychange", () => { if (!document.hidden) turn(); });
turn();
