// Keeps the list up to date: the hub says "changed" on a stream, the page then asks what, and fetches
// the list. Where there is no stream it asks every two seconds. Says in words whether it is live. The
// page works without this: it then reloads itself.
const list = document.getElementById("list");
const live = document.getElementById("live");
const liveWords = document.getElementById("live-words");
const notLive = document.getElementById("not-live");
const everyMs = 2_000;
const everyMsWithStream = 20_000; // keeps the session open and the words true
const streamAgainMs = 5_000;
const silentMs = 40_000; // the hub says something every 15 seconds
const banner = 30_000;
const authority = list.dataset.authority ? `&authority=${list.dataset.authority}` : "";
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

// Answers whether the list on the page is the newest there is.
async function refresh() {
  const since = encodeURIComponent(list.dataset.cursor);
  const due = list.dataset.due && `&due=${encodeURIComponent(list.dataset.due)}`;
  const { changed, asked_at: askedAt } = await (await ask(`/inbox/changed?since=${since}${due}`)).json();
  lastAsked = askedAt;
  const waits = changed && mustWait();
  if (changed && !waits) {
    show(await (await ask(`/inbox/list?shows=${list.dataset.shows}&held=${list.dataset.held}${authority}&page=${list.dataset.page}`)).text());
  }
  lastAnswer = performance.now();
  words("live", `Live. Last update ${askedAt}.`);
  notLive.hidden = true;
  return !waits;
}

function show(text) {
  const focused = document.activeElement?.id;
  list.innerHTML = text;
  const body = document.getElementById("list-body");
  list.dataset.cursor = body.dataset.cursor;
  list.dataset.page = body.dataset.page;
  list.dataset.due = body.dataset.due;
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
let asking = false;
let again = false;
async function turn() {
  if (asking) { again = true; return; }
  asking = true;
  clearTimeout(timer);
  let upToDate = false;
  try { upToDate = await refresh(); } catch (error) { lost(error); }
  asking = false;
  const pause = again ? 0 : streaming && upToDate ? everyMsWithStream : everyMs;
  again = false;
  timer = setTimeout(turn, pause);
}

// A hidden tab asks instead: browsers open only six connections to a site.
let streaming = false;
let stream = null;
async function listen() {
  if (document.hidden || stream) return;
  stream = new AbortController();
  try {
    await hear(stream);
  } catch { /* whether the hub can be reached is found out and told by turn() */ }
  stream = null;
  streaming = false;
  if (document.hidden) return;
  turn();
  setTimeout(listen, streamAgainMs);
}

async function hear(control) {
  let silence = 0;
  const alive = () => { clearTimeout(silence); silence = setTimeout(() => control.abort(), silentMs); };
  try {
    alive();
    const answer = await fetch("/inbox/changes", { redirect: "manual", cache: "no-store", signal: control.signal });
    if (!answer.ok) return;
    const lines = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    streaming = true;
    let text = "";
    for (;;) {
      const { value, done } = await lines.read();
      if (done) return;
      alive();
      text += value;
      if (text.includes("data: changed\n")) turn();
      text = text.slice(text.lastIndexOf("\n") + 1);
    }
  } finally {
    clearTimeout(silence);
  }
}

for (const kind of ["pointermove", "keydown"]) {
  list.addEventListener(kind, () => { handsOnUntil = performance.now() + 1_500; }, { passive: true });
}
document.addEventListener("visibilitychange", () => {
  if (document.hidden) { stream?.abort(); return; }
  turn();
  listen();
});
turn();
listen();
