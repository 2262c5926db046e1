import type { SpanRecord, SpanRecorder } from './span-recorder.ts';

/** Keeps spans for a test to look at. */
export class RecordingSpans implements SpanRecorder {
  readonly spans: SpanRecord[] = [];

  record(span: SpanRecord): void {
    this.spans.push(span);
  }

  /** Gives the spans of this name, in the order in which they ended. */
  named(name: string): readonly SpanRecord[] {
    return this.spans.filter((span) => span.name === name);
  }
}
