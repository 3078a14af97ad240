// A chart over time by uPlot, in the colours of the page; a click leads to what is behind a point.
import { html, lang, t, useEffect, useRef } from "../kit.js";
import uPlot from "../vendor/uplot.js";

const locale = lang === "fr" ? "fr-FR" : "en-GB";
const ticks = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const HEIGHT = 240;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const faded = (name, share) => {
  const [r, g, b] = colour(name).match(/\w\w/g).map((two) => parseInt(two, 16));
  return `rgb(${r} ${g} ${b} / ${share})`;
};
const hollow = (name) => (
  { show: true, size: 8, width: 2, stroke: colour(name), fill: colour("--card") });
const LOOKS = {
  strong: () => ({ stroke: colour("--accent"), width: 2.5, fill: faded("--accent", 0.1) }),
  before: () => ({ stroke: colour("--soft"), width: 1.5, dash: [6, 5] }),
  ahead: () => ({ stroke: colour("--accent"), width: 2.5, dash: [3, 4] }),
  // Apart from the line: what is not whole falls beside it for no other reason.
  cut: () => ({ stroke: colour("--accent"), width: 2, paths: () => null, points: hollow("--accent") }),
  cutBefore: () => ({ stroke: colour("--soft"), width: 2, paths: () => null, points: hollow("--soft") }),
  edge: () => ({ stroke: faded("--accent", 0.25), width: 1 }),
};

const DATE_PX = 70;
/** The points that have their date below them, as many as there is room for. */
export function datesOf(chart) {
  const [moments] = chart.data;
  const room = Math.max(1, chart.bbox.width / devicePixelRatio / DATE_PX);
  const every = Math.max(1, Math.ceil(moments.length / room));
  return moments.filter((_, place) => place % every === 0);
}

const borderOf = (line) => (line && LOOKS[line.look]().dash ? "dashed" : "solid");

/**
 * `days`: ISO days, one a point; `lines`: [{label, look, values}], null where there is none;
 * a line with `upTo` says its values with those of that line, which `isUnsaid` by itself;
 * `bands`: pairs of places of lines; `label` says in words what the chart shows; `height` in pixels.
 */
export function Chart({
  days, lines, bands = [], label, go, format = whole.format, height = HEIGHT,
}) {
  const place = useRef(null);
  const act = useRef(go);
  act.current = go;
  useEffect(() => {
    const host = place.current;
    const make = () => {
      const options = {
        width: host.clientWidth || 600, height,
        legend: { markers: { width: 2, dash: (_, i) => borderOf(lines[i - 1]) } },
        cursor: { y: false, points: { size: 9 }, drag: { x: false, y: false } },
        scales: { x: { time: true }, y: { range: (_, least, most) => [0, Math.max(1, most * 1.08)] } },
        axes: [
          { stroke: colour("--soft"), grid: { show: false }, ticks: { stroke: colour("--line") },
            font: "12px Inter, system-ui, sans-serif", splits: datesOf,
            values: (_, all) => all.map((s) => ticks.format(new Date(s * 1000))) },
          { stroke: colour("--soft"), grid: { stroke: colour("--line"), width: 1 },
            ticks: { show: false }, size: 52, font: "12px Inter, system-ui, sans-serif",
            values: (_, all) => all.map((n) => (Number.isInteger(n) ? format(n) : "")) },
        ],
        series: [
          { value: (_, s) => (s === null ? "–" : ticks.format(new Date(s * 1000))), label: t.at },
          ...lines.map((line) => ({
            label: line.label, spanGaps: false, points: { show: days.length < 40, size: 5 },
            class: line.isUnsaid ? "unsaid" : null,
            value: (chart, n, _, at) => (n === null || n === undefined ? "–" : [n, ...(line.upTo
              ? [chart.data[1 + line.upTo][at]] : [])].map((one) => format(one)).join(" – ")),
            ...LOOKS[line.look](), ...(line.look === "edge" ? { points: { show: false } } : {}),
          })),
        ],
        bands: bands.map((series) => ({ series, fill: faded("--accent", 0.12) })),
        hooks: {
          setCursor: [(chart) => chart.root.classList.toggle(
            "idle", chart.cursor.idx === null || chart.cursor.idx === undefined)],
          init: [(chart) => chart.root.classList.add("idle")],
          ready: [(chart) => chart.over.addEventListener("click", () => {
            if (chart.cursor.idx !== null && chart.cursor.idx !== undefined)
              act.current?.(chart.cursor.idx);
          })],
        },
      };
      const seconds = days.map((day) => new Date(`${day}T12:00`).getTime() / 1000);
      return new uPlot(options, [seconds, ...lines.map((line) => line.values)], host);
    };
    const chart = make();
    const watch = new ResizeObserver(() => {
      if (host.clientWidth) chart.setSize({ width: host.clientWidth, height });
    });
    watch.observe(host);
    return () => {
      watch.disconnect();
      chart.destroy();
    };
  }, [JSON.stringify([days, lines, bands])]);
  return html`<div class=${go ? "chart goes" : "chart"} ref=${place} role="img"
    aria-label=${label}></div>`;
}
