// The board: its filters, its parts, each asked for on its own.
import {
  Dialog, given, html, mount, Problem, t, useAsked, useEffect, useKeys, useState,
} from "../kit.js";
import { filtersNow, keep, queryOf } from "./address.js";
import { Filters, Refusal, refusedIn } from "./filters.js";
import { Forecast } from "./forecast.js";
import { Gaps } from "./gaps.js";
import { Health } from "./health.js";
import { Kpis } from "./kpis.js";
import { Mood } from "./mood.js";
import { Overview } from "./overview.js";
import { allViews, usePart } from "./pieces.js";
import { Questions } from "./questions.js";
import { Topics } from "./topics.js";
import { Volumes } from "./volumes.js";

const PARTS = ["overview", "volumes", "topics", "mood", "kpis", "gaps", "questions", "forecast", "health"];

function Help({ close }) {
  return html`<${Dialog} title=${t.help} close=${close}><table class="table"><tbody>
    <tr><td><kbd>1</kbd> – <kbd>9</kbd></td><td>${t.key_part}</td></tr>
    <tr><td><kbd>t</kbd></td><td>${t.key_table}</td></tr>
    <tr><td><kbd>?</kbd></td><td>${t.key_help}</td></tr></tbody></table><//>`;
}

function goTo(part) {
  const place = document.getElementById(part);
  place?.scrollIntoView();
  document.getElementById(`${part}-title`)?.focus({ preventScroll: true });
}

function Board() {
  const [filters, setFilters] = useState(given.filters);
  const [help, setHelp] = useState(false);
  const [tables, setTables] = useState(false);
  const refused = refusedIn(filters);
  const pathOf = (part) => (refused.length ? null : `/v1/board/${part}${queryOf(filters)}`);
  const volumes = useAsked(pathOf("volumes"), given.volumes);
  const felt = usePart(pathOf("mood"));
  const kpis = usePart(pathOf("kpis"), (found) => found.pending > 0);
  const questions = usePart(pathOf("questions"), () => kpis.value?.pending > 0);
  const health = usePart(pathOf("health"), (found) => found.pending > 0);
  const choose = (more) => {
    const next = Object.fromEntries(
      Object.entries({ ...filters, ...more }).filter(([, value]) => value));
    keep(next);
    setFilters(next);
  };
  useEffect(() => {
    keep(filters, { replace: true });
    const back = () => setFilters(filtersNow());
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  useKeys({
    "?": () => setHelp(true),
    t: () => {
      allViews(tables ? "chart" : "table");
      setTables(!tables);
    },
    ...Object.fromEntries(PARTS.map((part, place) => [String(place + 1), () => goTo(part)])),
  });
  // Figures of another period never stand beside the one that was asked for.
  const found = refused.length || volumes.problem ? null : volumes.value;
  const shared = { filters };
  return html`<${Filters} volumes=${found} filters=${filters} choose=${choose}
      today=${given.today} />
    ${refused.length > 0 && html`<${Refusal} names=${refused} filters=${filters} choose=${choose} />`}
    ${!refused.length && volumes.problem && html`<div class="box"><${Problem} of=${volumes.problem}
      again=${volumes.again} /></div>`}
    ${!refused.length && volumes.busy && !found && html`<p class="nothing" aria-busy="true">${
      t.loading}</p>`}
    ${found && html`
    <nav class="jump" aria-label=${t.parts}>${PARTS.map((part) =>
      html`<a key=${part} href=${`#${part}`}>${t[part]}</a>`)}</nav>
    <div class=${volumes.busy ? "busy" : ""} aria-busy=${volumes.busy}>
    <${Overview} volumes=${found} mood=${felt.value} kpis=${kpis.value} health=${health.value}
      ...${shared} />
    ${found.total === 0 && found.previous === 0 && html`<p class="box nothing">${t.empty}</p>`}
    <${Volumes} volumes=${found} choose=${choose} ...${shared} />
    <${Topics} ...${shared} />
    <${Mood} asked=${felt} period=${found.period} ...${shared} />
    <${Kpis} asked=${kpis} ...${shared} />
    <${Gaps} ...${shared} />
    <${Questions} asked=${questions} ...${shared} />
    <${Forecast} ...${shared} />
    <${Health} asked=${health} ...${shared} /></div>`}
    <p class="small row"><button class="quiet" onClick=${() => setHelp(true)}>${t.help}</button>
      <kbd>?</kbd></p>
    ${help && html`<${Help} close=${() => setHelp(false)} />`}`;
}

mount(Board, "board");
