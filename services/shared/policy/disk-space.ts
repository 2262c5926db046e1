/** 5 %: file systems get slow below, and ext4 keeps as much for root alone. */
export const freeShareMin = 0.05;

/** 1 GiB: on a large disk that is hours of logs, on a small one it may be minutes, and embedded stores refuse commits below 32 MiB. */
export const freeBytesMin = 1024 ** 3;

/** One half of a disk on which the others would always be short. */
export const freeShareMost = 0.5;

/** Gives how many bytes of a disk are to be free: the one policy of the monitor's alert and of Prometheus's. */
export function wantedFreeBytes(totalBytes: number): number {
  return Math.min(Math.max(freeShareMin * totalBytes, freeBytesMin), freeShareMost * totalBytes);
}
