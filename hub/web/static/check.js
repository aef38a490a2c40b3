// A shared workstation: the answer goes after 90 seconds without a key or a movement, and does not
// come back by the browser's "back". The NHS number that was typed stays.
const area = document.getElementById("answer-area");
const form = document.getElementById("check-form");
const notice = document.getElementById("blanked");
const blankAfter = Number(area.dataset.blankAfterSeconds) * 1000;
const warnBefore = 15_000;
let lastActive = performance.now();

// From here on a reload or "back" asks for the empty form and does not send the question again.
history.replaceState(null, "", "/check");

function say(text) {
  notice.hidden = !text;
  notice.textContent = text;
}

function blank(text) {
  area.remove();
  for (const field of form.querySelectorAll("input[type=text]")) {
    if (field.id !== "nhs_number") field.value = "";
  }
  document.title = "Check a child – Safeguarding Hub";
  say(text);
  clearInterval(watch);
}

function look() {
  const idle = performance.now() - lastActive;
  if (idle >= blankAfter) {
    blank("The answer was hidden because nobody used this screen. The NHS number is still there.");
  } else if (idle >= blankAfter - warnBefore) {
    if (notice.hidden) say("The answer will be hidden in 15 seconds. Press any key to keep it.");
  }
}

const watch = setInterval(look, 1000);
for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"]) {
  addEventListener(kind, () => {
    lastActive = performance.now();
    if (area.isConnected && !notice.hidden) say("");
  }, { passive: true });
}
addEventListener("pagehide", () => { if (area.isConnected) blank(""); });
document.getElementById("clear").addEventListener("click", (event) => {
  event.preventDefault();
  location.replace("/check");
});
