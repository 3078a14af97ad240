// The filters of the list: in the address, as removable chips, and as the query of the service.
import { DayField, isDay } from "../day_field.js";
import { counted, day, fill, given, html, moment, t, useRef, useState } from "../kit.js";

const CHANNELS = ["phone", "email", "chat", "sms", "social", "letter", "voicebot"];
const STATES = ["queued", "running", "done", "failed", "cancelled"];
const MOODS = ["negative", "neutral", "positive"];
const RENAMED = { from: "started_from", to: "started_before", q: "text" };

// A day begins when the reader's clock says so; the last one is included.
function momentOf(text, after) {
  if (!isDay(text)) return text;
  const [year, month, date] = text.split("-").map(Number);
  return new Date(year, month - 1, date + after).toISOString();
}

/** The query of the service for filters as the address writes them. */
export function queryOf(filters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) {
    if (name === "reason" && filters.subreason) continue;
    if (name === "from" || name === "to") query.set(RENAMED[name], momentOf(value, name === "to" ? 1 : 0));
    else query.set(name === "subreason" ? "reason" : RENAMED[name] ?? name, value);
  }
  return query;
}

/** Put the filters into the address, and into the links that switch language and colours. */
export function keepInAddress(filters) {
  const query = new URLSearchParams(filters);
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
  for (const link of document.querySelectorAll(".who a[href^='?']")) {
    const now = new URLSearchParams(filters);
    for (const [name, value] of new URLSearchParams(link.getAttribute("href")))
      if (name === "lang" || name === "theme") now.set(name, value);
    link.setAttribute("href", `?${now}`);
  }
}

const named = {
  status: (value) => t[value],
  channel: (value) => t[value],
  direction: (value) => t[value] ?? value,
  reason: (value) => given.reasons[value] ?? value,
  subreason: (value) => given.reasons[value] ?? value,
  sentiment: (value) => t[`felt_${value}`],
  category: (value) => given.categories[value] ?? value,
  from: (value) => (isDay(value) ? day(`${value}T12:00`) : moment(value)),
  to: (value) => (isDay(value) ? day(`${value}T12:00`) : moment(value)),
  sampled: (value) => (/^(true|1|yes|on)$/i.test(value) ? t.yes : t.no),
  ids: (value) => counted("some_ids", value.split(",").filter(Boolean).length),
};

/** What is filtered by now; each chip can be taken away. */
export function Chips({ filters, without, none }) {
  const all = Object.entries(filters);
  if (!all.length) return null;
  return html`<ul class="chips" aria-label=${t.filtered_by}>
    ${all.map(([name, value]) => html`<li key=${name}><span class="chip accent">
      <span class="of">${t[`by_${name}`]}</span> ${(named[name] ?? String)(value)}
      <button type="button" onClick=${() => without(name)}
        aria-label=${fill(t.take_away, { name: t[`by_${name}`] })}>×</button></span></li>`)}
    ${all.length > 1 && html`<li>
      <button type="button" class="quiet" onClick=${none}>${t.take_all_away}</button></li>`}
  </ul>`;
}

const listed = (value, labels) => value && !labels[value]
  && html`<option value=${value}>${value}</option>`;

function ReasonOptions() {
  const codes = Object.keys(given.reasons);
  const above = (code) => codes.find((one) => one !== code && code.startsWith(`${one}.`));
  return codes.filter((code) => !above(code)).map((code) => {
    const below = codes.filter((one) => one.startsWith(`${code}.`));
    return html`<option value=${code}>${given.reasons[code]}</option>
      ${below.map((one) => html`<option value=${one}>   ${given.reasons[one]}</option>`)}`;
  });
}

/** The fields to filter with; what is chosen counts at once, what is typed with Enter. */
export function FilterBar({ filters, change }) {
  const [open, setOpen] = useState(
    Object.keys(filters).some((name) => !["q", "status", "channel", "reason"].includes(name)));
  const form = useRef(null);
  const choose = (name) => (event) => change({ [name]: event.currentTarget.value.trim() });
  const submitted = (event) => {
    event.preventDefault();
    const now = new FormData(form.current);
    change(Object.fromEntries(["q", "queue", "agent_key", "customer_key"].filter(
      (name) => now.has(name)).map((name) => [name, now.get(name).trim()])));
  };
  const select = (name, options) => html`<label class="field">${t[`by_${name}`]}
    <select name=${name} value=${filters[name] ?? ""} onChange=${choose(name)}>
      <option value="">${t.all}</option>${options}</select></label>`;
  const typed = (name, type = "text") => html`<label class="field">${t[`by_${name}`]}
    <input name=${name} type=${type} maxlength="128" value=${filters[name] ?? ""}
      onChange=${choose(name)} /></label>`;
  const plain = (name) => (isDay(filters[name] ?? "") ? filters[name] : "");
  return html`<form class="filters" aria-label=${t.filters} ref=${form} onSubmit=${submitted}>
    <div class="line">
      <label class="field grow">${t.by_q}<input name="q" maxlength="200"
        placeholder=${t.q_hint} value=${filters.q ?? ""} onChange=${choose("q")} /></label>
      ${select("status", STATES.map((one) => html`<option value=${one}>${t[one]}</option>`))}
      ${select("channel", CHANNELS.map((one) => html`<option value=${one}>${t[one]}</option>`))}
      <label class="field">${t.by_reason}<select name="reason"
        value=${filters.subreason ?? filters.reason ?? ""}
        onChange=${(event) => change({ reason: event.currentTarget.value, subreason: "" })}>
        <option value="">${t.all}</option>
        ${listed(filters.subreason ?? filters.reason, given.reasons)}<${ReasonOptions} /></select></label>
      <button type="button" class="quiet" aria-expanded=${open ? "true" : "false"}
        onClick=${() => setOpen(!open)}>${open ? t.fewer_filters : t.more_filters}</button>
    </div>
    ${open && html`<div class="line more-filters">
      <label class="field">${t.by_from}<${DayField} name="from" value=${plain("from")}
        change=${(from) => change({ from })} /></label>
      <label class="field">${t.by_to}<${DayField} name="to" value=${plain("to")}
        change=${(to) => change({ to })} /></label>
      ${typed("queue")} ${typed("agent_key")} ${typed("customer_key")}
      ${select("sentiment", MOODS.map((one) => html`<option value=${one}>${t[`felt_${one}`]}</option>`))}
      ${select("category", [listed(filters.category, given.categories),
        ...Object.entries(given.categories).map(
          ([code, label]) => html`<option value=${code}>${label}</option>`)])}
    </div>`}
    <button type="submit" class="hidden">${t.apply}</button>
  </form>`;
}
