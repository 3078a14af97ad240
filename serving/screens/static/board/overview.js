// The first look: what came in, why, how customers felt, how it went.
import { fill, html, number, t, useState } from "../kit.js";
import { inbox, inboxOf } from "./address.js";
import { Explained, valued } from "./kpis.js";
import { Change, count, Lead, mark, nameOf, percent, Spark, wholeOnly } from "./pieces.js";

function Tile({ name, children, foot }) {
  return html`<li class="tile"><span class="what">${name}</span>
    <span class="big">${children}</span><span class="small foot">${foot}</span></li>`;
}

const kpiOf = (kpis, name) =>
  kpis?.sections.flatMap((section) => section.kpis).find((one) => one.kpi === name);

function KpiTile({ name, kpi, currency, filters, pending }) {
  const [open, setOpen] = useState(false);
  if (!kpi || pending) return html`<${Tile} name=${name} foot=${pending ? t.counting : ""}>…<//>`;
  const { now, before } = kpi;
  const foot = now.value === null ? t.not_measurable
    : before.value !== null ? `${t.previous_short}${t.colon}${valued(before.value, kpi.unit, currency)}`
      : `n = ${count(now.n)}`;
  return html`<${Tile} name=${name} foot=${foot}>${now.value === null ? "–"
    : html`<button class="lead" aria-label=${fill(t.explain, { what: name })}
      onClick=${() => setOpen(true)}>${valued(now.value, kpi.unit, currency)}</button>`}
    ${open && html`<${Explained} kpi=${kpi} currency=${currency} filters=${filters}
      close=${() => setOpen(false)} />`}<//>`;
}

export function Overview({ volumes, mood, kpis, health, filters }) {
  const { period } = volumes;
  const main = volumes.reasons.find((one) => one.key !== null && one.n > 0);
  const felt = mood?.reasons ?? [];
  const known = mood?.known ?? 0;
  const mean = known ? felt.reduce((sum, one) => sum + one.mean * one.n, 0) / known : null;
  const negative = felt.reduce((sum, one) => sum + one.negative, 0);
  const waits = health?.kinds.process ?? 0;
  return html`<section class="panel" id="overview" aria-label=${t.overview}><ul class="tiles">
    <${Tile} name=${t.contacts} foot=${html`<${Change} now=${volumes.total}
        before=${volumes.previous} /> · ${t.previous_short}${t.colon}${count(volumes.previous)}`}>
      <${Lead} href=${inbox(filters, period, period.time_zone)} what=${t.contacts}>${
        count(volumes.total)}<//>
      <${Spark} counts=${wholeOnly(volumes.counts, volumes.buckets)} label=${t.over_time} /><//>
    <${Tile} name=${t.main_reason} foot=${main ? `${percent(main.share)} · ${nameOf(main, "reason")}` : ""}>
      ${main ? html`<${Lead} what=${nameOf(main, "reason")}
        href=${inbox(filters, period, period.time_zone, { reason: main.key })}>${
        count(main.n)}<//>` : "–"}<//>
    <${Tile} name=${t.customer_mood} foot=${known ? html`<${Lead} className="" what=${t.negative}
        href=${inbox(filters, period, period.time_zone, { sentiment: "negative" })}>${
        fill(t.negative_share, { share: percent(negative / known) })}<//>` : t.not_measurable}>
      ${mean === null ? "–" : html`<a class="lead" href="#mood">${mark(mean)}</a>`}<//>
    <${KpiTile} name=${t.resolved} kpi=${kpiOf(kpis, "fcr_proxy")}
      currency=${kpis?.currency} filters=${filters} pending=${kpis?.pending > 0} />
    <${KpiTile} name=${t.quality_score} kpi=${kpiOf(kpis, "quality_score")}
      currency=${kpis?.currency} filters=${filters} pending=${kpis?.pending > 0} />
    <${Tile} name=${t.waiting_now} foot=${!health ? "" : health.failed
        ? html`<a href=${inboxOf(health.failed_ids)}>${
          fill(t.failed_n, { n: number(health.failed) })}</a>${
          health.failed > health.failed_ids.length && ` ${
            fill(t.newest_of, { n: number(health.failed_ids.length) })}`}`
        : waits ? "" : t.nothing_waits}>
      ${health ? html`<a class="lead" href="#health">${count(waits)}</a>` : "…"}<//>
  </ul></section>`;
}
