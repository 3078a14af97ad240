// What every part of the board is made of: its frame, bars, small lines, changes, links.
import {
  ask, counted, fill, html, lang, moment, number, Problem, t, useAsked, useEffect, useRef, useState,
} from "../kit.js";
import { csv, inboxOf, queryOf } from "./address.js";

const locale = lang === "fr" ? "fr-FR" : "en-GB";
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const signed = new Intl.NumberFormat(locale, {
  minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "exceptZero",
});
const dayMonth = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short" });
const noon = (day) => new Date(`${day}T12:00`);

const shares = new Intl.NumberFormat(locale, {
  style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1,
});

/** A share in percent, always with one decimal: figures stand below each other. */
export const percent = (share) => shares.format(share);
export const count = (value) => whole.format(value);
export const mark = (value) => signed.format(value).replace("-", "−");
export const shortDay = (day) => dayMonth.format(noon(day));
export const longDay = (day) => weekday.format(noon(day));
export const words = (both, other = "") => both?.[lang] ?? other;

/** The name of a slice: of its reason, channel or queue. */
export const nameOf = (slice, kind) => {
  if (slice.key === null) return kind === "reason" ? t.no_reason : t.unknown;
  return words(slice.label) || (kind === "channel" ? t[slice.key] : "") || slice.key;
};

/** The name of a day, or of a week. */
export const bucketName = (bucket, step) =>
  step === "day" ? longDay(bucket.first) : `${shortDay(bucket.first)} – ${shortDay(bucket.last)}`;

/** Seconds in words: "3 min 20", "2,4 h". */
export function span(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 60) return `${number(seconds)} s`;
  if (seconds < 3600) {
    const [m, s] = [Math.floor(seconds / 60), Math.round(seconds % 60)];
    return s === 60 ? `${m + 1} min` : `${m} min${s ? ` ${String(s).padStart(2, "0")} s` : ""}`;
  }
  return fill(t.hours, { n: number(seconds / 3600) });
}

/**
 * A part of the board: its title, its tools, what is in it.
 * `table` names the CSV; `view` and `setView` switch between chart and table where both are there.
 */
export function Part({ id, note, table, filters, view, setView, tools, children }) {
  const title = t[id];
  return html`<section class="box panel" id=${id} aria-labelledby=${`${id}-title`}>
    <header class="row apart">
      <h2 id=${`${id}-title`} tabindex="-1">${title}</h2>
      <${Tools} what=${title} table=${table} filters=${filters} view=${view} setView=${setView}>
        ${tools}<//>
    </header>
    ${note && html`<p class="small note">${note}</p>`}
    ${children}
  </section>`;
}

/** Chart or table, and the CSV. */
export function Tools({ what, table, filters, view, setView, children }) {
  return html`<div class="tools row">
    ${children}
    ${setView && html`<button class="quiet" aria-pressed=${view === "table"}
      aria-label=${fill(view === "table" ? t.chart_of : t.table_of, { what })}
      onClick=${() => setView(view === "table" ? "chart" : "table")}>
      ${view === "table" ? t.as_chart : t.as_table}</button>`}
    ${table && html`<a class="quiet" href=${csv(table, filters)} download
      title=${t.csv_form} aria-label=${fill(t.csv_of, { what })}>${t.csv}</a>`}
  </div>`;
}

const views = new Set();
/** Chart or table; `allViews` switches every one at once. */
export function useView() {
  const [view, setView] = useState("chart");
  useEffect(() => {
    views.add(setView);
    return () => views.delete(setView);
  }, []);
  return [view, setView];
}
export const allViews = (view) => views.forEach((set) => set(view));

/** A figure that leads to the conversations behind it. */
export const Lead = ({ href, what, children, className }) =>
  html`<a class=${className ?? "lead"} href=${href} title=${fill(t.see, { what })}
    aria-label=${`${[children].flat().join("")}, ${fill(t.see, { what })}`}>${children}</a>`;

