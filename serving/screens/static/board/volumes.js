// Volumes over time, by channel and queue; reasons with their share, change and course.
import { counted, fill, html, t, useState } from "../kit.js";
import { inbox } from "./address.js";
import { BehindDialog } from "./behind.js";
import { Chart } from "./chart.js";
import {
  Bar, bucketName, Change, count, Lead, nameOf, Part, percent, Scroll, shortDay, Spark, Tools,
  useShort, useView, wholeOnly,
} from "./pieces.js";

const previousAt = (volumes, place) => volumes.previous_counts[place] ?? null;

/** What the chart draws: whole weeks as lines, those that the period cuts as points of their own. */
export function linesOf(volumes) {
  const places = volumes.buckets.map((_, place) => place);
  const before = places.map((place) => previousAt(volumes, place));
  const isWhole = (place) => volumes.buckets[place].whole;
  const wasWhole = (place) => volumes.previous_whole[place] ?? true;
  const kept = (values, test) => values.map((n, place) => (test(place) ? n : null));
  const cut = kept(volumes.counts, (place) => !isWhole(place));
  const cutBefore = kept(before, (place) => !wasWhole(place));
  return [
    { label: t.contacts, look: "strong", values: kept(volumes.counts, isWhole) },
    { label: t.previous, look: "before", values: kept(before, wasWhole) },
    { label: t.cut_week, look: "cut", values: cut },
    { label: t.cut_before, look: "cutBefore", values: cutBefore },
  ].filter((line, place) => place < 2 || line.values.some((n) => n !== null));
}

// What the list's filters take; a taxonomy that is gone may have named its reasons otherwise.
const TAKEN = { channel: /^\w+$/, queue: /^.{1,64}$/s, reason: /^[\w.-]{1,128}$/ };

/** What narrows the list to a slice; null where no filter says it. */
const narrowed = (kind, slice) => (slice.key !== null && TAKEN[kind].test(slice.key)
  ? { [kind]: slice.key } : null);

function Number({ n, kind, slice, filters, period }) {
  const [isOpen, setOpen] = useState(false);
  const more = narrowed(kind, slice);
  if (more) return html`<${Lead} href=${inbox(filters, period, period.time_zone, more)}
    what=${nameOf(slice, kind)}>${count(n)}<//>`;
  if (slice.key !== null || !n) return html`<span>${count(n)}</span>`;
  const what = nameOf(slice, kind);
  return html`<button class="quiet inline" title=${fill(t.see, { what })}
      aria-label=${`${count(n)}, ${fill(t.see, { what })}`} onClick=${() => setOpen(true)}>${
      count(n)}</button>${isOpen && html`<${BehindDialog} figure=${`without:${kind}`} what=${what}
      filters=${filters} close=${() => setOpen(false)} />`}`;
}

function Step({ step, choose }) {
  return html`<div class="presets small-presets" role="group" aria-label=${t.by_step}>
    ${["day", "week"].map((one) => html`<button key=${one} class="preset" aria-pressed=${step === one}
      onClick=${() => choose({ step: one })}>${t[`by_${one}`]}</button>`)}</div>`;
}

const TALL = 380; // as the lists beside it

