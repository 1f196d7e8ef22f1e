/** All metrics in the text format of Prometheus, in pieces, so that neither the text nor the work for it is in the way. */
import { Registry } from 'prom-client';
import { StreamedMetric } from './streamed-metric.ts';

/** Characters: a millisecond of work. */
const PIECE_LENGTH = 65_536;

export class MetricsRegistry extends Registry {
  /** A scrape. Between two pieces anything may happen: each shows the series as they are then. */
  async *pieces(): AsyncGenerator<string, void> {
    let piece = '';
    // They are what has been registered, whatever the library's types say.
    for (const metric of this.getMetricsAsArray() as readonly { readonly name: string }[]) {
      const lines =
        metric instanceof StreamedMetric ? metric.lines() : [await this.getSingleMetricAsString(metric.name)];
      for (const line of lines) {
        piece += `${line}\n`;
        if (piece.length < PIECE_LENGTH) continue;
        yield piece;
        piece = '';
      }
    }
    yield piece;
  }

  override async metrics(): Promise<string> {
    let text = '';
    for await (const piece of this.pieces()) text += piece;
    return text;
  }
}
