// The connection of a call: sound goes out with its place, and a cut loses none of it.
import { root } from "../kit.js";

const FRAME_BYTES = 8;
const MOST_WAITING_BYTES = 1 << 20;
const KEEPALIVE_MS = 10_000;
const LONGEST_WAIT_MS = 4000;

const address = (path) =>
  `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${root}${path}`;

/** What both ways of following have: a socket that is opened again after a cut. */
class Connection {
  constructor(call) {
    this.call = call;
    this.lastSeq = 0;
    this.tries = 0;
    this.isOver = false;
    this.timer = null;
    this.heart = setInterval(() => this.say({ type: "keepalive" }), KEEPALIVE_MS);
    this.hurry = () => this.socket === null && !this.isOver && this.again(0);
    addEventListener("online", this.hurry);
    this.lose = () => this.lost();
    addEventListener("offline", this.lose);
  }

  /** The network is gone; the socket itself may not notice that for minutes. */
  lost() {
    const { socket } = this;
    if (socket === null || this.isOver) return;
    this.socket = null;
    socket.close();
    this.cut();
  }

  open(path) {
    this.socket = new WebSocket(address(path), this.protocols ?? []);
    this.socket.binaryType = "arraybuffer";
    const socket = this.socket;
    socket.onopen = () => this.opened();
    socket.onmessage = (message) => {
      if (socket === this.socket) this.heard(JSON.parse(message.data));
    };
    socket.onclose = () => {
      if (socket !== this.socket) return;
      this.socket = null;
      if (!this.isOver) this.cut();
    };
  }

  say(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  heard(event) {
    if (event.seq) this.lastSeq = Math.max(this.lastSeq, event.seq);
    if (event.type === "closed") this.stop();
    this.call.hear(event);
  }

  again(after_ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), after_ms);
  }

  cut() {
    this.call.set({ line: "cut" });
    this.tries += 1;
    this.again(Math.min(LONGEST_WAIT_MS, 250 * 2 ** Math.min(this.tries, 5)));
  }

  /** Nothing more comes. */
  stop() {
    this.isOver = true;
    clearTimeout(this.timer);
    clearInterval(this.heart);
    removeEventListener("online", this.hurry);
    removeEventListener("offline", this.lose);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  judge(id, judgement) {
    return this.say({ type: "card", id, judgement });
  }

  mute(isMuted) {
    return this.say({ type: isMuted ? "mute" : "unmute" });
  }
}

/** A call whose sound comes from this page. */
export class OwnLine extends Connection {
  constructor(call, start) {
    super(call);
    this.protocols = ["entendu.live.v1"];
    this.start = start;
    this.token = null;
    this.cutAt = null;
    this.pieces = [];
    this.made = 0;
    this.sent = 0;
    this.isStarted = this.wantsEnd = false;
    this.connect();
  }

  connect() {
    this.open("/v1/live");
  }

  opened() {
    const again = this.token && { resume_token: this.token, last_seq: this.lastSeq };
    this.say({ ...this.start, ...again });
  }

  heard(event) {
    if (event.type === "started") {
      this.token = event.resume_token;
      this.resumeMs = event.resume_s * 1000;
      this.sent = event.resume_from;
      this.isStarted = true;
      this.tries = 0;
      this.cutAt = null;
      if (event.resumed) this.call.set({ resumed: Date.now() });
    }
    if (event.type === "ack") this.acknowledged(event);
    if (event.type === "error" && event.fatal) this.refused(event.problem);
    super.heard(event);
    if (event.type === "started" || event.type === "ack") this.pump();
  }

  refused(problem) {
    const comesBack = this.token && ![400, 404, 422].includes(problem.status);
    if (comesBack) return;
    this.stop();
    this.call.set({ line: this.token ? "lost" : "refused" });
  }

  cut() {
    this.isStarted = false;
    this.cutAt ??= Date.now();
    const isLate = this.token === null || Date.now() - this.cutAt > this.resumeMs + 5000;
    if (isLate) {
      this.stop();
      this.call.set({ line: this.token ? "lost" : "refused" });
      return;
    }
    super.cut();
  }

  /** Forget sound that the service would still have after a kill. */
  acknowledged({ received, kept }) {
    const safe = this.start.practice ? received : kept;
    let gone = 0;
    while (gone < this.pieces.length
      && this.pieces[gone].at + this.pieces[gone].data.byteLength <= safe) gone += 1;
    if (gone) this.pieces.splice(0, gone);
  }

  /** Take the next sound: an ArrayBuffer. */
  feed(data) {
    if (this.isOver || this.wantsEnd) return;
    this.pieces.push({ at: this.made, data });
    this.made += data.byteLength;
    this.pump();
  }

  pump() {
    if (!this.isStarted || this.socket?.readyState !== WebSocket.OPEN) return;
    for (const { at, data } of this.pieces) {
      if (this.socket.bufferedAmount > MOST_WAITING_BYTES) return;
      const end = at + data.byteLength;
      if (end <= this.sent) continue;
      const from = Math.max(at, this.sent);
      const frame = new Uint8Array(FRAME_BYTES + end - from);
      new DataView(frame.buffer).setBigUint64(0, BigInt(from));
      frame.set(new Uint8Array(data, from - at), FRAME_BYTES);
      this.socket.send(frame);
      this.sent = end;
    }
    if (this.wantsEnd && this.sent >= this.made) this.say({ type: "end" });
  }

  /** Hang up: what was said last is heard, and the note follows. */
  end() {
    this.wantsEnd = true;
    this.call.set({ phase: "ending" });
    this.pump();
  }
}

/** A call that comes in elsewhere, and is only followed here. */
export class WatchedLine extends Connection {
  constructor(call, session, isRunning) {
    super(call);
    this.session = session;
    this.isRunning = isRunning;
    this.connect();
  }

  async connect() {
    if (this.lastSeq || this.tries) {
      const isThere = await this.isRunning(this.session).catch(() => null);
      if (this.isOver) return;
      if (isThere === null) {
        this.cut();
        return;
      }
      if (!isThere) {
        this.stop();
        this.call.hear({ type: "closed", conversation: this.session, reason: "end" });
        return;
      }
    }
    this.open(`/v1/live/sessions/${this.session}/watch?last_seq=${this.lastSeq}`);
  }

  opened() {
    this.tries = 0;
  }
}
