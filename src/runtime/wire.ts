/**
 * Turns answers of the API server into values. An unexpected answer becomes an ApiError, so that a caller never sees
 * half an object.
 */
import type { KubeObject } from '../kube/objects.ts';
import { ApiError, type Attempt, errorOfResponse } from './api-error.ts';
import type { HttpResponse } from './exchange.ts';
import { parseWithoutManagedFields } from './managed-fields.ts';

const LONGEST_RETRY_AFTER_MS = 30_000;

export interface ListPage {
  readonly items: readonly unknown[];
  readonly resourceVersion: string;
  /** Empty on the last page. */
  readonly continueToken: string;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: unknown;
}

interface Reading {
  readonly omitManagedFields?: boolean;
}

/** Of one object, of an event, or of a list. */
export function parse(attempt: Attempt, text: string, { omitManagedFields = false }: Reading = {}): unknown {
  try {
    return omitManagedFields ? parseWithoutManagedFields(text) : JSON.parse(text);
  } catch (error) {
    throw malformed(attempt, 'the answer is not JSON', error);
  }
}

export function parseLeniently(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function malformed(attempt: Attempt, message: string, cause?: unknown): ApiError {
  return new ApiError({ kind: 'server', status: 200, reason: 'Malformed', attempt, message, cause });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectOf(attempt: Attempt, value: unknown): KubeObject {
  if (!isKubeObject(value)) throw malformed(attempt, 'the answer is not an object with metadata');
  return value;
}

/** Whether `value` has a name and a resource version, as every stored object has. */
export function isKubeObject(value: unknown): value is KubeObject {
  return (
    isRecord(value) &&
    isRecord(value['metadata']) &&
    typeof value['metadata']['name'] === 'string' &&
    typeof value['metadata']['resourceVersion'] === 'string'
  );
}

export function pageOf(attempt: Attempt, value: unknown): ListPage {
  const metadata = isRecord(value) ? value['metadata'] : undefined;
  if (!isRecord(value) || !isRecord(metadata) || typeof metadata['resourceVersion'] !== 'string')
    throw malformed(attempt, 'the answer is not a list');
  const { items = [] } = value;
  if (items !== null && !Array.isArray(items)) throw malformed(attempt, 'the answer is not a list');
  return {
    items: items ?? [],
    resourceVersion: metadata['resourceVersion'],
    continueToken: typeof metadata['continue'] === 'string' ? metadata['continue'] : '',
  };
}

export function watchEventOf(attempt: Attempt, line: string, reading?: Reading): WatchEvent {
  const event = parse(attempt, line, reading);
  if (!isRecord(event) || typeof event['type'] !== 'string') throw malformed(attempt, 'an event has no type');
  if (event['type'] !== 'ERROR') return { type: event['type'], object: event['object'] };
  const status = isRecord(event['object']) ? event['object'] : {};
  throw errorOfResponse(attempt, typeof status['code'] === 'number' ? status['code'] : 500, status);
}

/** Time before the next attempt; `undefined` when the answer is final. A refusal with Retry-After has changed nothing, so every verb may be repeated. */
export function retryAfterMsOf({ status, headers }: HttpResponse): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const header = headers['retry-after'];
  const seconds = Number(Array.isArray(header) ? header[0] : header);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(LONGEST_RETRY_AFTER_MS, seconds * 1000) : undefined;
}

/** Of an object, or of a bookmark, which has nothing else. */
export function resourceVersionOf(object: unknown): string | undefined {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  const version = isRecord(metadata) ? metadata['resourceVersion'] : undefined;
  return typeof version === 'string' ? version : undefined;
}
