// Keys for whoever answers many questions: j or the right arrow opens the next one, k or the left
// arrow the one before. Single keys can be switched off, and do nothing while something is typed.
// Every page works without this.
const ways = { j: "next", ArrowRight: "next", k: "previous", ArrowLeft: "previous" };
const choices = { s: "choice-same", d: "choice-different", c: "choice-cannot_tell" };
const help = document.getElementById("keys");
const toggle = document.getElementById("keys-on");
const kept = "hub-review-keys";

function isOn() {
  try { return localStorage.getItem(kept) !== "off"; } catch { return true; }
}

function isTyping(target) {
  return target.closest("textarea, select, input:not([type=radio]):not([type=checkbox])") !== null;
}

if (help && toggle) {
  help.hidden = false;
  toggle.checked = isOn();
  toggle.addEventListener("change", () => {
    try { localStorage.setItem(kept, toggle.checked ? "on" : "off"); } catch { /* for this page only */ }
  });
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (toggle && !toggle.checked) return;
  if (event.key === "?" && help) {
    event.preventDefault();
    help.open = true;
    help.querySelector("summary").focus();
    return;
  }
  const radio = event.target.matches("input[type=radio]");
  const way = !(radio && event.key.startsWith("Arrow")) && document.getElementById(ways[event.key]);
  if (way) {
    event.preventDefault();
    way.click();
    return;
  }
  const choice = document.getElementById(choices[event.key]);
  if (choice) {
    event.preventDefault();
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    choice.focus();
  }
});
