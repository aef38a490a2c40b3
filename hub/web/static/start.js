// Behaviour of the NHS.UK components, and focus on what went wrong. Every page works without this.
import { initAll } from "./vendor/nhsuk-frontend.min.js";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
initAll();
document.querySelector(".hub-summary")?.focus();
