import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startRecording } from './record.ts';

let recorder: FakeRecorder | undefined;
let fails = false;
const track = { stop: vi.fn() };

/** As browsers have it: what is stopped, by itself or not, gives what it has and says so. */
class FakeRecorder extends EventTarget {
  static isTypeSupported = (): boolean => true;
  state = 'inactive';
  mimeType = 'audio/webm;codecs=opus';
  constructor() {
    super();
    if (fails) throw new DOMException('No codec.', 'NotSupportedError');
    recorder = this;
  }
  start(): void {
    this.state = 'recording';
  }
  pause(): void {
    this.state = 'paused';
  }
  resume(): void {
    this.state = 'recording';
  }
  stop(): void {
    if (this.state === 'inactive') return;
    this.state = 'inactive';
    this.dispatchEvent(Object.assign(new Event('dataavailable'), { data: new Blob(['sound']) }));
    this.dispatchEvent(new Event('stop'));
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('MediaRecorder', FakeRecorder);
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: async () => ({ getTracks: () => [track] }) } });
  vi.stubGlobal(
    'AudioContext',
    class {
      createAnalyser = () => ({ fftSize: 0, getFloatTimeDomainData: () => undefined });
      createMediaStreamSource = () => ({ connect: () => undefined });
      close = async () => undefined;
    },
  );
});
afterEach(() => {
  fails = false;
  track.stop.mockClear();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('what was said before the microphone was unplugged can be sent', async () => {
  const recording = await startRecording();
  vi.advanceTimersByTime(3_000);
  recorder?.stop();
  vi.advanceTimersByTime(60_000);
  expect(await recording.stop()).toMatchObject({ durationSeconds: 3, bytes: expect.any(Blob) });
  expect(track.stop).toHaveBeenCalled();
});

it('pauses do not count', async () => {
  const recording = await startRecording();
  vi.advanceTimersByTime(2_000);
  recording.pause();
  vi.advanceTimersByTime(60_000);
  recording.resume();
  vi.advanceTimersByTime(1_000);
  expect((await recording.stop()).durationSeconds).toBe(3);
});

it('the microphone is let go where nothing can be recorded', async () => {
  fails = true;
  await expect(startRecording()).rejects.toThrow('No codec');
  expect(track.stop).toHaveBeenCalledOnce();
});
