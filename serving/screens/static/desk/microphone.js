// Sound of the agent's microphone, and of the tab or screen in which the customer is heard.

const RATE_HZ = 16_000;

/** Why no sound can be had; `kind` names the words for it. */
export class NoSound extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

const refusal = (error) =>
  new NoSound(error.name === "NotFoundError" ? "no_microphone" : "sound_refused");

async function shared() {
  let stream;
  try {
    stream = await navigator.mediaDevices.getDisplayMedia({
      video: true, audio: { suppressLocalAudioPlayback: false }, systemAudio: "include",
    });
  } catch (error) {
    throw new NoSound(error.name === "NotSupportedError" ? "no_tab_sound" : "tab_refused");
  }
  if (stream.getAudioTracks().length) return stream;
  stream.getTracks().forEach((track) => track.stop());
  throw new NoSound("tab_silent");
}

function contextFor(streams) {
  const make = (options) => {
    const context = new AudioContext(options);
    return { context, sources: streams.map((one) => context.createMediaStreamSource(one)) };
  };
  try {
    return make({ sampleRate: RATE_HZ });
  } catch {
    return make({}); // a browser that cannot resample streams: it is sent as it comes
  }
}

/**
 * Open the microphone and, where wanted, the sound of a tab.
 * Returns {rate, channels, begin(feed), stop()}; `feed` is given interleaved 16-bit samples.
 */
export async function openMicrophone({ withTab, worklet, lost }) {
  if (!navigator.mediaDevices?.getUserMedia || !globalThis.AudioWorkletNode)
    throw new NoSound("sound_impossible");
  const streams = [];
  const close = () => streams.forEach((one) => one.getTracks().forEach((track) => track.stop()));
  let context;
  try {
    if (withTab) {
      if (!navigator.mediaDevices.getDisplayMedia) throw new NoSound("no_tab_sound");
      streams.push(await shared());
    }
    try {
      streams.unshift(await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true },
      }));
    } catch (error) {
      throw refusal(error);
    }
    const made = contextFor(streams);
    context = made.context;
    await context.audioWorklet.addModule(worklet);
    const merger = context.createChannelMerger(streams.length);
    made.sources.forEach((source, place) => {
      const mono = context.createGain();
      mono.channelCount = 1;
      mono.channelCountMode = "explicit";
      source.connect(mono).connect(merger, 0, place);
    });
    const node = new AudioWorkletNode(context, "capture", {
      numberOfOutputs: 0, channelCount: streams.length, channelCountMode: "explicit",
      processorOptions: { channels: streams.length },
    });
    merger.connect(node);
    streams.forEach((one) => one.getAudioTracks()[0].addEventListener("ended", lost));
    return {
      rate: context.sampleRate,
      channels: withTab ? ["agent", "customer"] : ["agent"],
      begin: async (feed) => {
        node.port.onmessage = (message) => feed(message.data);
        await context.resume();
      },
      stop: () => {
        node.port.onmessage = null;
        close();
        if (context.state !== "closed") context.close();
      },
    };
  } catch (error) {
    close();
    context?.close();
    throw error instanceof NoSound ? error : refusal(error);
  }
}
