// Inside the frame of another site: its colour, its close button, what its button counts.
import { given } from "./talking.js";

const query = new URLSearchParams(location.search);

// The text on the site's colour is black or white, whichever can be read (WCAG 2.2, 1.4.3).
function readableOn(colour) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [r, g, b] = parts.map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return { text: light > 0.179 ? "#000" : "#fff", onWhite: 1.05 / (light + 0.05) };
}

/** Take the site's colour where it can be read on the page; tell the site what happens. */
export function dress() {
  if (!given.framed) return;
  const colour = query.get("colour") ?? "";
  const dark = matchMedia("(prefers-color-scheme: dark)").matches
    ? document.documentElement.dataset.theme !== "light"
    : document.documentElement.dataset.theme === "dark";
  if (/^#[0-9a-f]{6}$/i.test(colour) && !dark && readableOn(colour).onWhite >= 4.5) {
    document.documentElement.style.setProperty("--accent", colour);
    document.documentElement.style.setProperty("--on-accent", readableOn(colour).text);
  }
  if (parent === window) return;
  const leave = document.getElementById("leave");
  leave.hidden = false;
  leave.addEventListener("click", () => tellSite("close"));
  document.addEventListener("keydown", (event) => event.key === "Escape" && tellSite("close"));
}

/** What is told holds nothing of the conversation: any site may hear it. */
export function tellSite(what, count = 0) {
  if (given.framed && parent !== window) parent.postMessage({ entendu: what, count }, "*");
}
