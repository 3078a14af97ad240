// What is expected of the next two weeks, with intervals, and the agents that it takes.
import { counted, Dialog, fill, html, number, percent, t, useState } from "../kit.js";
import { Chart } from "./chart.js";
import {
  count, longDay, Made, NotMade, Part, Scroll, span, useReport, useView, Waiting,
} from "./pieces.js";

const clock = (at) => at.slice(11, 16); // in the centre's own zone, as it is written

function OverTime({ found }) {
  const past = found.past.map((one) => one.n);
  const gap = found.past.map(() => null);
  const last = past[past.length - 1];
  const joined = (values) => [...gap.slice(0, -1), last, ...values];
  return html`<${Chart} days=${[...found.past, ...found.days].map((one) => one.day)}
    label=${t.forecast_over} bands=${[[3, 2]]}
    lines=${[ // the interval is one entry of the legend
      { label: t.past, look: "strong", values: [...past, ...found.days.map(() => null)] },
      { label: fill(t.interval_80, { level: percent(found.level) }), look: "edge", upTo: 2,
        values: joined(found.days.map((one) => one.low)) },
      { label: t.interval_high, look: "edge", isUnsaid: true,
        values: joined(found.days.map((one) => one.high)) },
      { label: t.expected, look: "ahead", values: joined(found.days.map((one) => one.expected)) },
    ]} />`;
}

function HalfHours({ one, level, close }) {
  return html`<${Dialog} title=${fill(t.half_hours_of, { day: longDay(one.day) })} close=${close} wide>
    <${Scroll} what=${longDay(one.day)} tall>
    <table class="table"><thead><tr><th scope="col">${t.time}</th>
      <th scope="col" class="number">${t.expected}</th><th scope="col" class="number">${
        fill(t.interval_80, { level: percent(level) })}</th>
      <th scope="col" class="number">${t.agents}</th>
      <th scope="col" class="number">${t.service_level}</th>
      <th scope="col" class="number">${t.occupancy}</th></tr></thead>
    <tbody>${one.half_hours.map((half) => html`<tr key=${half.start}>
      <th scope="row">${clock(half.start)}</th><td class="number">${number(half.expected)}</td>
      <td class="number">${count(half.low)} – ${count(half.high)}</td>
      ${half.agents === null ? html`<td class="number" colspan="3">–</td>` : html`
      <td class="number">${count(half.agents)} <span class="small">(${
        count(half.agents_low)} – ${count(half.agents_high)})</span></td>
      <td class="number">${percent(half.service_level)}</td>
      <td class="number">${percent(half.occupancy)}</td>`}</tr>`)}</tbody></table><//><//>`;
}

function Days({ found }) {
  const [shown, setShown] = useState(null);
  return html`<${Scroll} what=${t.forecast}>
    <table class="table" data-table="forecast"><thead><tr><th scope="col">${t.day}</th>
      <th scope="col" class="number">${t.expected}</th>
      <th scope="col" class="number">${fill(t.interval_80, { level: percent(found.level) })}</th>
      <th scope="col">${t.peak}</th><th scope="col" class="number">${t.agents_peak}</th>
      <th scope="col" class="number">${t.agent_hours}</th>
      <th scope="col" class="number">${t.with_absences}</th></tr></thead>
    <tbody>${found.days.map((one) => html`<tr key=${one.day}>
      <th scope="row"><button class="quiet left" onClick=${() => setShown(one)}>${
        longDay(one.day)}</button>${one.holiday && html` <span class="chip">${t.holiday}</span>`}</th>
      <td class="number">${count(one.expected)}</td>
      <td class="number">${count(one.low)} – ${count(one.high)}</td>
      <td>${one.peak ? clock(one.peak) : "–"}</td>
      <td class="number">${one.agents_peak === null ? "–" : count(one.agents_peak)}</td>
      <td class="number">${one.agent_hours === null ? "–" : number(one.agent_hours)}</td>
      <td class="number">${one.scheduled_hours === null ? "–" : number(one.scheduled_hours)}</td></tr>`)}</tbody></table>
    ${shown && html`<${HalfHours} one=${shown} level=${found.level} close=${() => setShown(null)} />`}<//>`;
}

function Method({ found }) {
  const { plan } = found;
  return html`<div class="small method">
    <p>${!plan ? t.not_staffed : fill(t.staffed_for, { target: percent(plan.target), within: number(plan.within_s),
      handling: span(Math.round(plan.handling_s)), occupancy: percent(plan.max_occupancy),
      shrinkage: percent(plan.shrinkage) })}</p>
    <p>${counted("measured", found.origins)}${t.colon}${found.methods.map((one) =>
      `${t[one.method]} ${percent(one.wape)} / ${percent(one.wape_day)}${
        one.method === found.method ? ` (${t.chosen})` : ""}`,
    ).join(" · ")} (${t.wape} / ${t.wape_day.toLowerCase()})${found.coverage !== null && html`. ${
      fill(t.held, { share: percent(found.coverage), level: percent(found.level) })}`}</p></div>`;
}

export function Forecast({ filters }) {
  const asked = useReport("forecast", filters);
  const [view, setView] = useView();
  const report = asked.value;
  const found = report?.value;
  return html`<${Part} id="forecast" table="forecast" filters=${filters} note=${t.forecast_note}
      view=${view} setView=${found && setView}
      tools=${report && html`<${Made} report=${report} kind="forecast" again=${asked.again} filters=${filters} />`}>
    <${Waiting} asked=${asked} />
    ${report && html`<${NotMade} report=${report} />`}
    ${found && view === "chart" && html`<${OverTime} found=${found} />`}
    ${found && html`<${Days} found=${found} /><${Method} found=${found} />`}
  <//>`;
}
