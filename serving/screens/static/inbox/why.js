// What went wrong with a file or a job, and what helps, in the reader's language.
import { html, t } from "../kit.js";

const kindOf = (problem) => (problem.type ?? "").replace("urn:entendu:problem:", "");
const words = (prefix, problem) =>
  t[prefix + kindOf(problem)] ?? t[prefix + problem.status] ?? t[`${prefix}other`];

/** A problem (RFC 9457): in words, then the remedy, then what the service said itself. */
export function Why({ of: problem, alert = false }) {
  return html`<div class="problem" role=${alert ? "alert" : undefined}>
    <p>${words("failed_", problem)}</p>
    <p class="help">${words("remedy_", problem)}</p>
    ${problem.detail && html`<p class="remedy" lang="en">${problem.detail}</p>`}
  </div>`;
}
