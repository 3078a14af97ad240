// A turn cut into words that can be clicked, marked and quoted, each with its place in the text.

const WORD = /\S+/g;

/**
 * Cut a turn into words: {text, from, to, start_s, end_s, probability}; `from` and `to` are places
 * in the text, times are null where it has none.
 */
export function piecesOf(turn) {
  return timed(turn) ?? [...turn.text.matchAll(WORD)].map((found) => ({
    text: found[0], from: found.index, to: found.index + found[0].length,
    start_s: null, end_s: null, probability: null,
  }));
}

function timed(turn) {
  if (!turn.words?.length) return null;
  const pieces = [];
  let cursor = 0;
  for (const word of turn.words) {
    const from = turn.text.indexOf(word.text, cursor);
    if (from < 0) return null;
    cursor = from + word.text.length;
    pieces.push({ ...word, from, to: cursor });
  }
  return pieces;
}

/**
 * Find a passage {turn_index, quote, start_s, end_s} among the words of its turn: [first, last].
 * Its words are looked for first, then its times; failing both it is the whole turn.
 */
export function placeOf(passage, turn, pieces) {
  if (!pieces.length) return null;
  const at = passage.quote ? turn.text.indexOf(passage.quote) : -1;
  const has = (test) => {
    const first = pieces.findIndex(test);
    return first < 0 ? null : [first, pieces.findLastIndex(test)];
  };
  if (at >= 0) {
    const found = has((one) => one.from < at + passage.quote.length && one.to > at);
    if (found) return found;
  }
  if (passage.start_s !== null && passage.start_s !== undefined) {
    const found = has((one) => one.start_s !== null
      && one.start_s < passage.end_s + 0.005 && one.end_s > passage.start_s - 0.005);
    if (found) return found;
  }
  return [0, pieces.length - 1];
}

/** The words of a turn from one to another, as they stand in its text. */
export const quoteOf = (turn, pieces, first, last) =>
  turn.text.slice(pieces[first].from, pieces[last].to);
