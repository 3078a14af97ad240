// The recording of a conversation and where it is: one clock for player, waveform and transcript.

/**
 * Open a recording. Nothing is loaded but its head until somebody plays it.
 * `hear(act)` calls act(at_s, playing) whenever the place or the state changes.
 */
export function openSound(address) {
  const media = new Audio();
  media.preload = "metadata";
  media.src = address;
  const heard = new Set();
  let frame = 0;
  let until = Infinity;
  let broken = false;

  const tell = () => heard.forEach((act) => act(media.currentTime, !media.paused, broken));
  const tick = () => {
    if (media.currentTime >= until) {
      until = Infinity;
      media.pause();
    }
    tell();
    frame = media.paused ? 0 : requestAnimationFrame(tick);
  };
  media.addEventListener("play", () => {
    cancelAnimationFrame(frame);
    tick();
  });
  for (const name of ["pause", "seeked", "ratechange", "loadedmetadata", "ended"])
    media.addEventListener(name, tell);
  media.addEventListener("error", () => {
    broken = true;
    tell();
  });

  const start = () => media.play().catch(() => tell());
  return {
    media,
    get at() {
      return media.currentTime;
    },
    get playing() {
      return !media.paused;
    },
    /** Go to a second; play on from there if asked, up to `end_s` if given. */
    seek(at_s, { play = false, end_s = Infinity } = {}) {
      until = end_s;
      const last = Number.isFinite(media.duration) ? media.duration : at_s;
      media.currentTime = Math.max(0, Math.min(at_s, last));
      if (play && media.paused) start();
      tell();
    },
    toggle() {
      until = Infinity;
      if (media.paused) start();
      else media.pause();
    },
    step(by_s) {
      this.seek(media.currentTime + by_s);
    },
    pace(rate) {
      media.playbackRate = rate;
    },
    hear(act) {
      heard.add(act);
      act(media.currentTime, !media.paused, broken);
      return () => heard.delete(act);
    },
    close() {
      cancelAnimationFrame(frame);
      heard.clear();
      media.pause();
      media.removeAttribute("src");
      media.load();
    },
  };
}
