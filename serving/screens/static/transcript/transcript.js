// Transcript of a conversation: click a word to hear it, marked passages, words chosen to quote.
import { html, length, t, useEffect, useLayoutEffect, useRef } from "../kit.js";
import { piecesOf, placeOf, quoteOf } from "./pieces.js";

const LOOKED_AWAY_MS = 4000;
const UNSURE = 0.5;
const clock = new Intl.DateTimeFormat(
  document.documentElement.lang === "fr" ? "fr-FR" : "en-GB", { timeStyle: "short" });

/** Build the turns once: ten thousand words are no work for a virtual tree. */
class Sheet {
  constructor(place, turns, nameOf) {
    this.place = place;
    this.turns = turns;
    this.pieces = turns.map(piecesOf);
    this.rows = turns.map((turn, index) => this.row(turn, index, nameOf));
    this.words = this.rows.map((row) => row.getElementsByClassName("w"));
    this.starts = [];
    this.pieces.forEach((pieces, turn) => pieces.forEach((one, word) => {
      if (one.start_s !== null) this.starts.push({ start_s: one.start_s, end_s: one.end_s, turn, word });
    }));
    this.starts.sort((a, b) => a.start_s - b.start_s);
    this.marked = [];
    this.range = null;
    this.spoken = null;
    place.replaceChildren(...this.rows);
  }

  row(turn, index, nameOf) {
    const row = document.createElement("li");
    row.className = `turn ${turn.speaker}`;
    row.tabIndex = index === 0 ? 0 : -1;
    row.dataset.turn = index;
    const head = row.appendChild(document.createElement("span"));
    head.className = "head";
    const who = head.appendChild(document.createElement("b"));
    who.textContent = nameOf(turn);
    if (turn.confidence !== null && turn.confidence !== undefined && turn.confidence < UNSURE)
      head.appendChild(document.createElement("em")).textContent = t.transcript_unsure;
    const time = head.appendChild(document.createElement("time"));
    if (turn.start_s !== null) time.textContent = length(turn.start_s);
    else if (turn.at) time.textContent = clock.format(new Date(turn.at));
    const said = row.appendChild(document.createElement("p"));
    let cursor = 0;
    this.pieces[index].forEach((one, number) => {
      said.append(turn.text.slice(cursor, one.from));
      const word = said.appendChild(document.createElement("span"));
      word.className = one.probability !== null && one.probability < UNSURE ? "w unsure" : "w";
      word.dataset.word = number;
      word.textContent = turn.text.slice(one.from, one.to);
      if (one.spoken) word.title = one.spoken;
      cursor = one.to;
    });
    said.append(turn.text.slice(cursor));
    return row;
  }

  /** Mark passages; those of before are forgotten. */
  mark(passages) {
    this.marked.forEach(([word, kinds]) => word.classList.remove(...kinds));
    this.marked = [];
    for (const one of passages) {
      const turn = this.turns[one.turn_index];
      const found = turn && placeOf(one, turn, this.pieces[one.turn_index]);
      if (!found) continue;
      const kinds = ["marked", one.kind, ...(one.now ? ["now"] : [])];
      for (let at = found[0]; at <= found[1]; at += 1) {
        const word = this.words[one.turn_index][at];
        const own = at < found[1] ? [...kinds, "on"] : kinds;
        word.classList.add(...own);
        this.marked.push([word, own]);
      }
    }
  }

  show(passage) {
    const row = this.rows[passage.turn_index];
    if (row) reveal(row, { centred: true });
  }

  choose(range) {
    const paint = (one, on) => {
      for (let at = one.first; one && at <= one.last; at += 1)
        this.words[one.turn][at]?.classList.toggle("chosen", on);
      for (let at = one.first; at < one.last; at += 1)
        this.words[one.turn][at]?.classList.toggle("far", on);
    };
    if (this.range) paint(this.range, false);
    this.range = range;
    if (range) paint(range, true);
  }

  passage() {
    if (!this.range) return null;
    const { turn, first, last } = this.range;
    const pieces = this.pieces[turn];
    return {
      turn_index: turn,
      quote: quoteOf(this.turns[turn], pieces, first, last),
      start_s: pieces[first].start_s,
      end_s: pieces[last].end_s,
    };
  }

  /** Light the word that is said now; returns it where it changed. */
  light(at_s, follow) {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle].start_s <= at_s + 0.02) low = middle + 1;
      else high = middle;
    }
    const found = this.starts[low - 1];
    const now = found && at_s <= found.end_s + 0.6
      ? this.words[found.turn][found.word] : null;
    if (now === this.spoken) return;
    const before = this.spoken?.closest("li");
    this.spoken?.classList.remove("said");
    now?.classList.add("said");
    this.spoken = now;
    const row = now?.closest("li");
    if (row !== before) {
      before?.classList.remove("speaking");
      row?.classList.add("speaking");
      if (row && follow) reveal(row);
    }
  }

  startOf(turn, word = 0) {
    return this.pieces[turn][word]?.start_s ?? this.turns[turn].start_s;
  }
}

