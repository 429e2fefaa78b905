/** Whether this browser lets pages record at all; it does so over HTTPS only. */
export const canRecord = (): boolean =>
  typeof MediaRecorder !== 'undefined' && navigator.mediaDevices?.getUserMedia !== undefined;