/** How many there are; it leads to them by their ids, and says so where those are not all. */
export const LeadToIds = ({ ids, n, what, className }) => html`<${Lead} href=${inboxOf(ids)}
    what=${what} className=${className}>${count(n)}<//>${n > ids.length
    && html` <span class="small">${fill(t.newest_of, { n: count(ids.length) })}</span>`}`;

/** What may be wider or longer than its place. */
export const Scroll = ({ what, tall, children }) => html`<div class=${tall ? "scroll tall" : "scroll"}
  tabindex="0" role="region" aria-label=${fill(t.table_named, { what })}>${children}</div>`;

/** A share as a bar; its figure stands beside it. */
export const Bar = ({ share, kind = "" }) => html`<svg class=${`bar-of ${kind}`} aria-hidden="true"
    preserveAspectRatio="none" viewBox="0 0 100 10">
    <rect class="rail" width="100" height="10" rx="2" />
    <rect class="full" width=${Math.max(0, Math.min(100, 100 * share))} height="10" rx="2" />
  </svg>`;

/** The counts of whole weeks: one that the period cuts would end the line with a plunge. */
export const wholeOnly = (counts, buckets) => {
  const whole = counts.filter((_, place) => buckets[place].whole);
  return whole.length > 1 ? whole : counts;
};

/** A small line over time; its figures stand in the table. */
export function Spark({ counts, label }) {
  const most = Math.max(1, ...counts);
  const step = 96 / Math.max(1, counts.length - 1);
  const points = counts.map((n, i) => `${(2 + i * step).toFixed(1)},${(22 - 20 * (n / most)).toFixed(1)}`);
  const [x, y] = (points[points.length - 1] ?? "2,22").split(",");
  return html`<svg class="spark" viewBox="0 0 100 24" role="img" aria-label=${label}
    preserveAspectRatio="none">
    <polyline points=${points.join(" ")} vector-effect="non-scaling-stroke" />
    <circle cx=${x} cy=${y} r="1.6" /></svg>`;
}

/** How much more or less than before; said in words, not only by colour. */
export function Change({ now, before }) {
  const more = now - before;
  const said = more === 0 ? t.same_as
    : fill(more > 0 ? t.more_than : t.less_than, { n: count(Math.abs(more)) });
  const share = before ? percent(Math.abs(more) / before) : "";
  return html`<span class="change" title=${said}><span aria-hidden="true">${
    more === 0 ? "=" : more > 0 ? "▲" : "▼"} ${more === 0 ? "" : share || count(Math.abs(more))}</span>
    <span class="hidden">${said}</span></span>`;
}

/** A mean with its interval on a line from `least` to `most`. */
export function Interval({ value, low, high, least = 0, most = 1, hollow = false }) {
  const at = (x) => (100 * (x - least)) / (most - least);
  return html`<svg class=${`interval ${hollow ? "hollow" : ""}`} viewBox="0 0 100 12"
    preserveAspectRatio="none" aria-hidden="true">
    <line class="rail" x1="0" x2="100" y1="6" y2="6" vector-effect="non-scaling-stroke" />
    ${least < 0 && html`<line class="zero" x1=${at(0)} x2=${at(0)} y1="1" y2="11"
      vector-effect="non-scaling-stroke" />`}
    ${low !== null && low !== undefined && html`<line class="range" x1=${at(low)} x2=${at(high)}
      y1="6" y2="6" vector-effect="non-scaling-stroke" />`}
    <line class="dot" x1=${at(value)} x2=${at(value)} y1="6" y2="6"
      vector-effect="non-scaling-stroke" />
  </svg>`;
}

/** A list that begins short. */
export function useShort(all, most = 8) {
  const [open, setOpen] = useState(false);
  const shown = open ? all : all.slice(0, most);
  const button = all.length > most && html`<button class="quiet" aria-expanded=${open}
    onClick=${() => setOpen(!open)}>${open ? t.less : fill(t.more, { n: all.length })}</button>`;
  return [shown, button];
}

