// What the board is about, in the address; and where its figures lead.
import { given, root } from "../kit.js";

const NAMES = ["from", "to", "step", "channel", "queue", "reason", "team"];

/** The filters that the address holds. */
export function filtersNow() {
  const query = new URLSearchParams(location.search);
  return Object.fromEntries(
    NAMES.filter((name) => query.get(name)).map((name) => [name, query.get(name)]));
}

/** The same as the service is asked. */
export const queryOf = (filters) => {
  const query = new URLSearchParams(filters);
  return query.size ? `?${query}` : "";
};

/** Put filters into the address, and into the links that switch language and colours. */
export function keep(filters, { replace = false } = {}) {
  const path = `${location.pathname}${queryOf(filters)}${location.hash}`;
  if (replace) history.replaceState(null, "", path);
  else history.pushState(null, "", path);
  for (const link of document.querySelectorAll(".who a[href^='?']")) {
    const now = new URLSearchParams(filters);
    for (const [name, value] of new URLSearchParams(link.getAttribute("href")))
      if (name === "lang" || name === "theme") now.set(name, value);
    link.setAttribute("href", `?${now}`);
  }
}

// Where the reader's clock goes as the centre's, days are shown in the list's filters.
const sameClock = (zone) => Intl.DateTimeFormat().resolvedOptions().timeZone === zone;

/**
 * The address of the conversations behind a figure.
 * `period` has first, last, since and until; `more` narrows further, null takes a filter away.
 */
export function inbox(filters, period, zone, more = {}) {
  const days = sameClock(zone);
  const all = {
    channel: filters.channel, queue: filters.queue, reason: filters.reason,
    team: filters.team,
    from: days ? period.first : period.since, to: days ? period.last : period.until, ...more,
  };
  const query = new URLSearchParams(
    Object.entries(all).filter(([, value]) => value !== null && value !== undefined));
  return `${root}/inbox?${query}`;
}

/** The address of some conversations by their ids; it takes 200, as the service lists. */
export const inboxOf = (ids) => `${root}/inbox?ids=${ids.join(",")}`;

export const conversation = (id, turn) =>
  `${root}/conversations/${encodeURIComponent(id)}${turn === undefined ? "" : `#turn-${turn}`}`;

/** The address of a table as a spreadsheet gets it. */
export const csv = (name, filters) => {
  const query = new URLSearchParams({ ...filters, lang: given.lang });
  return `${root}/v1/board/tables/${name}.csv?${query}`;
};
