// The period and what narrows the board; all of it stands in the address.
import { DayField, isDay, isPlausible } from "../day_field.js";
import { day, fill, given, html, quoted, t } from "../kit.js";
import { shortDay } from "./pieces.js";

const NAMED = { step: "by_step" };
const PRESETS = [["last_7", 7], ["last_28", 28], ["last_56", 56]];
const CHANNELS = ["phone", "email", "chat", "sms", "social", "letter", "voicebot"];

// Days are counted on the calendar alone, whatever the clock of the reader.
const back = (from, days) => {
  const [year, month, date] = from.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, date - days)).toISOString().slice(0, 10);
};
const lengthOf = (first, last) =>
  Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000) + 1;

const MAX_DAYS = 400; // as the service counts

/** Names of the filters that cannot be shown: what the page's address said, or a wrong period. */
export function refusedIn(filters) {
  const names = given.refused.filter((name) => filters[name] === given.filters[name]);
  const { from, to = given.today } = filters;
  if (names.includes("from") || names.includes("to") || !from) return names;
  const length = lengthOf(from, to);
  return isPlausible(from) && isDay(to) && length >= 1 && length <= MAX_DAYS ? names
    : [...names, "from", "to"];
}

/** What was received and cannot be shown, in the reader's words, and how to go on. */
export function Refusal({ names, filters, choose }) {
  const isPeriod = names.includes("from") || names.includes("to");
  const written = (name) => (isDay(filters[name]) ? day(`${filters[name]}T12:00`)
    : filters[name] ? quoted(filters[name]) : "…");
  const others = names.filter((name) => name !== "from" && name !== "to");
  const without = Object.fromEntries(
    [...names, ...(isPeriod ? ["from", "to"] : [])].map((name) => [name, undefined]));
  return html`<div class="box problem" role="alert">
    ${isPeriod && html`<p>${fill(t.bad_period, { from: written("from"), to: written("to") })}</p>`}
    ${others.length > 0 && html`<p>${fill(t.bad_filters, {
      what: others.map((name) => `${t[NAMED[name] ?? name]} ${quoted(filters[name])}`).join(", ") })}</p>`}
    <p><button type="button" class="quiet" onClick=${() => choose(without)}>${
      isPeriod ? t.usual_period : t.without_these}</button></p></div>`;
}

export function Filters({ volumes, filters, choose, today }) {
  const period = volumes?.period;
  // What was chosen, whether or not it has been answered.
  const [first, last] = [filters.from ?? period?.first, filters.to ?? period?.last]
    .map((one) => (isDay(one) ? one : ""));
  const length = lengthOf(first, last);
  const queues = [...new Set([
    ...(volumes?.queues ?? []).map((one) => one.key).filter((one) => one !== null),
    ...(filters.queue ? [filters.queue] : []),
  ])].sort();
  const reasons = Object.entries(given.reasons).sort((a, b) => a[1].localeCompare(b[1]));
  if (filters.reason && !given.reasons[filters.reason]) reasons.push([filters.reason, filters.reason]);
  const set = (name) => (event) => choose({ [name]: event.currentTarget.value || undefined });
  const changed = (name) => (day) => choose({ from: first, to: last, [name]: day });
  const select = (name, all, options) => html`<select aria-label=${t[name]}
      value=${filters[name] ?? ""} onChange=${set(name)}>
    <option value="">${all}</option>
    ${options.map(([value, label]) => html`<option key=${value} value=${value}
      selected=${filters[name] === value}>${label}</option>`)}</select>`;
  // The year stands where it is not that of both periods.
  const years = period && [period.before_first, period.last].map((one) => one.slice(0, 4));
  const dated = (one) => (years[0] === years[1] ? shortDay(one) : day(`${one}T12:00`));
  const narrowed = ["channel", "queue", "reason", "team"].some((name) => filters[name]);
  return html`<form class="filters" onSubmit=${(event) => event.preventDefault()}
      aria-label=${t.period}>
    <div class="row">
      <div class="presets" role="group" aria-label=${t.period}>${PRESETS.map(([name, days]) =>
        html`<button type="button" key=${name} class="preset"
          aria-pressed=${length === days && last === today}
          onClick=${() => choose({ from: back(today, days - 1), to: today })}>${t[name]}</button>`)}
      </div>
      <label class="field inline-field"><span>${t.from}</span><${DayField} value=${first}
        max=${last} change=${changed("from")} required /></label>
      <label class="field inline-field"><span>${t.to}</span><${DayField} value=${last}
        min=${first} change=${changed("to")} required /></label>
      ${select("channel", t.all_channels, CHANNELS.map((one) => [one, t[one]]))}
      ${select("queue", t.all_queues, queues.map((one) => [one, one]))}
      ${select("reason", t.all_reasons, reasons)}
      ${given.teams.length > 0 && select("team", t.all_teams, given.teams.map((one) => [one, one]))}
      ${narrowed && html`<button type="button" class="quiet"
        onClick=${() => choose({ channel: undefined, queue: undefined, reason: undefined, team: undefined })}>${
        t.clear}</button>`}
    </div>
  </form>
  ${period && html`<p class="small compared">${fill(t.compared, {
    from: dated(period.before_first), to: dated(period.before_last) })}</p>`}`;
}