/** Ask for something, again every few seconds while `unfinished` says so. */
function useRepeated(path, unfinished) {
  const asked = useAsked(path);
  useEffect(() => {
    if (!asked.value || !unfinished(asked.value)) return undefined;
    const timer = setTimeout(asked.again, 2500);
    return () => clearTimeout(timer);
  }, [asked.value]);
  // What was refused leaves no figures of another period in its place.
  return asked.problem && asked.of !== path ? { ...asked, value: null } : asked;
}

let awaited = 0; // parts that were never answered
let isAtRest = false;
const resting = new Set();
const rest = () => {
  isAtRest = true;
  resting.forEach((tell) => tell(true));
};

/** Ask for a part, again every few seconds while `unfinished` says so. */
export function usePart(path, unfinished = () => false) {
  const asked = useRepeated(path, unfinished);
  const isAnswered = asked.value !== null || asked.problem !== null;
  useEffect(() => {
    if (isAnswered) return undefined;
    awaited += 1;
    return () => {
      awaited -= 1;
      if (!awaited) rest();
    };
  }, [isAnswered]);
  return asked;
}

/**
 * The same for what a job of the background computes. Each asking is work: it waits until the
 * parts have been answered, and after the filters change until they have stayed for a moment and
 * its place on the page is near.
 */
export function useReport(kind, filters) {
  const [near, setNear] = useState(false);
  const query = queryOf(filters);
  const first = useRef(query);
  const [steady, setSteady] = useState(query);
  const [isCalm, setCalm] = useState(isAtRest);
  const path = isCalm && (near || steady === first.current) ? `/v1/board/${kind}${steady}` : null;
  useEffect(() => {
    resting.add(setCalm);
    return () => resting.delete(setCalm);
  }, []);
  useEffect(() => {
    const watch = new IntersectionObserver(([one]) => setNear(one.isIntersecting),
      { rootMargin: "400px" });
    watch.observe(document.getElementById(kind));
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => setSteady(query), 800);
    return () => clearTimeout(timer);
  }, [query]);
  return { ...useRepeated(path, (report) => report.updating), isFar: path === null };
}

/** While a part is awaited, or was refused. */
export function Waiting({ asked }) {
  if (asked.problem) return html`<${Problem} of=${asked.problem} again=${asked.again} />`;
  return asked.value ? null
    : html`<p class="nothing" aria-busy=${asked.isFar ? undefined : "true"}>${t.loading}</p>`;
}

/** Where a report of the background stands: its date, whether it is made anew, what went wrong. */
export function Made({ report, kind, again, filters }) {
  const [busy, setBusy] = useState(false);
  const anew = async () => {
    setBusy(true);
    await ask(`/v1/board/refresh${queryOf(filters)}`, { method: "POST", body: { report: kind } }).catch(() => {});
    setBusy(false);
    again();
  };
  return html`<span class="small made" role="status">
    ${report.made_at && fill(t.made_at, { at: moment(report.made_at) })}
    ${report.updating && html` <span class="chip">${t.updating}</span>`}</span>
    ${!report.updating && html`<button class="quiet" disabled=${busy}
      aria-label=${fill(t.refresh_of, { what: t[kind] })} onClick=${anew}>${t.refresh}</button>`}`;
}

/** That a search of the background took not all of the period. */
export const LeftOut = ({ n }) => n > 0 && html`<p class="small notice">${
  counted("left_out_of", n)}</p>`;

/** What stands in place of a report that is not there. */
export function NotMade({ report, empty }) {
  if (report.value && !empty) return null;
  if (report.value) return html`<p class="nothing">${t[empty]}</p>`;
  if (report.problem && !report.updating) return html`<div class="nothing">
    <p>${t.cannot}</p>
    <p class="small" lang="en">${report.problem.detail}${
      report.problem.remedy ? ` → ${report.problem.remedy}` : ""}</p></div>`;
  return html`<p class="nothing" role="status">${t.first_time}</p>`;
}