function OverTime({ volumes, filters, choose }) {
  const [view, setView] = useView();
  const { period, buckets } = volumes;
  const href = (bucket) => inbox(filters, bucket, period.time_zone);
  return html`<div class="block">
    <div class="row apart"><h3>${t.over_time}</h3>
      <${Tools} what=${t.over_time} table="volumes" filters=${filters} view=${view}
        setView=${buckets.length > 1 && setView}><${Step} step=${period.step} choose=${choose} /><//></div>
    ${view === "chart" && buckets.length > 1
      ? html`<${Chart} days=${buckets.map((one) => one.first)} height=${TALL} label=${`${t.over_time}${t.colon} ${
          count(volumes.total)} (${t.previous}${t.colon} ${count(volumes.previous)})`}
          go=${(place) => location.assign(href(buckets[place]))}
          lines=${linesOf(volumes)} />`
      : html`<${Scroll} what=${t.over_time} tall>
        <table class="table" data-table="volumes">
        <thead><tr><th scope="col">${period.step === "day" ? t.day : t.week}</th>
          <th scope="col" class="number">${t.contacts}</th>
          <th scope="col" class="number">${t.previous}</th></tr></thead>
        <tbody>${buckets.map((one, place) => html`<tr key=${one.first}>
          <th scope="row">${bucketName(one, period.step)}${
            !one.whole && html` <span class="small">${t.cut}</span>`}</th>
          <td class="number"><${Lead} href=${href(one)} what=${bucketName(one, period.step)}>${
            count(volumes.counts[place])}<//></td>
          <td class="number">${previousAt(volumes, place) ?? ""}</td></tr>`)}</tbody>
      </table><//>`}
  </div>`;
}

function Slices({ kind, title, slices, table, filters, period, most = 6 }) {
  const [shown, button] = useShort(slices, most);
  return html`<div class="block">
    <div class="row apart"><h3>${title}</h3>
      <${Tools} what=${title} table=${table} filters=${filters} /></div>
    <table class="table bars" data-table=${table}>
      <thead class="hidden"><tr><th scope="col">${t.name}</th><th scope="col">${t.share}</th>
        <th scope="col">${t.contacts}</th></tr></thead>
      <tbody>${shown.map((one) => html`<tr key=${one.key ?? ""}>
        <th scope="row">${nameOf(one, kind)}</th>
        <td class="wide-bar"><${Bar} share=${one.share} /><span class="small">${
          percent(one.share)}</span></td>
        <td class="number"><${Number} n=${one.n} kind=${kind} slice=${one} filters=${filters}
          period=${period} /></td></tr>`)}</tbody>
    </table>${button}
  </div>`;
}

function Reasons({ volumes, filters }) {
  const [view, setView] = useView();
  const { period, buckets } = volumes;
  const [shown, button] = useShort(volumes.reasons, 10);
  const title = t.by_reason;
  return html`<div class="block">
    <div class="row apart"><h3>${title}</h3>
      <${Tools} what=${title} table=${view === "table" ? "reasons_over_time" : "reasons"}
        filters=${filters} view=${view} setView=${setView} /></div>
    ${view === "chart" ? html`<table class="table" data-table="reasons">
      <thead><tr><th scope="col">${t.reason}</th><th scope="col">${t.share}</th>
        <th scope="col" class="number">${t.contacts}</th>
        <th scope="col" class="number">${t.previous_short}</th>
        <th scope="col">${t.change}</th><th scope="col">${t.trend}</th></tr></thead>
      <tbody>${shown.map((one) => html`<tr key=${one.key ?? ""}>
        <th scope="row">${nameOf(one, "reason")}</th>
        <td class="wide-bar"><${Bar} share=${one.share} /><span class="small"
          title=${`${t.interval}${t.colon} ${percent(one.low)} – ${percent(one.high)}`}>${
          percent(one.share)}</span></td>
        <td class="number"><${Number} n=${one.n} kind="reason" slice=${one} filters=${filters}
          period=${period} /></td>
        <td class="number">${count(one.previous)}</td>
        <td><${Change} now=${one.n} before=${one.previous} /></td>
        <td><${Spark} counts=${wholeOnly(one.counts, buckets)}
          label=${`${nameOf(one, "reason")}${t.colon} ${one.counts.join(", ")}`} /></td></tr>`)}</tbody>
    </table>${button}` : html`<${Scroll} what=${t.reasons_over_time}>
      <table class="table" data-table="reasons_over_time">
      <thead><tr><th scope="col">${t.reason}</th>${buckets.map((one) =>
        html`<th scope="col" class="number" key=${one.first}>${shortDay(one.first)}</th>`)}</tr></thead>
      <tbody>${volumes.reasons.map((one) => html`<tr key=${one.key ?? ""}>
        <th scope="row">${nameOf(one, "reason")}</th>
        ${buckets.map((bucket, place) => html`<td class="number" key=${bucket.first}>
          ${one.counts[place] && one.key
            ? html`<${Lead} what=${`${nameOf(one, "reason")}, ${bucketName(bucket, period.step)}`}
                href=${inbox(filters, bucket, period.time_zone, { reason: one.key })}>${
                count(one.counts[place])}<//>`
            : count(one.counts[place])}</td>`)}</tr>`)}</tbody>
    </table><//>`}
  </div>`;
}

export function Volumes({ volumes, filters, choose }) {
  const { period } = volumes;
  return html`<${Part} id="volumes" filters=${filters}>
    <div class="split">
      <${OverTime} volumes=${volumes} filters=${filters} choose=${choose} />
      <div>
        <${Slices} kind="channel" title=${t.by_channel} slices=${volumes.channels} table="channels"
          filters=${filters} period=${period} />
        <${Slices} kind="queue" title=${t.by_queue} slices=${volumes.queues} table="queues"
          filters=${filters} period=${period} />
      </div>
    </div>
    <${Reasons} volumes=${volumes} filters=${filters} />
    ${volumes.waiting > 0 && html`<p class="small">${
      counted("waiting", volumes.waiting)}</p>`}
  <//>`;
}