/** Bring a turn into view within what scrolls around it; the page itself stays where it is. */
function reveal(row, { centred = false } = {}) {
  let box = row.parentElement;
  while (box && !/auto|scroll/.test(getComputedStyle(box).overflowY)) box = box.parentElement;
  if (!box || box.scrollHeight <= box.clientHeight) {
    row.scrollIntoView({ block: "nearest" });
    return;
  }
  const [at, frame] = [row.getBoundingClientRect(), box.getBoundingClientRect()];
  const above = at.top - frame.top;
  const below = at.bottom - frame.bottom;
  if (centred) box.scrollTop += above - (frame.height - at.height) / 2;
  else if (above < 0) box.scrollTop += above;
  else if (below > 0) box.scrollTop += Math.min(above, below);
}

function wordAt(node) {
  const word = (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.(".w");
  return word && { turn: Number(word.closest("li").dataset.turn), word: Number(word.dataset.word) };
}

/** The words that the browser's selection touches, within one turn; null where there are none. */
function selected(place) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const rows = [...place.querySelectorAll("li")].filter((row) => range.intersectsNode(row));
  const row = rows.find((one) => one.querySelector(".w"));
  if (!row) return null;
  const words = [...row.querySelectorAll(".w")].filter((word) => range.intersectsNode(word));
  if (!words.length) return null;
  const last = words.at(-1).dataset.word;
  return { turn: Number(row.dataset.turn), first: Number(words[0].dataset.word), last: Number(last) };
}

/**
 * Show a transcript.
 *
 * turns: of the conversation. nameOf(turn): who speaks. sound: from openSound, or null. marks:
 * passages {key, turn_index, quote, start_s, end_s, kind, now}; kinds are evidence, comment,
 * contest. goTo: {passage} to bring into view, a new object each time. choose(passage): is told the
 * words that somebody chose, null when none are; left out, none can be chosen. chosen: set to null
 * where the page lets go of them.
 */
export function Transcript({
  turns, nameOf, sound = null, marks = [], goTo = null, choose = null, chosen,
}) {
  const place = useRef(null);
  const sheet = useRef(null);
  const away = useRef(0);
  useLayoutEffect(() => {
    sheet.current = new Sheet(place.current, turns, nameOf);
  }, [turns]);
  useLayoutEffect(() => sheet.current.mark(marks), [marks, turns]);
  useEffect(() => goTo && sheet.current.show(goTo.passage), [goTo]);
  useEffect(() => {
    if (chosen === null) sheet.current.choose(null);
  }, [chosen]);
  useEffect(() => sound?.hear((at_s, playing) =>
    sheet.current.light(at_s, playing && Date.now() - away.current > LOOKED_AWAY_MS)), [sound, turns]);

  const took = (range) => {
    if (!choose) return;
    sheet.current.choose(range);
    choose(sheet.current.passage());
  };
  const clicked = (event) => {
    const range = choose && selected(place.current);
    if (range) {
      took(range);
      getSelection().removeAllRanges();
      return;
    }
    const one = wordAt(event.target);
    if (!one) return;
    took(null);
    const start_s = sheet.current.startOf(one.turn, one.word);
    if (start_s !== null) sound?.seek(start_s, { play: true });
  };
  const pressed = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const row = event.target.closest("li");
    if (!row) return;
    const turn = Number(row.dataset.turn);
    const { range, pieces, rows } = sheet.current;
    const last = pieces[turn].length - 1;
    const mine = range?.turn === turn ? range : null;
    const go = (to) => {
      rows[turn].tabIndex = -1;
      rows[to].tabIndex = 0;
      rows[to].focus();
    };
    const keys = {
      ArrowDown: () => turn + 1 < rows.length && go(turn + 1),
      ArrowUp: () => turn > 0 && go(turn - 1),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      Enter: () => {
        const start_s = sheet.current.startOf(turn, mine?.first);
        if (start_s !== null) sound?.seek(start_s, { play: true });
      },
      ...(choose && last >= 0 && {
        ArrowRight: () => took(event.shiftKey && mine
          ? { ...mine, last: Math.min(mine.last + 1, last) }
          : { turn, first: mine ? Math.min(mine.last + 1, last) : 0, last: mine ? Math.min(mine.last + 1, last) : 0 }),
        ArrowLeft: () => took(event.shiftKey && mine
          ? { ...mine, last: Math.max(mine.last - 1, mine.first) }
          : { turn, first: Math.max((mine?.first ?? 1) - 1, 0), last: Math.max((mine?.first ?? 1) - 1, 0) }),
        x: () => took({ turn, first: 0, last }),
        Escape: () => took(null),
      }),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const looked = () => {
    away.current = Date.now();
  };
  return html`<ol class="transcript" ref=${place} aria-label=${t.transcript} onClick=${clicked}
    onKeyDown=${pressed} onWheel=${looked} onTouchMove=${looked}></ol>`;
}
