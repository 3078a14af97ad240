// What is known of a call so far: events go in, a picture that never changes comes out.

const BLOCK = 40;

const EMPTY = {
  phase: "opening", line: "opening", session: null, conversation: null, about: null,
  blocks: [], turns: 0, partials: {}, card: null, taken: null, muted: false, reason: null,
  mood: [], alerts: [], checklist: null, behind: 0, summary: null, closed: null, problem: null,
};

/** A call as events tell it; components follow it with useCall. */
export class Call {
  constructor(about = {}) {
    this.now = { ...EMPTY, about };
    this.order = [];
    this.places = new Map();
    this.listeners = new Set();
    this.waiting = false;
  }

  subscribe(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Change some members; whoever follows is told once a frame. */
  set(values) {
    this.now = { ...this.now, ...values };
    if (this.waiting) return;
    this.waiting = true;
    const tell = () => {
      this.waiting = false;
      this.listeners.forEach((listener) => listener());
    };
    if (document.hidden) setTimeout(tell, 200);
    else requestAnimationFrame(tell);
  }

  /** Take an event of the protocol. */
  hear(event) {
    const hears = HEARS[event.type];
    if (hears) this.set(hears(this, event));
  }

  place(turn) {
    const before = this.places.get(turn.turn);
    if (before !== undefined) {
      if (before.revision >= turn.revision) return this.now.blocks;
      const at = this.order.indexOf(before);
      this.order[at] = turn;
      this.places.set(turn.turn, turn);
      return this.rebuilt(at);
    }
    let at = this.order.length;
    const start = turn.start_s ?? Infinity;
    while (at > 0 && (this.order[at - 1].start_s ?? Infinity) > start) at -= 1;
    this.order.splice(at, 0, turn);
    this.places.set(turn.turn, turn);
    return this.rebuilt(at);
  }

  rebuilt(from) {
    const first = Math.floor(from / BLOCK);
    const blocks = this.now.blocks.slice(0, first);
    for (let at = first; at * BLOCK < this.order.length; at += 1)
      blocks.push(this.order.slice(at * BLOCK, (at + 1) * BLOCK));
    return blocks;
  }
}

const without = (partials, channel, utterance) => {
  const held = partials[channel];
  if (!held || utterance === null || held.utterance > utterance) return partials;
  const { [channel]: _, ...rest } = partials;
  return rest;
};

const HEARS = {
  started: (call, one) => ({
    phase: "live", line: "open", session: one.session, conversation: one.conversation,
  }),
  watching: (call, one) => ({
    phase: "live", line: "open", session: one.session.id, conversation: one.session.id,
    about: { ...call.now.about, ...one.session },
  }),
  partial: (call, one) => ({ partials: { ...call.now.partials, [one.channel]: one } }),
  final: (call, one) => ({
    blocks: call.place(one),
    turns: call.order.length,
    partials: without(call.now.partials, one.channel, one.utterance),
  }),
  card: (call, one) => ({ card: one.card, taken: null }),
  judged: (call, one) => {
    if (call.now.card?.id !== one.id) return {};
    return one.judgement === "dismissed" ? { card: null, taken: null } : { taken: one.judgement };
  },
  muted: (call, one) => ({ muted: one.muted }),
  reason: (call, one) => ({ reason: one.code === null ? null : one }),
  sentiment: (call, one) => ({
    mood: [...call.now.mood.filter((held) => held.turn !== one.turn), one],
  }),
  alert: (call, one) => ({ alerts: [one, ...call.now.alerts] }),
  checklist: (call, one) => ({ checklist: one }),
  summary: (call, one) => ({ summary: one.note }),
  lag: (call, one) => ({ behind: one.behind_s }),
  closed: (call, one) => ({
    phase: "over", line: "over", closed: one, partials: {}, behind: 0,
    conversation: one.conversation,
  }),
  error: (call, one) => ({ problem: one.problem }),
};

/** A wrap-up note as text, a sentence a line. */
export const textOfNote = (note) =>
  (note?.sentences ?? []).map((sentence) => sentence.text).join("\n");
