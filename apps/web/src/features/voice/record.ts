import { waveformOf } from './waveform.ts';

export interface Recorded {
  bytes: Blob;
  durationSeconds: number;
  waveform: number[];
}

export interface Recording {
  /** How loud it is now, of 1. */
  level(): number;
  /** What is said until `resume` is not heard. */
  pause(): void;
  resume(): void;
  stop(): Promise<Recorded>;
  cancel(): void;
}

/** Opus where the browser can; Safari records AAC. */
const types = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4'];
const levelMs = 50;

const typeOf = (): string | undefined => types.find((type) => MediaRecorder.isTypeSupported(type));

/** Root of the mean square of what the microphone hears. */
function createMeter(stream: MediaStream) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1_024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    level(): number {
      analyser.getFloatTimeDomainData(samples);
      return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    },
    close: () => void context.close(),
  };
}

/** Asks for the microphone. Rejects when there is none or it is not allowed. */
export async function startRecording(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  try {
    return record(stream);
  } catch (error) {
    release(stream);
    throw error;
  }
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function record(stream: MediaStream): Recording {
  const mimeType = typeOf();
  const recorder = new MediaRecorder(stream, {
    ...(mimeType === undefined ? {} : { mimeType }),
    audioBitsPerSecond: 32_000,
  });
  const meter = createMeter(stream);
  const [pieces, levels]: [Blob[], number[]] = [[], []];
  let [began, earlierMs] = [performance.now(), 0];
  let isOn = true;
  const { promise: stopped, resolve: onStopped } = Promise.withResolvers<void>();
  const elapsedMs = (): number => earlierMs + (isOn ? performance.now() - began : 0);
  const listening = setInterval(() => isOn && levels.push(meter.level()), levelMs);
  const rest = (): void => {
    earlierMs = elapsedMs();
    isOn = false;
  };
  recorder.addEventListener('dataavailable', ({ data }) => pieces.push(data));
  // Also by itself: when the microphone is unplugged, or is not allowed any more.
  recorder.addEventListener('stop', () => {
    rest();
    onStopped();
  });
  recorder.start();

  const end = (): void => {
    clearInterval(listening);
    meter.close();
    release(stream);
  };
  const stop = (): void => {
    if (recorder.state !== 'inactive') recorder.stop();
  };

  return {
    level: () => levels.at(-1) ?? 0,
    pause() {
      if (recorder.state !== 'recording') return;
      rest();
      recorder.pause();
    },
    resume() {
      if (recorder.state !== 'paused') return;
      [began, isOn] = [performance.now(), true];
      recorder.resume();
    },
    async stop() {
      const durationSeconds = Math.round(elapsedMs() / 100) / 10;
      stop();
      await stopped;
      end();
      const bytes = new Blob(pieces, { type: recorder.mimeType.split(';')[0] ?? '' });
      return { bytes, durationSeconds, waveform: waveformOf(levels) };
    },
    cancel() {
      stop();
      end();
    },
  };
}
