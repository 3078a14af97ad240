// What is in use: since when, by whose choice, and choosing something else.
import { ask, fill, given, moment, t } from "../kit.js";

export const who = (id) => given.people[id] ?? id;
export const sinceOf = (use) => (use ? fill(t.since, { at: moment(use.chosen_at), who: who(use.chosen_by) }) : "");

/** The turn that a reader saw of a choice: what is chosen after somebody else's is refused. */
const seen = (inUse, kind, channel) =>
  inUse.choices.find((one) => one.kind === kind && one.channel === channel)?.turn ?? 0;

/** Put something into use; returns what is in use then. */
export const choose = (inUse, kind, { name, version }, channel = null) => ask(`/v1/definitions/${kind}`, {
  method: "PUT",
  headers: { "If-Match": `"${seen(inUse, kind, channel)}"` },
  body: kind === "scorecard" ? { name, version, channel } : { name, version },
});

// "1.4" → "1.5"; what has no number at its end gets one.
export const raised = (version) => (/\d+$/.test(version)
  ? version.replace(/\d+$/, (last) => String(Number(last) + 1)) : `${version}.1`);
