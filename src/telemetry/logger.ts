/**
 * The root logger: one pino instance for the process, as JSON for machines or as text for people,
 * without anything that could be a credential.
 */
import { type DestinationStream, type Logger, pino } from 'pino';
import pinoPretty from 'pino-pretty';

export type { Logger };

export type LogFormat = 'json' | 'text';
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** The destination instead of the standard output. */
  readonly destination?: DestinationStream;
}

const SECRET_KEYS = ['authorization', 'Authorization', 'token', 'password', 'cookie'];

type LineLevel = 'debug' | 'info' | 'warn' | 'error';

/** The lines that a piece of work writes. */
export type LineLogger = Readonly<Record<LineLevel, (about: object, message: string) => void>>;

/** Catches credentials inside messages and error texts, where no key names them. */
const BEARER = /\b(Bearer|Basic)\s+[\w.~+/-]{8,}=*/g;

/** A logger that writes synchronously, so that the last line before an exit is never lost. */
export function createLogger({ level, format, destination }: LoggerOptions) {
  const output = destination ?? pino.destination({ dest: 1, sync: true });
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
        censor: '[redacted]',
      },
      hooks: { streamWrite: (line) => line.replace(BEARER, '$1 [redacted]') },
    },
    format === 'text' ? prettified(output, destination === undefined && process.stdout.isTTY) : output,
  );
}

/** pino-pretty's own stream buffers, so its formatter is used as a function and each line is written at once. */
function prettified(output: DestinationStream, colorize: boolean): DestinationStream {
  const pretty = pinoPretty.prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss.l', singleLine: true });
  return { write: (line) => output.write(pretty(line)) };
}

/**
 * A child of the logger that is made for its first line. Making one redacts its bindings, which costs more than what
 * most pieces of work do between them, and most write no line.
 */
export function childWhenNeeded(logger: Logger, bindings: Readonly<Record<string, unknown>>): LineLogger {
  let child: Logger | undefined;
  const lineOf =
    (level: LineLevel) =>
    (about: object, message: string): void => {
      if (!logger.isLevelEnabled(level)) return;
      child ??= logger.child(bindings);
      child[level](about, message);
    };
  return { debug: lineOf('debug'), info: lineOf('info'), warn: lineOf('warn'), error: lineOf('error') };
}
