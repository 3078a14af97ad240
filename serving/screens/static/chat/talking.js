// How the chat's script talks with the service: who the visitor is, what it sends, what it hears.
export const given = JSON.parse(document.getElementById("state").textContent);
const t = given.words;
const STORED = "entendu-visitor";

// In a frame on another site there is no cookie: the tab remembers who it is.
let visitor = given.visitor;
export let restored = false;
if (given.framed) {
  try {
    const kept = sessionStorage.getItem(STORED);
    if (kept && kept !== visitor) {
      visitor = kept;
      restored = true;
    }
    sessionStorage.setItem(STORED, visitor);
  } catch {
    // A browser that forbids storage begins a new conversation with each page.
  }
}

const headers = { "X-Entendu-Visitor": visitor, "Accept-Language": given.lang };

async function sent(path, body, accept) {
  const answer = await fetch(given.root + path, {
    method: "POST",
    headers: { ...headers, Accept: accept, "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
  });
  if (!answer.ok) throw new Error(answer.status === 429 ? t.too_many : t.failed);
  return answer;
}

export const ask = async (path, body) => (await sent(path, body, "application/json")).json();

/** Yield [event, data] of an answer, as they come. */
async function* heard(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    held += value;
    const parts = held.split("\n\n");
    held = parts.pop();
    for (const part of parts) {
      const lines = part.split("\n");
      const data = lines.find((line) => line.startsWith("data: "));
      const event = lines.find((line) => line.startsWith("event: "));
      if (data && event) yield [event.slice(7), JSON.parse(data.slice(6))];
    }
  }
}

/** Send a message; `piece` gets each sentence of the reply, then the whole talk is returned. */
export async function tell(body, piece) {
  let talk = null;
  for await (const [event, data] of heard(await sent("/chat/messages", body, "text/event-stream")))
    if (event === "piece") piece(data);
    else if (event === "talk") talk = data;
  if (!talk) throw new Error(t.failed);
  return talk;
}

let toldAt = 0;
/** Let a person see that the customer writes; now and then is enough. */
export function writes() {
  if (Date.now() - toldAt < 2000) return;
  toldAt = Date.now();
  sent("/chat/typing", {}, "*/*").catch(() => {});
}

const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

/** Follow the conversation until `signal` stops it; `cut` is told of lost connections. */
export async function follow(since, hear, cut, signal) {
  while (!signal.aborted) {
    try {
      const answer = await fetch(`${given.root}/chat/events?since=${since()}`, { headers, signal });
      if (!answer.ok) throw new Error("refused");
      cut(false);
      for await (const [event, data] of heard(answer)) hear[event]?.(data);
    } catch {
      if (signal.aborted) return;
      cut(true);
      await pause(2000);
    }
  }
}

/** The conversation as a file; by hand, for a frame sends no cookie with a plain link. */
export async function download() {
  const answer = await fetch(`${given.root}/chat/transcript.txt`, { headers });
  if (!answer.ok) throw new Error(t.failed);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = "conversation.txt";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export const newId = (kind) => `${kind}-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
