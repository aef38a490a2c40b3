// Behaviour of the NHS.UK components: focus on what went wrong, no double click. Every page works
// without this.
import { initAll } from "./vendor/nhsuk-frontend.min.js";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
initAll();
